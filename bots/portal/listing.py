"""Walks a list page by page: every page once, in order, also across a lost session."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bots.errors import ExtractionIncomplete, PageChanged
from bots.portal.login import Login
from bots.portal.printed import as_script_regex, read_numbers
from bots.portal.recipe import ListDataset
from bots.portal.screen import Screen
from bots.portal.snapshot import Snapshot
from bots.portal.table import TableRow, read_table
from bots.portal.tally import Tally, Totals, read_totals


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page as read; it is on the screen until the next one is asked for."""

    page_no: int
    rows: list[TableRow]
    totals: Totals


class ListWalk:
    """One walk over one list."""

    def __init__(
        self, screen: Screen, login: Login, name: str, rules: ListDataset, values: Mapping[str, str]
    ) -> None:
        self.rules = rules
        self.tally = Tally(rules, list(rules.completeness.sums), f"{screen.place} {name}")
        self._screen = screen
        self._login = login
        self._values = values
        self._name = name

    def pages(self) -> Iterator[ListPage]:
        """All pages. After the last one raises ExtractionIncomplete unless count and sums agree."""
        snapshot = self._login.attempt(self._search, self._search)
        totals, last_page = self._claims(snapshot, 1)
        page_no = 1
        while True:
            rows = self._rows(snapshot, page_no)
            self.tally.add(rows)
            yield ListPage(page_no, rows, totals)
            if page_no >= last_page:
                break
            page_no += 1
            snapshot = self._next(page_no)
            self._prove_unmoved((totals, last_page), snapshot, page_no)
        self.tally.prove(totals)

    def return_to(self, page_no: int) -> Snapshot:
        """From anywhere in the portal back to a page of this list."""
        snapshot = self._search()
        if page_no == 1 or self.rules.paging is None:
            return snapshot
        self._screen.pause()
        self._screen.submit_page_no(self.rules.frame, self.rules.paging.page_field, page_no)
        return self._read(page_no)

    def raw_page(self, page_no: int) -> tuple[bytes, str]:
        """The bytes of the page on the screen and a name for them.

        As the server sent them; where the browser did not hand them over, the HTML as read, named
        ``.as-read.html``.
        """
        frame = self._screen.frame(self.rules.frame)
        name = f"{self._screen.recipe.slug}-{self._name}-{page_no:04d}"
        body = self._screen.documents.body_of(frame.url)
        return (body, f"{name}.html") if body else (frame.content().encode("utf-8"), f"{name}.as-read.html")

    def _search(self) -> Snapshot:
        self._screen.pause()
        for step in self.rules.steps:
            step.run(self._screen, self._values, {})
        return self._read(1)

    def _next(self, page_no: int) -> Snapshot:
        return self._login.attempt(lambda: self._turn_to(page_no), lambda: self.return_to(page_no))

    def _turn_to(self, page_no: int) -> Snapshot:
        if self.rules.paging is None:
            raise PageChanged(f"{self._place(page_no)} 配方没有 paging。", remedy="在配方里写 paging")
        self._screen.pause()
        self._screen.press_quickly(self.rules.frame, self.rules.paging.next)
        return self._read(page_no)

    def _read(self, page_no: int) -> Snapshot:
        page = as_script_regex(self.rules.paging.page) if self.rules.paging else ""
        frame = self._screen.frame(self.rules.frame)
        return self._screen.read(frame, self.rules.table, page=page, page_no=page_no)

    def _rows(self, snapshot: Snapshot, page_no: int) -> list[TableRow]:
        place = self._place(page_no)
        summary = self.rules.summary_rows
        return read_table(snapshot.rows, snapshot.headers, self.rules, place, summary_rows=summary)

    def _claims(self, snapshot: Snapshot, page_no: int) -> tuple[Totals, int]:
        """What a page claims about the whole list: totals and number of pages."""
        totals = read_totals(snapshot.text, self.rules.completeness, self._place(page_no))
        numbers = read_numbers(self.rules.paging.page, snapshot.text) if self.rules.paging else None
        return totals, numbers["pages"] if numbers else 1

    def _prove_unmoved(self, claims: tuple[Totals, int], snapshot: Snapshot, page_no: int) -> None:
        now = self._claims(snapshot, page_no)
        if now != claims:
            what = (
                f"{self._place(page_no)} 采集期间列表变了：第 1 页写 {claims[0].count} 条 {claims[1]} 页，"
                f"这一页写 {now[0].count} 条 {now[1]} 页，或合计金额不同。"
            )
            raise ExtractionIncomplete(what, remedy="稍后重新采集")

    def _place(self, page_no: int) -> str:
        return f"{self._screen.place} {self._name} 第 {page_no} 页"
