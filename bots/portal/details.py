"""More about each row of a list than the list shows: a sheet of labels per row, merged into the row."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from bots.errors import ExtractionIncomplete, PageChanged
from bots.portal.datasets import Details, ListDataset
from bots.portal.http_client import ask
from bots.portal.json_rows import find_path, read_answer
from bots.portal.label_sheet import read_sheet
from bots.portal.login import Login
from bots.portal.readings import Request
from bots.portal.row_links import press_row_link
from bots.portal.screen import Screen
from bots.portal.table import TableRow, add_cells, check_titles
from bots.portal.verbs import filled
from bots.portal.windows import opened_window

_PAIR = 2
_REMEDY = "打开这一条对照页面，修改配方里的 details，再用 brokerflow portal try 试跑"


@dataclass(frozen=True, slots=True)
class DetailSheet:
    """What was found about one row: labels and texts in the order found, and the bytes they came from."""

    pairs: Sequence[tuple[str, str]]
    raw: bytes
    ending: str


class DetailSource(Protocol):
    """Where a row's sheet is read; may raise SessionExpired."""

    def opened(self, row: TableRow, place: str) -> AbstractContextManager[DetailSheet]:
        """The sheet of one row of the list page on the screen; what fails inside the block leaves it open."""


class WindowSheets:
    """Sheets in windows of their own, behind a link in the row."""

    def __init__(self, screen: Screen, rules: ListDataset, details: Details) -> None:
        self._screen, self._rules, self._details = screen, rules, details

    @contextmanager
    def opened(self, row: TableRow, place: str) -> Iterator[DetailSheet]:
        """Press the row's link, read the window in one call, close it at the end."""
        self._screen.pause()

        def press() -> None:
            press_row_link(self._screen, self._rules, row, self._details.link or "", place)

        with opened_window(self._screen, press, place) as window:
            table = self._details.table or ""
            found = read_sheet(
                self._screen, window.main_frame, table, place, doing="读取详情", remedy=_REMEDY
            )
            yield DetailSheet(found.pairs, found.html.encode("utf-8"), ".as-read.html")


class AnswerSheets:
    """Sheets in JSON, asked for by the session's own HTTP client under an address with the row's values."""

    def __init__(self, screen: Screen, details: Details) -> None:
        self._screen, self._details = screen, details

    @contextmanager
    def opened(self, row: TableRow, place: str) -> Iterator[DetailSheet]:
        """Ask for the row's sheet."""
        self._screen.pause(by_page=False)
        values = {name: quote(str(value), safe="") for name, value in (row.values or {}).items()}
        request = Request(path=filled(self._details.path or "", values))
        body = ask(self._screen, request, {}, {}, place)
        pairs_at = self._details.pairs_at or ""
        pairs = find_path(read_answer(body, place), pairs_at, place)
        if not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
            raise PageChanged(f"{place} 的应答里 {pairs_at} 不是名称和内容的列表。", remedy=_REMEDY)
        yield DetailSheet([(label, text or "") for label, text in pairs], body, ".json")


def _is_pair(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != _PAIR:
        return False
    return isinstance(value[0], str) and (value[1] is None or isinstance(value[1], str))


class DetailReader:
    """Completes the rows of a list, a page at a time; every accepted row gets its sheet or the walk fails."""

    def __init__(
        self, login: Login, source: DetailSource, rules: ListDataset, details: Details, place: str
    ) -> None:
        self._login, self._source, self._place = login, source, place
        self._rules = rules
        proofs = [label for label in details.same.values() if label not in details.columns]
        self._details = details.model_copy(update={"ignore": [*details.ignore, *proofs]})
        self.kept: list[tuple[str, bytes]] = []

    def complete(self, rows: Iterable[TableRow], back: Callable[[], object]) -> list[TableRow]:
        """The rows with their sheets' columns; ``back`` leads to their list page again after a new login.

        A row that was set aside is not asked about; a cell of a sheet that cannot be read sets its row aside.
        """
        self.kept = []
        return [row if row.values is None else self._complete(row, back) for row in rows]

    def _complete(self, row: TableRow, back: Callable[[], object]) -> TableRow:
        key = "-".join(str((row.values or {})[name]) for name in self._rules.key)
        place = f"{self._place} {key}"

        def read() -> tuple[dict[str, str], DetailSheet]:
            with self._source.opened(row, place) as sheet:
                return self._texts(row, sheet.pairs, place), sheet

        def come_back_and_read() -> tuple[dict[str, str], DetailSheet]:
            back()
            return read()

        texts, sheet = self._login.attempt(read, come_back_and_read)
        self.kept.append((f"{key}{sheet.ending}", sheet.raw))
        return add_cells(row, texts, self._details)

    def _texts(self, row: TableRow, pairs: Sequence[tuple[str, str]], place: str) -> dict[str, str]:
        """Texts by the recipe's labels, once the sheet is proved to be the row's own."""
        labels = check_titles([label for label, _ in pairs], self._details, place)
        said = {label: text for label, (_, text) in zip(labels, pairs, strict=True)}
        for name, label in self._details.same.items():
            if label not in said:
                raise PageChanged(f"{place} 详情里没有“{label}”，无法证明是这一条。", remedy=_REMEDY)
            if said[label] != str((row.values or {})[name]):
                what = f"{place} 打开的详情不是这一条：{label} 写着 {said[label]}。"
                raise ExtractionIncomplete(what, remedy="稍后重新采集")
        return {label: said[label] for label in self._details.columns}


def pack_files(files: Iterable[tuple[str, bytes]]) -> bytes:
    """One zip of several files: the same bytes for the same files, whenever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, raw in files:
            archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)
    return target.getvalue()
