"""PolicyList.aspx: the query, one page of the grid, the pager under it, the workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.amounts import yuan
from sandbox.kanghe.columns import POLICY_CELLS, Columns, cells_of, printed_totals, shown_columns
from sandbox.kanghe.records import PolicyRecord
from sandbox.portal_faults import PortalFaults

PAGE_SIZES = (20, 50, 100)
NUMBER, ACTION = "序号", "操作"
TITLES = (NUMBER, *POLICY_CELLS, ACTION)
_PAGER_WIDTH = 10


class WrongDates(ValueError):
    """The query's dates cannot be used; the text is what the page says."""


@dataclass(frozen=True, slots=True)
class Query:
    """Issue dates as they stand in the boxes; an empty one is open."""

    begin: str
    end: str

    def days(self) -> tuple[date, date]:
        """Both ends, included; WrongDates if they are none."""
        first, last = _day(self.begin, date.min), _day(self.end, date.max)
        if first > last:
            raise WrongDates("承保日期起不能晚于承保日期止")
        return first, last

    def is_longer_than(self, most: int) -> bool:
        """Whether it asks for more days than so many, both ends counted."""
        first, last = self.days()
        return (last - first).days >= most


@dataclass(frozen=True, slots=True)
class GridPage:
    """What the page shows of a query's result; ``rows`` are (row_id, cells)."""

    columns: Columns
    rows: list[tuple[int, list[str]]]
    page: int
    pages: int
    total: str
    links: list[tuple[str, int | None]]


def listed_policies(
    policies: Sequence[PolicyRecord], newcomer: PolicyRecord, query: Query, faults: PortalFaults
) -> list[PolicyRecord]:
    """The query's result in the list's order; the newcomer stands first once it has come."""
    first, last = query.days()
    known = [newcomer, *policies] if faults.has_moved(0) else policies
    return [policy for policy in known if first <= policy.issue_date <= last]


def let_newcomer_in(page: int, faults: PortalFaults) -> None:
    """Asked for the page that the faults name, the new row comes."""
    faults.has_moved(page)


def pages_of(count: int, size: int) -> int:
    """Pages of a result; an empty one has one."""
    return max(1, -(-count // size))


def grid_page(found: Sequence[PolicyRecord], page: int, size: int, faults: PortalFaults) -> GridPage:
    """One page of the result, spoilt as the faults say."""
    offset, pages = (page - 1) * size, pages_of(len(found), size)
    shown = found[offset : offset + size]
    columns = shown_columns(TITLES, faults)
    rows = [
        (policy.row_id, columns.row({NUMBER: str(number), **cells_of(POLICY_CELLS, policy)}))
        for number, policy in enumerate(shown, offset + 1)
    ]
    if faults.short_page == page:
        rows = rows[:-1]
    return GridPage(columns, rows, page, pages, total_text(found, faults), pager_links(page, pages))


def total_text(found: Sequence[PolicyRecord], faults: PortalFaults) -> str:
    """The line above the grid."""
    total_fen = sum(policy.annual_premium_fen for policy in found)
    count, total_fen = printed_totals(len(found), total_fen, faults)
    return f"共 {count} 条记录，年缴保费合计 {yuan(total_fen)} 元"


def pager_links(page: int, pages: int) -> list[tuple[str, int | None]]:
    """(text, page to go to), None for the current page.

    Ten numbers at a time; the last block is filled up with numbers of the one before it, as the control does.
    """
    if pages == 1:
        return []
    first = (page - 1) // _PAGER_WIDTH * _PAGER_WIDTH + 1
    last = min(first + _PAGER_WIDTH - 1, pages)
    first = max(1, min(first, last - _PAGER_WIDTH + 1))
    before: list[tuple[str, int | None]] = [("...", first - 1)] if first > 1 else []
    after: list[tuple[str, int | None]] = [("...", last + 1)] if last < pages else []
    numbers = [(str(number), None if number == page else number) for number in range(first, last + 1)]
    return [*before, *numbers, *after]


def fresh_state() -> dict[str, Any]:
    """The page's state before any query."""
    return {"begin": "", "end": "", "size": PAGE_SIZES[0], "page": 1, "is_queried": False, "rows": []}


def _day(text: str, default: date) -> date:
    if not text.strip():
        return default
    try:
        return datetime.strptime(text.strip().replace("/", "-"), "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        raise WrongDates("日期格式不正确，应为 YYYY-MM-DD") from error
