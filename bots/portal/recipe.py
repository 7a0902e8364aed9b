"""What a recipe may say: the models behind ``config/portals/<slug>.yaml``. Documented in docs/recipe.md."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bots.dates import parse_date
from bots.portal.columns import Column
from bots.portal.strict import Strict
from bots.portal.verbs import TOP, Step
from bots.records import Period

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]


class Parameter(Strict):
    """A question that a dataset asks its caller; ``written`` is the portal's spelling of the answer."""

    kind: Literal["date", "period"]
    written: Text = "YYYY-MM-DD"

    def write(self, text: str) -> str:
        """``2026-10`` as the portal writes it, ``202610``; ValueError when it is no such value."""
        day: date = Period.parse(text).first_day if self.kind == "period" else parse_date(text)
        parts = {"YYYY": f"{day:%Y}", "MM": f"{day:%m}", "DD": f"{day:%d}"}
        written = self.written
        for token, value in parts.items():
            written = written.replace(token, value)
        return written


class Marker(Strict):
    """An element in a frame whose presence proves something."""

    element: Text
    frame: str = TOP


class SessionRules(Strict):
    """How to log in, and how the portal says that we are in, refused or out."""

    login: list[Step] = Field(min_length=1)
    logged_in: Marker
    login_form: Text
    refused: list[Text] = Field(min_length=1)
    expired: list[Text] = Field(min_length=1)
    relogins: int = Field(default=2, ge=0, le=10)
    logout: list[Step] = Field(default_factory=list)


class Paging(Strict):
    """How pages are turned, and how a page is reached again after a new login."""

    page: Text
    next: Text
    page_field: Text


class PrintedTotals(Strict):
    """Completeness of a list: the printed count and the printed sums of money columns."""

    count: Text
    sums: dict[Name, Text] = Field(default_factory=dict)


class EachRow(Strict):
    """Rows of a list whose link leads to more; ``carry`` copies columns into the rows found there."""

    dataset: Name
    link: Text
    where: dict[Name, str | int | bool] = Field(default_factory=dict)
    carry: list[Name] = Field(min_length=1)


class AtLeast(Strict):
    """Completeness of a pop-up: so many rows in each."""

    rows_at_least: int = Field(ge=0)


class FileFooter(Strict):
    """Completeness of a file: its footer row, and the count that the list printed for it."""

    footer: Text
    count: Text
    sums: list[Name] = Field(min_length=1)
    parent_count: Name | None = None


class DatasetRules(Strict):
    """What every dataset says: its Chinese title, its key, its columns."""

    title: Text
    key: list[Name] = Field(min_length=1)
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


class ListDataset(DatasetRules):
    """A table with a printed total, on one page or many."""

    kind: Literal["list"]
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    steps: list[Step] = Field(min_length=1)
    frame: str = TOP
    table: Text
    summary_rows: list[Text] = Field(default_factory=list)
    paging: Paging | None = None
    completeness: PrintedTotals


class PopupDataset(DatasetRules):
    """A table in the window that each row's link opens; ``same`` proves that it is the row's own window."""

    kind: Literal["popup"]
    for_each: EachRow
    same: dict[Name, Text] = Field(min_length=1)
    table: Text
    completeness: AtLeast


class DownloadDataset(DatasetRules):
    """A file that each row's link downloads; ``same`` proves that it is the row's own file."""

    kind: Literal["download"]
    for_each: EachRow
    confirm: Text | None = None
    same: dict[Name, Text] = Field(min_length=1)
    file_name: Text
    completeness: FileFooter


ChildDataset = PopupDataset | DownloadDataset
Dataset = Annotated[ListDataset | PopupDataset | DownloadDataset, Field(discriminator="kind")]


class Recipe(Strict):
    """One portal."""

    slug: Name
    name: Text
    family: Name | None = None
    base_url: Text
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    secrets: list[Name] = Field(min_length=1)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    pause_ms: int = Field(default=0, ge=0, le=60_000)
    session: SessionRules
    datasets: dict[Name, Dataset] = Field(min_length=1)

    @property
    def secret_names(self) -> dict[str, str]:
        """The recipe's own names of its secrets -> their names in the secret store (``taian_user``)."""
        return {secret: f"{self.slug}_{secret}" for secret in self.secrets}

    def children_of(self, dataset: str) -> dict[str, ChildDataset]:
        """Datasets that are read from the rows of a list, in the recipe's order."""
        return {
            name: rules
            for name, rules in self.datasets.items()
            if not isinstance(rules, ListDataset) and rules.for_each.dataset == dataset
        }
