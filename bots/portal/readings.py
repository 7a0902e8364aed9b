"""Where a list's rows are read from and how its pages are turned: models of recipes, no browser."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bots.portal.selectors import Element
from bots.portal.strict import Strict
from bots.portal.verbs import Step

Text = Annotated[str, Field(min_length=1)]
JsonPath = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.\w+)*$")]
# What the page keeps in its storage, in a header.
STORED = re.compile(r"\{(session_storage|local_storage)\.([\w.-]+)\}")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Grid(Strict):
    """A virtual grid: it keeps few rows in the page and uses them again while it scrolls."""

    rows: Element
    index: Text
    cells: Element
    headers: Element
    scroller: Element
    loading: str = ""
    batch: int = Field(ge=1, le=1_000)


class Cards(Strict):
    """Rows that are no <table> and grow at the end of the page while it is scrolled.

    ``attributes`` are columns that no cell shows: a title -> the attribute of the row that holds its text.
    """

    rows: Element
    cells: Element
    headers: Element
    attributes: dict[Text, Text] = Field(default_factory=dict)
    batch: int = Field(ge=1)


class Fields(Strict):
    """One row from a sheet of labels and values; its element alone stands for ``within``.

    ``same`` proves that it answers the question: a parameter -> the label beside which its answer stands.
    """

    within: Element
    same: dict[Name, Text] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Fields) else {"within": value}


class Response(Strict):
    """The page's own answer in JSON to the query and to each page turn; rows are read from it."""

    url: Text
    rows: JsonPath
    next: Text | None = None
    idle: Text | None = None


class PageNumber(Strict):
    """Pages of an address are asked for by number; the first one is 1, or 0."""

    field: Text
    first: int = Field(default=1, ge=0, le=1)
    size_field: Text | None = None
    size: int = Field(ge=1)


class Cursor(Strict):
    """Each answer names the next one; no name ends the list."""

    field: Text
    next: JsonPath


class Request(Strict):
    """How an address is asked by the session's own HTTP client."""

    path: Text
    method: Literal["GET", "POST"] = "GET"
    send: Literal["query", "form", "json"] = "query"
    fields: dict[Text, str | int | bool] = Field(default_factory=dict)
    headers: dict[Text, Text] = Field(default_factory=dict)


class Http(Request):
    """Rows asked for by the session's own HTTP client after the browser has logged in.

    The answer is JSON whose list of ``rows`` is read, or a page whose ``table`` is.
    """

    rows: JsonPath | None = None
    table: Element | None = None
    page: PageNumber | None = None
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _one_way_on(self) -> "Http":
        if (self.page is None) == (self.cursor is None):
            raise ValueError("page 和 cursor 必须写且只写一个")
        if (self.rows is None) == (self.table is None):
            raise ValueError("rows 和 table 必须写且只写一个")
        if self.cursor and self.table:
            raise ValueError("cursor 只和 rows 一起写")
        return self


class Paging(Strict):
    """How the pages of a table are turned, and how one is reached again after a new login.

    ``page`` is the printed page number, or ``page_at`` and ``pages_at`` are the elements that hold it and the
    number of pages. ``next`` is the link to the following page; or ``number`` is the link of page ``{page}``,
    and ``more`` the link that shows the numbers after those in sight. ``page_field`` is a form's page number,
    ``go_to`` the steps that ask for page ``{page}``. ``idle`` is the mask over a page that draws its rows
    itself: it is waited for until it is gone, and no new document is.
    """

    page: Text | None = None
    page_at: Text | None = None
    pages_at: Text | None = None
    next: Element | None = None
    page_field: Element | None = None
    go_to: list[Step] = Field(default_factory=list)
    idle: Text | None = None
    number: Element | None = None
    more: Element | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Paging":
        if (self.next is None) == (self.number is None):
            raise ValueError("next 和 number 必须写且只写一个")
        ways_back = (self.page_field is not None) + bool(self.go_to)
        if ways_back != (self.next is not None):
            raise ValueError("next 要和 page_field 或 go_to 写在一起，两者只写一个")
        if self.more and not self.number:
            raise ValueError("more 和 number 要写在一起")
        return self

    @model_validator(mode="after")
    def _one_number(self) -> "Paging":
        if (self.page is None) == (self.page_at is None):
            raise ValueError("page 和 page_at 必须写且只写一个")
        if (self.page_at is None) != (self.pages_at is None):
            raise ValueError("page_at 和 pages_at 要写在一起")
        return self


class ListTotals(Strict):
    """Completeness of a list: what the source itself says about its whole, or what people expect of it.

    ``count`` and ``sums`` are printed texts; ``count_at`` and ``sums_at`` are paths in the JSON answer.
    ``rows_between`` are the fewest and the most rows that the list may have, query windows taken together.
    ``asked`` are parameters whose numbers have one row each: a parameter -> the column that holds them.
    """

    count: Text | None = None
    sums: dict[Name, Text] = Field(default_factory=dict)
    count_at: JsonPath | None = None
    sums_at: dict[Name, JsonPath] = Field(default_factory=dict)
    rows_between: tuple[int, int] | None = None
    asked: dict[Name, Name] = Field(default_factory=dict, max_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> "ListTotals":
        if not (self.count or self.count_at or self.summed or self.rows_between):
            raise ValueError("count、sums、count_at、sums_at、rows_between 至少写一个")
        if self.rows_between and not 0 <= self.rows_between[0] <= self.rows_between[1]:
            raise ValueError("rows_between 应当写 [最少, 最多]，从 0 起")
        return self

    @property
    def summed(self) -> list[str]:
        """Columns whose sums are proved."""
        return [*self.sums, *self.sums_at]
