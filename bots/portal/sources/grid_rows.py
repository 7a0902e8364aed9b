"""A virtual grid: few row elements, used again while it scrolls; records are known by their numbers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bots.errors import BrokerFlowError, ExtractionIncomplete, PageChanged, PortalUnavailable
from bots.portal.datasets import ListDataset
from bots.portal.hands import run_steps
from bots.portal.printed import as_script_regex
from bots.portal.readings import Grid
from bots.portal.screen import Screen
from bots.portal.selectors import in_order, named
from bots.portal.sheet import Sheet, Totals
from bots.portal.snapshot import READ_GRID
from bots.portal.tally import read_totals

_REMEDY = "对照页面修改配方里的 grid，再用 brokerflow portal try 试跑"
_AGAIN = "稍后重新采集；若仍不一致，请与保司核对页面上的合计"
_LATER = "稍后重新运行；持续出现时请与保司系统管理员联系"
# After a query one half may show the rows of the question before, a moment longer than the other.
_SETTLE_MS = 300
_CHOSEN = ("rows", "cells", "headers", "scroller")


class GridRows:
    """A page is the batch of records that one call scrolls through, from where the page before ended."""

    def __init__(self, screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> None:
        self._screen, self._name, self._rules, self._values = screen, name, rules, values
        self._starts = {1: 0}
        self._html = ""
        self._lead = 0

    @property
    def _reading(self) -> Grid:
        assert self._rules.grid  # noqa: S101 - choice.py opens this source for such lists alone
        return self._rules.grid

    def first(self) -> Sheet:
        """Do the steps, read from the first record on."""
        return self.back_to(1)

    def turn(self, page_no: int) -> Sheet:
        """Scroll on from where the page before ended."""
        self._screen.pause()
        return self._read(page_no)

    def back_to(self, page_no: int) -> Sheet:
        """Do the steps again and scroll straight down to the record where the page began."""
        self._screen.pause()
        run_steps(self._screen, self._rules.steps, self._values)
        return self._read(page_no, settle_ms=_SETTLE_MS)

    def go_on_after(self, rows: Sequence[int]) -> bool:
        """A page is found by its first record's number."""
        self._starts = {number: sum(rows[: number - 1]) for number in range(1, len(rows) + 2)}
        return True

    def raw(self) -> tuple[bytes, str]:
        """The HTML of the rows as read, both halves of each on one line."""
        return self._html.encode("utf-8"), ".as-read.html"

    def _read(self, page_no: int, *, settle_ms: int = 0) -> Sheet:
        start = self._starts[page_no]
        found = self._look(start, settle_ms)
        if found["stop"]:
            self._screen.words.raise_too_fast(self._screen.answers.refusal(), may_wait=True)
            self._screen.words.raise_unavailable(found["stop"])
            raise self._screen.words.expired(found["stop"])
        totals = self._unmoved_totals(found["texts"], page_no)
        end = start + len(found["rows"])
        if end == start and end < (totals.count or 0):
            self._screen.raise_known_trouble()
            self._screen.raise_script_trouble()
            raise self._missing(found, end, totals, page_no)
        for part, used in found["used"].items():
            self._screen.fallbacks.note(f"读取 {part} ", getattr(self._reading, part), used)
        self._html, self._lead = found["html"], found["lead"]
        self._starts[page_no + 1] = end
        is_last = end >= (totals.count or 0)
        return Sheet(found["titles"], list(enumerate(found["rows"], start)), totals, is_last=is_last)

    def _look(self, start: int, settle_ms: int) -> dict[str, Any]:
        """One call to the page; its answer is written at the end of read_grid.js."""
        asked = self._screen.reading_question()
        question = asked | {
            **self._reading.model_dump(),
            **{part: in_order(getattr(self._reading, part)) for part in _CHOSEN},
            "stops": [*asked["stops"], *self._screen.recipe.session.unavailable],
            "start": start,
            "lead": self._lead,
            "count": as_script_regex(self._rules.completeness.count or ""),
            "settle": settle_ms,
        }
        frame = self._screen.frame(self._rules.frame)
        found: dict[str, Any] = json.loads(self._screen.ask(frame, READ_GRID, question, f"读取 {self._name}"))
        return found

    def _unmoved_totals(self, texts: list[str], page_no: int) -> Totals:
        """What the page claims; it must claim the same before and after the batch was read."""
        before, after = (read_totals(text, self._rules.completeness, self._place(page_no)) for text in texts)
        if before != after:
            what = (
                f"{self._place(page_no)} 采集期间列表变了：先写 {before.count} 条，"
                f"后写 {after.count} 条，或合计金额不同。"
            )
            raise ExtractionIncomplete(what, remedy="稍后重新采集")
        return after

    def _missing(self, found: dict[str, Any], number: int, totals: Totals, page_no: int) -> BrokerFlowError:
        """Why a record did not come: its number from 1."""
        place, stuck = self._place(page_no), found["stuck"]
        if not found["drawn"]:
            return PageChanged(f"{place} 没有画出任何一行（{named(self._reading.rows)}）。", remedy=_REMEDY)
        record = f"第 {number + 1} 条记录（共 {totals.count} 条）"
        if stuck["isLoading"]:
            seconds = f"{self._screen.recipe.timeout_seconds:g}"
            return PortalUnavailable(
                f"{place} {record} {seconds} 秒后仍写着“{self._reading.loading}”。", remedy=_LATER
            )
        if stuck["cells"]:
            what = f"{place} {record}有 {stuck['cells']} 格，表头有 {len(found['titles'])} 栏。"
            return PageChanged(what, remedy=_REMEDY)
        return ExtractionIncomplete(f"{place} {record}没有画出来。", remedy=_AGAIN)

    def _place(self, page_no: int) -> str:
        return f"{self._screen.place} {self._name} 第 {page_no} 页"
