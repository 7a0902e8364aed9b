"""One page of a list as its source read it, before the cells are understood."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bots.portal.datasets import DatasetRules, ListDataset
from bots.portal.snapshot import Snapshot
from bots.portal.table import TableRow, check_titles, decode_row, find_body


@dataclass(frozen=True, slots=True)
class Totals:
    """What a source claims about the whole list, None for no count; sums are fen by column name."""

    count: int | None
    sums: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Titles, and rows as (place in the source from 0, cells).

    ``last_page`` is the number of pages the source claims, None when only the source knows its end;
    ``is_last`` then says that nothing follows.
    """

    titles: Sequence[str]
    body: Sequence[tuple[int, list[str]]]
    totals: Totals
    last_page: int | None = None
    is_last: bool = False


def snapshot_rows(
    snapshot: Snapshot, rules: ListDataset, place: str
) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    """Titles of a page's table, and its rows with their places in it.

    An empty list may be one sentence instead of titles and rows; its count still has to be 0.
    """
    texts = [cell for cells in snapshot.rows for cell in cells if cell]
    if rules.empty and texts == [rules.empty]:
        return [*rules.columns, *rules.ignore], []
    return find_body(snapshot.rows, snapshot.headers, place, rules.summary_rows)


class Source(Protocol):
    """A list in the portal: page after page. Every method may raise SessionExpired."""

    def first(self) -> Sheet:
        """From anywhere in the portal to the first page."""

    def turn(self, page_no: int) -> Sheet:
        """From the page before to this one."""

    def back_to(self, page_no: int) -> Sheet:
        """From anywhere in the portal to this page again."""

    def go_on_after(self, rows: Sequence[int]) -> bool:
        """Know how many rows an earlier run read on each page; False when it must begin at page 1."""

    def raw(self) -> tuple[bytes, str]:
        """The bytes that the page just read came from, and the end of their file's name (``.html``)."""


def decode_sheet(sheet: Sheet, rules: DatasetRules, place: str) -> list[TableRow]:
    """Rows in hub columns. Raises PageChanged for a column that is missing, new or doubled."""
    titles = check_titles(sheet.titles, rules, place)
    return [
        decode_row(cells, titles, rules, row_no=row_no, index=index, carried={})
        for row_no, (index, cells) in enumerate(sheet.body, 1)
    ]
