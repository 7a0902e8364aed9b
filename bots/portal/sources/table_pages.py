"""A <table> in a frame, page by page: links, page numbers, or a form's page number."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Frame

from bots.errors import PageChanged
from bots.portal.datasets import ListDataset
from bots.portal.hands import run_steps
from bots.portal.presses import press_if_there, press_quickly, submit_page_no
from bots.portal.printed import read_numbers
from bots.portal.readings import Paging
from bots.portal.screen import Screen
from bots.portal.selectors import named
from bots.portal.sheet import Sheet, snapshot_rows
from bots.portal.snapshot import Snapshot
from bots.portal.table_reading import read_table
from bots.portal.tally import read_totals

_REMEDY = "对照页面修改配方里的 paging"
_MOST_BLOCKS = 500


class TablePages:
    """Reads the whole table of a page in one call, once it and its page number are there."""

    def __init__(self, screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> None:
        self._screen, self._name, self._rules, self._values = screen, name, rules, values
        self._html = ""

    def first(self) -> Sheet:
        """Do the steps, read page 1."""
        self._screen.pause()
        run_steps(self._screen, self._rules.steps, self._values)
        return self._read(1)

    def turn(self, page_no: int) -> Sheet:
        """Press the link to the next page, or the one with its number."""
        paging = self._paging(page_no)
        self._screen.pause()
        if paging.next:
            press_quickly(self._screen, self._rules.frame, paging.next, answer=paging.idle is None)
        else:
            self._press_number(paging, page_no)
        return self._read(page_no)

    def back_to(self, page_no: int) -> Sheet:
        """By the steps and the form's page number, or number after number."""
        first = self.first()
        paging = self._rules.paging
        if page_no == 1 or paging is None:
            return first
        self._screen.pause()
        if paging.page_field:
            submit_page_no(self._screen, self._rules.frame, paging.page_field, page_no)
        elif paging.go_to:
            run_steps(self._screen, paging.go_to, {"page": str(page_no)})
        else:
            self._press_number(paging, page_no)
        return self._read(page_no)

    def go_on_after(self, rows: Sequence[int]) -> bool:  # noqa: ARG002 - pages are found by number
        """A page is found by its number."""
        return True

    def raw(self) -> tuple[bytes, str]:
        """As the server sent it; where scripts drew the rows or it was not captured, the HTML as read."""
        if self._is_drawn:
            return self._html.encode("utf-8"), ".as-read.html"
        body = self._screen.documents.body_of(self._frame.url)
        return (body, ".html") if body else (self._screen.source_of(self._frame), ".as-read.html")

    @property
    def _is_drawn(self) -> bool:
        return self._rules.paging is not None and self._rules.paging.idle is not None

    @property
    def _frame(self) -> Frame:
        return self._screen.frame(self._rules.frame)

    def _press_number(self, paging: Paging, page_no: int) -> None:
        """Page numbers come in blocks: ask for more until the wanted one is in sight or shown itself."""
        frame, link = self._rules.frame, paging.number or ""
        for _ in range(_MOST_BLOCKS):
            if press_if_there(self._screen, frame, link, page_no):
                return
            if not paging.more or not press_if_there(self._screen, frame, paging.more):
                break
            if self._shown_page(paging) == page_no:
                return
        raise PageChanged(f"{self._place(page_no)} 没有到这一页的链接 {named(link)}。", remedy=_REMEDY)

    def _shown_page(self, paging: Paging) -> int | None:
        """Where the link to more numbers led: to the first page of the next block, which is then no link."""
        text = read_table(self._screen, self._frame, self._rules.table or "").text
        numbers = read_numbers(paging.page or "", text)
        return numbers["page"] if numbers else None

    def _paging(self, page_no: int) -> Paging:
        if self._rules.paging is None:
            raise PageChanged(f"{self._place(page_no)} 配方没有 paging。", remedy="在配方里写 paging")
        return self._rules.paging

    def _read(self, page_no: int) -> Sheet:
        paging = self._rules.paging
        snapshot = read_table(
            self._screen,
            self._frame,
            self._rules.table or "",
            header=self._rules.header,
            leave_out=self._rules.leave_out or "",
            empty=self._rules.empty or "",
            paging=paging,
            page_no=page_no,
            as_shown=self._is_drawn,
        )
        return self._sheet(snapshot, page_no)

    def _sheet(self, snapshot: Snapshot, page_no: int) -> Sheet:
        place = self._place(page_no)
        self._html = snapshot.html
        titles, body = snapshot_rows(snapshot, self._rules, place)
        return Sheet(
            titles=titles,
            body=[(index - snapshot.above, cells) for index, cells in body],
            totals=read_totals(snapshot.text, self._rules.completeness, place),
            last_page=self._last_page(snapshot, place),
        )

    def _last_page(self, snapshot: Snapshot, place: str) -> int:
        paging = self._rules.paging
        if paging is None:
            return 1
        numbers = read_numbers(paging.page, snapshot.text) if paging.page else None
        pages = numbers["pages"] if numbers else snapshot.pages
        if pages is None:
            raise PageChanged(f"{place} 没有读到共几页（{paging.page or paging.pages_at}）。", remedy=_REMEDY)
        return pages

    def _place(self, page_no: int) -> str:
        return f"{self._screen.place} {self._name} 第 {page_no} 页"
