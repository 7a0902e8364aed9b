"""Rows in JSON: the page's own answers as it turns its pages, or asked for by the session's HTTP client."""

from collections.abc import Mapping, Sequence
from typing import Any

from bots.errors import ExtractionIncomplete
from bots.portal.datasets import ListDataset
from bots.portal.hands import Hands, run_steps
from bots.portal.http_client import ask, read_headers
from bots.portal.json_rows import find_path, json_sheet, json_totals, read_answer
from bots.portal.presses import press_quickly
from bots.portal.readings import Http, Response
from bots.portal.screen import Screen
from bots.portal.sheet import Sheet, Totals
from bots.portal.verbs import filled


class _Answers:
    """Pages of JSON; knows how many rows came before each page."""

    def __init__(self, screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> None:
        self._screen, self._name, self._rules, self._values = screen, name, rules, values
        self._starts = {1: 0}
        self._body = b""

    def go_on_after(self, rows: Sequence[int]) -> bool:
        """A page is found by its number."""
        self._starts = {number: sum(rows[: number - 1]) for number in range(1, len(rows) + 2)}
        return True

    def raw(self) -> tuple[bytes, str]:
        """The answer's bytes as the server sent them."""
        return self._body, ".json"

    def _sheet(self, answer: Any, rows_at: str, page_no: int, *, ends: bool = False) -> Sheet:
        place = self._place(page_no)
        totals = json_totals(answer, self._rules.completeness, self._rules, place)
        sheet = json_sheet(answer, rows_at, self._rules, totals, place)
        end = self._starts[page_no] + len(sheet.body)
        self._starts[page_no + 1] = end
        return Sheet(sheet.titles, sheet.body, totals, is_last=ends or self._is_end(sheet, totals, end))

    def _is_end(self, sheet: Sheet, totals: Totals, end: int) -> bool:
        """Without a count only an empty answer ends a list: a portal may send fewer rows than it is asked."""
        return not sheet.body or (totals.count is not None and end >= totals.count)

    def _place(self, page_no: int) -> str:
        return f"{self._screen.place} {self._name} 第 {page_no} 页"


class ResponsePages(_Answers):
    """Reads what the page's own grid asks for: the query is the last step, then one press a page."""

    @property
    def _reading(self) -> Response:
        assert self._rules.response  # noqa: S101 - choice.py opens this source for such lists alone
        return self._rules.response

    def first(self) -> Sheet:
        """Do the steps; the answer to the last one is page 1."""
        self._screen.pause()
        *way, query = self._rules.steps
        run_steps(self._screen, way, self._values)
        self._wait_until_idle()
        with self._screen.answer_from(self._reading.url) as answers:
            run_steps(self._screen, [query], self._values)
        return self._read(answers[-1], 1)

    def turn(self, page_no: int) -> Sheet:
        """Press for the next page."""
        self._screen.pause()
        self._wait_until_idle()
        if not self._screen.has(self._rules.frame, self._reading.next or ""):
            what = f"{self._place(page_no)} 列表没有下一页了，只读到 {self._starts[page_no]} 条。"
            raise ExtractionIncomplete(what, remedy="稍后重新采集；若仍不一致，请与保司核对条数")
        with self._screen.answer_from(self._reading.url) as answers:
            press_quickly(self._screen, self._rules.frame, self._reading.next or "", answer=False)
        return self._read(answers[-1], page_no)

    def back_to(self, page_no: int) -> Sheet:
        """Query again and turn page after page: only the query's place is certain."""
        sheet = self.first()
        for number in range(2, page_no + 1):
            sheet = self.turn(number)
        return sheet

    def _read(self, body: bytes, page_no: int) -> Sheet:
        self._body = body
        answer = read_answer(body, self._place(page_no))
        return self._sheet(answer, self._reading.rows, page_no, ends=self._reading.next is None)

    def _wait_until_idle(self) -> None:
        """Until the loading mask is gone: a press under it is lost, and an answer to come is not ours."""
        if self._reading.idle:
            Hands(self._screen).wait_gone(self._rules.frame, self._reading.idle)


class HttpPages(_Answers):
    """Asks an address for page after page with the browser's cookies."""

    def __init__(self, screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> None:
        super().__init__(screen, name, rules, values)
        self._cursors: dict[int, str] = {}
        self._headers: dict[str, str] = {}

    @property
    def _reading(self) -> Http:
        assert self._rules.http  # noqa: S101 - choice.py opens this source for such lists alone
        return self._rules.http

    def first(self) -> Sheet:
        """Do the steps, if any, and ask for page 1."""
        run_steps(self._screen, self._rules.steps, self._values)
        return self.back_to(1)

    def turn(self, page_no: int) -> Sheet:
        """Ask for a page by its number, or by the name that the answer before gave it."""
        self._screen.pause(by_page=False)
        reading = self._reading
        fields = {name: self._filled(value) for name, value in reading.fields.items()}
        if reading.page:
            fields[reading.page.field] = reading.page.first + page_no - 1
            if reading.page.size_field:
                fields[reading.page.size_field] = reading.page.size
        elif reading.cursor and page_no > 1:
            fields[reading.cursor.field] = self._cursors[page_no]
        place = self._place(page_no)
        self._body = ask(
            self._screen, reading, fields, self._headers, place, has_table=reading.table is not None
        )
        return self._understood(page_no)

    def _understood(self, page_no: int) -> Sheet:
        """The rows of the answer that came last."""
        answer = read_answer(self._body, self._place(page_no))
        sheet = self._sheet(answer, self._reading.rows or "", page_no)
        return self._note_cursor(answer, sheet, page_no)

    def go_on_after(self, rows: Sequence[int]) -> bool:
        """A page is found by its number; what a cursor was called is not known to a later run."""
        return self._reading.cursor is None and super().go_on_after(rows)

    def back_to(self, page_no: int) -> Sheet:
        """An address needs no way back, but a new login has new tokens."""
        self._headers = read_headers(self._screen, self._reading)
        return self.turn(page_no)

    def _note_cursor(self, answer: Any, sheet: Sheet, page_no: int) -> Sheet:
        if self._reading.cursor is None:
            return sheet
        place = self._place(page_no)
        following = find_path(answer, self._reading.cursor.next, place)
        if not following:
            return Sheet(sheet.titles, sheet.body, sheet.totals, is_last=True)
        if not sheet.body or str(following) in self._cursors.values():
            raise ExtractionIncomplete(f"{place} 应答说还有下一页，却没有新的行。", remedy="稍后重新采集")
        self._cursors[page_no + 1] = str(following)
        return Sheet(sheet.titles, sheet.body, sheet.totals)

    def _filled(self, value: str | int | bool) -> str | int | bool:
        return filled(value, self._values) if isinstance(value, str) else value
