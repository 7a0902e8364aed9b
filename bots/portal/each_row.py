"""Datasets behind the links of a list's rows: pop-up windows and downloaded files."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Frame

from bots.errors import PageChanged, SourceFileInvalid
from bots.portal.datasets import ChildDataset, DownloadDataset, PopupDataset
from bots.portal.file_rows import read_file
from bots.portal.hands import Hands, run_steps
from bots.portal.listing import ListPage
from bots.portal.login import Login
from bots.portal.query_windows import QueryWalk
from bots.portal.row_links import press_row_link
from bots.portal.screen import Screen
from bots.portal.table import TableRow
from bots.portal.table_reading import read_table
from bots.portal.tally import Tally
from bots.portal.window_rows import own_texts, prove_own, read_window
from bots.portal.windows import opened_window, take_download
from bots.records import PortalPage, SetAside

PARENT_SET_ASIDE = "PARENT_SET_ASIDE"
_REMEDY = "打开保司系统对照页面，修改配方，再用 brokerflow portal try 试跑"
_CLOSING_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[TableRow]
    raw: bytes
    raw_name: str


class EachRowWalk:
    """Follows the link of every matching row of a list, one page of rows per link."""

    def __init__(
        self, screen: Screen, login: Login, name: str, rules: ChildDataset, parent: QueryWalk
    ) -> None:
        self.tally = Tally(rules, [], f"{screen.place} {name}")
        self._screen = screen
        self._login = login
        self._name = name
        self._rules = rules
        self._parent = parent
        self._number = 0

    def pages(self) -> Iterator[PortalPage]:
        """One page per link, in the list's order, on a walk of its own over the list."""
        for list_page in self._parent.pages():
            yield from self.follow(list_page)

    def follow(self, list_page: ListPage) -> Iterator[PortalPage]:
        """Pages behind the links of the list page on the screen; a row set aside there is set aside here."""
        orphans = [self._orphan(row) for row in list_page.rows if row.set_aside]
        if orphans:
            self._number += 1
            self.tally.count += len(orphans)
            self.tally.set_aside += len(orphans)
            raw, raw_name = self._parent.raw_page(list_page.page_no)
            slug = self._screen.recipe.slug
            yield PortalPage(self._name, self._number, [], orphans, raw, f"{slug}-{raw_name}")
        for row in list_page.rows:
            if row.values is not None and self._is_wanted(row.values):
                yield self._page(list_page, row)

    def _is_wanted(self, values: dict[str, Any]) -> bool:
        return all(values[name] == value for name, value in self._rules.for_each.where.items())

    def _orphan(self, row: TableRow) -> SetAside:
        reason = f"{self._rules.for_each.dataset} 的这一行没有被接受，没有打开它的“{self._rules.title}”"
        return SetAside(dict(row.raw), row.row_no, "", PARENT_SET_ASIDE, reason)

    def _page(self, list_page: ListPage, row: TableRow) -> PortalPage:
        self._screen.pause()
        carried = {name: (row.values or {})[name] for name in self._rules.for_each.carry}
        place = f"{self._screen.place} {self._name} {'、'.join(map(str, carried.values()))}"
        found = self._login.attempt(
            lambda: self._follow(row, carried, place),
            lambda: self._return_and_follow(list_page, row, carried, place),
        )
        self._number += 1
        self._screen.pace.note(len(found.rows))
        self.tally.add(found.rows)
        accepted = [each.values for each in found.rows if each.values is not None]
        aside = [each.set_aside for each in found.rows if each.set_aside is not None]
        emptied = [cell for each in found.rows for cell in each.emptied]
        return PortalPage(
            self._name, self._number, accepted, aside, found.raw, found.raw_name, emptied=emptied
        )

    def _return_and_follow(
        self, list_page: ListPage, row: TableRow, carried: dict[str, Any], place: str
    ) -> _Found:
        self._parent.return_to(list_page.page_no)
        return self._follow(row, carried, place)

    def _follow(self, row: TableRow, carried: dict[str, Any], place: str) -> _Found:
        if isinstance(self._rules, PopupDataset):
            return self._read_popup(self._rules, row, carried, place)
        return self._read_file(self._rules, row, carried, place)

    def _go(self, row: TableRow, carried: dict[str, Any], place: str) -> None:
        """Press the row's link, or do the steps that lead behind it."""
        link = self._rules.for_each.link
        if link is None:
            values = {name: str(value) for name, value in carried.items()}
            run_steps(self._screen, self._rules.for_each.steps, values)
            return
        press_row_link(self._screen, self._parent.rules, row, link, place)

    def _read_popup(self, rules: PopupDataset, row: TableRow, carried: dict[str, Any], place: str) -> _Found:
        if rules.dialog:
            self._go(row, carried, place)
            frame = self._screen.frame(self._parent.rules.frame)
            found = self._read_window(rules, frame, row, carried, place)
            self._close_dialog(rules, place)
            return found
        with opened_window(self._screen, lambda: self._go(row, carried, place), place) as window:
            return self._read_window(rules, window.main_frame, row, carried, place)

    def _close_dialog(self, rules: PopupDataset, place: str) -> None:
        """Close steps are done again until the layer is gone: some ignore them while they open."""
        hands, frame = Hands(self._screen), self._parent.rules.frame
        deadline = time.monotonic() + self._screen.recipe.timeout_seconds
        while True:
            run_steps(self._screen, rules.close, {})
            if hands.is_gone(frame, rules.dialog or "", _CLOSING_MS):
                return
            if time.monotonic() > deadline:
                raise PageChanged(f"{place} 关不上 {rules.dialog}。", remedy=_REMEDY)

    def _read_window(
        self, rules: PopupDataset, frame: Frame, row: TableRow, carried: dict[str, Any], place: str
    ) -> _Found:
        """The table in a window or layer, once the cell beside each label says that it is the row's own."""
        wanted = own_texts(rules, carried)
        snapshot = read_table(
            self._screen,
            frame,
            rules.table,
            header=rules.header,
            within=rules.dialog or "",
            labels=wanted,
            as_shown=True,
        )
        if snapshot.labels != wanted:
            self._screen.raise_script_trouble()
        prove_own(snapshot, wanted, place)
        rows = read_window(snapshot, rules, place, carried, row.values or {})
        raw_name = (
            f"{self._screen.recipe.slug}-{self._name}-{'-'.join(map(str, carried.values()))}.as-read.html"
        )
        return _Found(rows, snapshot.html.encode("utf-8"), raw_name)

    def _read_file(
        self, rules: DownloadDataset, row: TableRow, carried: dict[str, Any], place: str
    ) -> _Found:
        self._go(row, carried, place)
        raw = take_download(self._screen, place, named=(rules.named or "").format_map(carried))
        file = read_file(raw, rules, rules.encoding or self._screen.recipe.encoding, place, carried)
        wanted = rules.completeness.parent_count
        listed = (row.values or {})[wanted] if wanted else len(file.rows)
        if listed != len(file.rows):
            raise SourceFileInvalid(
                f"{place} 列表写 {listed} 条，文件里有 {len(file.rows)} 条。",
                remedy="在保司系统里重新导出这一批并核对",
            )
        return _Found(file.rows, raw, rules.file_name.format_map(carried))
