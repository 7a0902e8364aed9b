"""What a recipe says of one dataset: models behind ``datasets`` in ``config/portals/<slug>.yaml``."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bots.dates import parse_date
from bots.portal.asked_numbers import split_numbers
from bots.portal.claims import FileClaim, WindowClaim
from bots.portal.columns import Column
from bots.portal.readings import Cards, Fields, Grid, Http, JsonPath, ListTotals, Name, Paging, Response, Text
from bots.portal.selectors import Element
from bots.portal.strict import Strict
from bots.portal.verbs import TOP, Step
from bots.records import Period

Encoding = Literal["utf-8", "gb18030"]


class Parameter(Strict):
    """A question that a dataset asks its caller; ``written`` is the portal's spelling of the answer.

    ``all`` is the portal's word for every answer at once; the caller then says ``all``. ``numbers`` are given
    as ``A,B,C`` and written one a line.
    """

    kind: Literal["date", "period", "numbers"]
    written: Text = "YYYY-MM-DD"
    all: Text | None = None

    @model_validator(mode="after")
    def _numbers_stand_as_they_are(self) -> "Parameter":
        if self.kind == "numbers" and self.model_fields_set != {"kind"}:
            raise ValueError("kind: numbers 不写 written 和 all")
        return self

    def write(self, text: str) -> str:
        """``2026-10`` as the portal writes it, ``202610``; ValueError when it is no such value."""
        if text == "all" and self.all:
            return self.all
        if self.kind == "numbers":
            return "\n".join(split_numbers(text))
        day: date = Period.parse(text).first_day if self.kind == "period" else parse_date(text)
        parts = {"YYYY": f"{day:%Y}", "MM": f"{day:%m}", "DD": f"{day:%d}"}
        written = self.written
        for token, value in parts.items():
            written = written.replace(token, value)
        return written


class EachRow(Strict):
    """Rows of a list that lead to more; ``carry`` copies columns into the rows found there.

    ``link`` is the text of a link in a table's row; ``steps`` go there with ``{carried}`` values instead.
    """

    dataset: Name
    link: Text | None = None
    steps: list[Step] = Field(default_factory=list)
    where: dict[Name, str | int | bool] = Field(default_factory=dict)
    carry: list[Name] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_way_there(self) -> "EachRow":
        if (self.link is None) == (not self.steps):
            raise ValueError("link 和 steps 必须写且只写一个")
        return self


class Titled(Strict):
    """Titles or labels on a page, and which of them are columns of the hub."""

    columns: dict[Text, Column] = Field(min_length=1)
    ignore: list[Text] = Field(default_factory=list)

    @property
    def column_names(self) -> dict[str, Column]:
        """Columns by the hub's names."""
        return {column.name: column for column in self.columns.values()}

    @property
    def titles(self) -> dict[str, str]:
        """Titles on the page by the hub's names."""
        return {column.name: title for title, column in self.columns.items()}


class DatasetRules(Titled):
    """What every dataset says: its Chinese title, its key, its columns."""

    title: Text
    key: list[Name] = Field(min_length=1)
    fill_within: int = Field(default=20, ge=0, le=100)


class Details(Titled):
    """More columns of each row of a list, from a sheet of labels and texts.

    Its ``link`` opens it in a window, or ``path`` answers it as JSON pairs. ``same`` proves that the sheet is
    the row's own. ``as_sent``: no window is opened, the link's address is asked for and read.
    """

    link: Text | None = None
    as_sent: bool = False
    table: Element | None = None
    path: Text | None = None
    pairs_at: JsonPath | None = None
    same: dict[Name, Text] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_way_there(self) -> "Details":
        if (self.link is None) == (self.path is None):
            raise ValueError("link 和 path 必须写且只写一个")
        if (self.link is None) != (self.table is None) or (self.path is None) != (self.pairs_at is None):
            raise ValueError("link 和 table 要写在一起，path 和 pairs_at 要写在一起")
        if self.as_sent and not self.link:
            raise ValueError("as_sent 只和 link 一起写")
        return self


def _require_days(window_days: int | None, parameters: dict[str, Parameter]) -> None:
    asked = [parameters.get(name) for name in ("from_date", "to_date")]
    has_days = all(each and each.kind == "date" and not each.all for each in asked)
    if window_days and not has_days:
        raise ValueError("window_days 要和 kind: date 的参数 from_date、to_date 写在一起")


class ListDataset(DatasetRules):
    """Rows of a list, read in one of six ways, with a claim that proves them complete.

    ``window_days`` is the longest range of days that the portal answers at once: longer ones are asked for in
    parts.
    """

    kind: Literal["list"]
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    window_days: int | None = Field(default=None, ge=1)
    steps: list[Step] = Field(default_factory=list)
    frame: str = TOP
    table: Element | None = None
    header: Element | None = None
    leave_out: Text | None = None
    grid: Grid | None = None
    cards: Cards | None = None
    fields: Fields | None = None
    response: Response | None = None
    http: Http | None = None
    summary_rows: list[Text] = Field(default_factory=list)
    empty: Text | None = None
    paging: Paging | None = None
    details: Details | None = None
    completeness: ListTotals

    @property
    def _is_table(self) -> bool:
        return bool(self.table or (self.http and self.http.table))

    @model_validator(mode="after")
    def _one_way_to_read(self) -> "ListDataset":
        ways = (self.table, self.grid, self.cards, self.fields, self.response, self.http)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("table、grid、cards、fields、response、http 必须写且只写一个")
        if not self.table and (self.paging or self.header):
            raise ValueError("paging、header 只和 table 一起写")
        if not self._is_table and any((self.leave_out, self.summary_rows, self.empty)):
            raise ValueError("leave_out、summary_rows、empty 只和 table 一起写")
        if not self.http and not self.steps:
            raise ValueError("缺少 steps")
        return self

    @model_validator(mode="after")
    def _claim_fits_the_reading(self) -> "ListDataset":
        """A claim that the way of reading never sees would be no claim at all."""
        claims, is_json = self.completeness, bool(self.response or (self.http and self.http.rows))
        if is_json and (claims.count or claims.sums):
            raise ValueError("读 JSON 的 response 和 http，completeness 写 count_at、sums_at")
        if not is_json and (claims.count_at or claims.sums_at):
            raise ValueError("count_at、sums_at 只和读 JSON 的 response、http 一起写")
        if (self.grid or self.cards or (self.http and self.http.table)) and not claims.count:
            what = "grid、cards 和读 table 的 http 的 completeness 要写 count：没有它不知道列表到哪里为止"
            raise ValueError(what)
        if self.response and self.response.next and not claims.count_at:
            raise ValueError("response 写了 next，completeness 就要写 count_at：没有它不知道列表到哪里为止")
        return self

    @model_validator(mode="after")
    def _asks_for_numbers(self) -> "ListDataset":
        asked = self.completeness.asked
        if list(asked) != self.number_parameters:
            raise ValueError(
                "completeness 的 asked 和 kind: numbers 的参数要写在一起：{参数: 号码所在的栏目}"
            )
        if asked and [*asked.values()] != self.key:
            raise ValueError("completeness 的 asked 写的栏目要是这个数据集的 key")
        return self

    @property
    def number_parameters(self) -> list[str]:
        """Parameters that only a person can answer: which numbers."""
        return [name for name, parameter in self.parameters.items() if parameter.kind == "numbers"]

    @model_validator(mode="after")
    def _window_has_days(self) -> "ListDataset":
        _require_days(self.window_days, self.parameters)
        return self


class PopupDataset(DatasetRules):
    """A table in the window that each row's link opens; ``same`` proves that it is the row's own window.

    ``dialog`` is a layer in the page instead of a window of its own, ``close`` the steps that take it away.
    """

    kind: Literal["popup"]
    for_each: EachRow
    same: dict[Name, Text] = Field(min_length=1)
    dialog: Text | None = None
    close: list[Step] = Field(default_factory=list)
    table: Element
    header: Element | None = None
    summary_rows: list[Text] = Field(default_factory=list)
    completeness: WindowClaim

    @model_validator(mode="after")
    def _dialog_is_closed(self) -> "PopupDataset":
        if (self.dialog is None) != (not self.close):
            raise ValueError("dialog 和 close 要写在一起")
        return self


class DownloadDataset(DatasetRules):
    """A file that each row's link downloads; ``same`` proves that it is the row's own file.

    A file that says nothing above its header is proved by ``named``: the name that the portal gives it.
    """

    kind: Literal["download"]
    for_each: EachRow
    same: dict[Name, Text] = Field(default_factory=dict)
    named: Text | None = None
    file_name: Text
    encoding: Encoding | None = None
    completeness: FileClaim

    @model_validator(mode="after")
    def _is_own(self) -> "DownloadDataset":
        if (self.named is None) == (not self.same):
            raise ValueError("same 和 named 必须写且只写一个")
        return self


class FileDataset(DatasetRules):
    """One file that holds a whole list: the last step starts its download.

    ``says`` stands above the file's header and proves that the file answers the question that was asked.
    ``window_days`` is the longest range of days that the portal exports at once: longer ones are asked for in
    parts.
    """

    kind: Literal["file"]
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    window_days: int | None = Field(default=None, ge=1)
    steps: list[Step] = Field(min_length=1)
    says: Text
    file_name: Text
    completeness: FileClaim

    @model_validator(mode="after")
    def _has_no_parent(self) -> "FileDataset":
        if self.completeness.parent_count:
            raise ValueError("parent_count 只和 for_each 一起写")
        return self

    @model_validator(mode="after")
    def _window_has_days(self) -> "FileDataset":
        _require_days(self.window_days, self.parameters)
        return self


ChildDataset = PopupDataset | DownloadDataset


Dataset = Annotated[ListDataset | PopupDataset | DownloadDataset | FileDataset, Field(discriminator="kind")]
