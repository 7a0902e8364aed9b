"""A server's pages of a <table>, asked for by the session's HTTP client: nothing is drawn."""

from collections.abc import Sequence

from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.sent_pages import read_sent_page
from bots.portal.sheet import Sheet, snapshot_rows
from bots.portal.sources.answers import HttpPages
from bots.portal.tally import read_totals


class HttpTables(HttpPages):
    """Reads each page's table and what is printed outside it.

    Asked for a page past its end, many a server shows its last one again: that is no row twice, and the
    printed count judges whether all have come.
    """

    _newest: tuple[int, list[list[str]]] = (0, [])

    def raw(self) -> tuple[bytes, str]:
        """The page's bytes as the server sent them."""
        return self._body, ".html"

    def _understood(self, page_no: int) -> Sheet:
        place = self._place(page_no)
        snapshot = read_sent_page(
            self._screen,
            self._body,
            self._reading.table or "",
            place,
            doing="读取表格",
            remedy=CHANGED_REMEDY,
            leave_out=self._rules.leave_out or "",
        )
        titles, found = snapshot_rows(snapshot, self._rules, place)
        rows = list(found)
        totals = read_totals(snapshot.text, self._rules.completeness, place)
        body = [] if totals.count is not None and self._is_shown_again(page_no, rows) else rows
        end = self._starts[page_no] + len(body)
        self._starts[page_no + 1] = end
        return Sheet(titles, body, totals, is_last=not body or end >= (totals.count or 0))

    def _is_shown_again(self, page_no: int, rows: Sequence[tuple[int, list[str]]]) -> bool:
        """Whether the page before had the same rows."""
        before, self._newest = self._newest, (page_no, [cells for _, cells in rows])
        return before == (page_no - 1, self._newest[1])
