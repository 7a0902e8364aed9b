"""Sheets behind a link in the row, read as the server sends them: no window is opened, nothing is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager

from bots.errors import PageChanged
from bots.portal.datasets import Details, ListDataset
from bots.portal.details import DetailSheet
from bots.portal.http_client import ask
from bots.portal.label_sheet import label_pairs
from bots.portal.readings import Request
from bots.portal.row_links import row_link_address
from bots.portal.screen import Screen
from bots.portal.sent_pages import read_sent_page
from bots.portal.table import TableRow

_REMEDY = "打开这一条对照页面，修改配方里的 details，再用 brokerflow portal try 试跑"


class SentSheets:
    """Asks for the address of each row's link with the session's own HTTP client."""

    def __init__(self, screen: Screen, rules: ListDataset, details: Details) -> None:
        self._screen, self._rules, self._details = screen, rules, details

    @contextmanager
    def opened(self, row: TableRow, place: str) -> Iterator[DetailSheet]:
        """Ask for the row's sheet."""
        self._screen.pause(by_page=False)
        address = row_link_address(self._screen, self._rules, row, self._details.link or "", place)
        path = self._screen.path_of(address)
        if path is None:
            what = f"{place} 的链接“{self._details.link}”指向别的网站，不能直接读取。"
            raise PageChanged(what, remedy=_REMEDY)
        body = ask(self._screen, Request(path=path), {}, {}, place, has_table=True)
        table = self._details.table or ""
        found = read_sent_page(
            self._screen, body, table, place, doing="读取详情", remedy=_REMEDY, spread=False
        )
        pairs = list(label_pairs(found.rows, f"{place} 详情", _REMEDY))
        yield DetailSheet(pairs, body, ".html")
