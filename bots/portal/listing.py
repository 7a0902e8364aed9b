"""Walks a list page by page: every page once, in order, also across a lost session."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bots.errors import ExtractionIncomplete
from bots.portal.datasets import ListDataset
from bots.portal.details import DetailReader, pack_files
from bots.portal.login import Login
from bots.portal.marks import PageMark, claims_of, digest_of
from bots.portal.pace import Pace
from bots.portal.sheet import Sheet, Source, Totals, decode_sheet
from bots.portal.table import TableRow
from bots.portal.tally import Tally

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page as read; it is on the screen until the next one is asked for.

    ``window`` names its query window, empty where there is one question; ``sums`` and ``unreadable`` are what
    the page added to its proof.
    """

    page_no: int
    rows: list[TableRow]
    totals: Totals
    digest: str
    claims: list[Any]
    sums: dict[str, int]
    unreadable: int
    window: str = ""


class ListWalk:
    """One walk over one answer of a list; ``place`` names portal and dataset in errors.

    ``tally`` proves the answer, ``stem`` begins the names of its raw pages.
    """

    def __init__(
        self,
        login: Login,
        source: Source,
        name: str,
        rules: ListDataset,
        tally: Tally,
        *,
        stem: str,
        pace: Pace,
        details: DetailReader | None = None,
    ) -> None:
        self.tally = tally
        self.page_count = 0
        self._rules = rules
        self._login = login
        self._source = source
        self._name = name
        self._place = tally.place
        self._stem = stem
        self._pace = pace
        self._details = details
        self._first: Sheet | None = None
        self._sheet: Sheet | None = None
        self._behind = 0

    @property
    def is_at_end(self) -> bool:
        """Whether the page that ``begin`` stands on is the last one."""
        return self._sheet is not None and _is_last(self._sheet, max(self._behind, 1))

    def begin(self, marks: Sequence[PageMark]) -> bool:
        """Open the list, behind the pages that an earlier run has marked if it has not moved since.

        Returns whether it goes on there: the marked pages are then not read again.
        """
        first = self._login.attempt(self._source.first, self._source.first)
        self._first = self._sheet = first
        self._behind = 0
        if not marks:
            return False
        if self._go_on(first, marks):
            self._behind = len(marks)
            for mark in marks:
                self.tally.add_marked(mark.datasets[self._name], mark.sums, mark.unreadable)
            return True
        _log.warning("%s: the list has moved since the run before, it is read from page 1", self._place)
        self._first = self._sheet = self._login.attempt(self._source.first, self._source.first)
        return False

    def start_over(self) -> None:
        """As if ``begin`` had never been called."""
        self._first = self._sheet = None
        self._behind = 0
        self.tally.clear()

    def _go_on(self, first: Sheet, marks: Sequence[PageMark]) -> bool:
        """Whether claims, first page and last marked page are still those of the run before."""
        rows = [mark.datasets[self._name].rows + mark.datasets[self._name].set_aside for mark in marks]
        is_same = claims_of(first) == marks[0].claims and digest_of(first) == marks[0].digest
        if not is_same or not self._source.go_on_after(rows):
            return False
        last = first
        if len(marks) > 1:
            back = partial(self._source.back_to, len(marks))
            last = self._sheet = self._login.attempt(back, back)
        return digest_of(last) == marks[-1].digest and claims_of(last) == marks[-1].claims

    def pages(self) -> Iterator[ListPage]:
        """All pages from where ``begin`` stands on; ExtractionIncomplete unless they add up at the end."""
        if self._first is None or self._sheet is None:
            self.begin([])
        first, sheet = self._first, self._sheet
        assert first is not None and sheet is not None  # noqa: S101, PT018 - begin has set both
        page_no = max(self._behind, 1)
        while True:
            if page_no > self._behind:
                yield self._page(sheet, page_no)
            if _is_last(sheet, page_no):
                break
            page_no += 1
            sheet = self._next(page_no)
            self._prove_unmoved(first, sheet, page_no)
        self.page_count = page_no
        self.tally.prove(first.totals)
        if self._rules.fields:
            self.tally.prove_none_aside()

    def _page(self, sheet: Sheet, page_no: int) -> ListPage:
        self._pace.note(len(sheet.body))
        rows = self._rows(sheet, page_no)
        sums, unreadable = dict(self.tally.sums), self.tally.unreadable
        self.tally.add(rows)
        added = {name: amount - sums.get(name, 0) for name, amount in self.tally.sums.items()}
        return ListPage(
            page_no,
            rows,
            sheet.totals,
            digest=digest_of(sheet),
            claims=claims_of(sheet),
            sums=added,
            unreadable=self.tally.unreadable - unreadable,
        )

    def _rows(self, sheet: Sheet, page_no: int) -> list[TableRow]:
        rows = decode_sheet(sheet, self._rules, self._page_place(page_no))
        return self._details.complete(rows, lambda: self.return_to(page_no)) if self._details else rows

    def return_to(self, page_no: int) -> None:
        """From anywhere in the portal back to a page of this list."""
        self._source.back_to(page_no)

    def raw_page(self, page_no: int) -> tuple[bytes, str]:
        """The bytes of the page just read and a name for them without the portal's slug.

        A page with details is an archive of the list page and of each row's sheet.
        """
        raw, ending = self._source.raw()
        name = f"{self._stem}-{page_no:04d}"
        if self._details:
            return pack_files([(f"{name}{ending}", raw), *self._details.kept]), f"{name}.zip"
        return raw, f"{name}{ending}"

    def _next(self, page_no: int) -> Sheet:
        return self._login.attempt(lambda: self._source.turn(page_no), lambda: self._source.back_to(page_no))

    def _prove_unmoved(self, first: Sheet, now: Sheet, page_no: int) -> None:
        if (now.totals, now.last_page) == (first.totals, first.last_page):
            return
        what = (
            f"{self._page_place(page_no)} 采集期间列表变了：第 1 页写 {_claim(first)}，"
            f"这一页写 {_claim(now)}，或合计金额不同。"
        )
        raise ExtractionIncomplete(what, remedy="稍后重新采集")

    def _page_place(self, page_no: int) -> str:
        return f"{self._place} 第 {page_no} 页"


def _is_last(sheet: Sheet, page_no: int) -> bool:
    return sheet.is_last if sheet.last_page is None else page_no >= sheet.last_page


def _claim(sheet: Sheet) -> str:
    pages = "" if sheet.last_page is None else f" {sheet.last_page} 页"
    count = "" if sheet.totals.count is None else f"{sheet.totals.count} 条"
    return f"{count}{pages}".strip() or "合计"
