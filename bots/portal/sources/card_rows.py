"""Rows that are no table and grow at the end of the page while it is scrolled."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from playwright.sync_api import Request

from bots.errors import PageChanged, PortalUnavailable
from bots.portal.datasets import ListDataset
from bots.portal.hands import run_steps
from bots.portal.portal_words import LATER_REMEDY
from bots.portal.printed import as_script_regex
from bots.portal.readings import Cards
from bots.portal.screen import Screen
from bots.portal.selectors import in_order, named
from bots.portal.sheet import Sheet
from bots.portal.snapshot import READ_CARDS
from bots.portal.tally import read_totals

# What the page asked for is heard of a moment later.
_HEARING_MS = 50
_CHOSEN = ("rows", "cells", "headers")
_REMEDY = "对照页面修改配方里的 cards，再用 brokerflow portal try 试跑"


class CardRows:
    """A page is the batch of rows that one call scrolls to; each begins where the one before ended."""

    def __init__(self, screen: Screen, name: str, rules: ListDataset, values: Mapping[str, str]) -> None:
        self._screen, self._name, self._rules, self._values = screen, name, rules, values
        self._starts = {1: 0}
        self._html = ""

    @property
    def _reading(self) -> Cards:
        assert self._rules.cards  # noqa: S101 - choice.py opens this source for such lists alone
        return self._rules.cards

    def first(self) -> Sheet:
        """Do the steps, read from the first row on."""
        self._screen.pause()
        run_steps(self._screen, self._rules.steps, self._values)
        return self._read(1)

    def turn(self, page_no: int) -> Sheet:
        """Scroll on."""
        self._screen.pause()
        return self._read(page_no)

    def back_to(self, page_no: int) -> Sheet:
        """Do the steps again and scroll down batch by batch: the page has no other way there."""
        sheet = self.first()
        for number in range(2, page_no + 1):
            sheet = self.turn(number)
        return sheet

    def go_on_after(self, rows: Sequence[int]) -> bool:
        """A page is found by its first row's place."""
        self._starts = {number: sum(rows[: number - 1]) for number in range(1, len(rows) + 2)}
        return True

    def raw(self) -> tuple[bytes, str]:
        """The HTML of the rows as read."""
        return self._html.encode("utf-8"), ".as-read.html"

    def _read(self, page_no: int) -> Sheet:
        start = self._starts[page_no]
        self._screen.page.wait_for_timeout(_HEARING_MS)
        before = self._screen.answers.waiting()
        found = self._look(start)
        if found["stop"]:
            raise self._screen.words.expired(found["stop"])
        rows, place = found["rows"], f"{self._screen.place} {self._name} 第 {page_no} 页"
        end, is_short = start + len(rows), len(rows) < self._reading.batch
        if is_short:
            self._raise_trouble(found["text"])
        totals = read_totals(found["text"], self._rules.completeness, place)
        if not end and totals.count:
            what = f"{place} 没有画出任何一行（{named(self._reading.rows)}），共 {totals.count} 条。"
            raise PageChanged(what, remedy=_REMEDY)
        if is_short and end < (totals.count or 0):
            self._raise_unanswered(place, before)
        for part, used in found["used"].items():
            self._screen.fallbacks.note(f"读取 {part} ", getattr(self._reading, part), used)
        self._html = found["html"]
        self._starts[page_no + 1] = end
        # A short batch means that nothing more came in time: the tally judges whether that is all.
        is_last = is_short or end >= (totals.count or 0)
        return Sheet(found["titles"], list(enumerate(rows, start)), totals, is_last=is_last)

    def _raise_trouble(self, text: str) -> None:
        """Why the page asked for more rows and got none, when the portal said why."""
        self._screen.words.raise_unavailable(text)
        self._screen.raise_known_trouble()
        self._screen.raise_script_trouble()

    def _raise_unanswered(self, place: str, before: Collection[Request]) -> None:
        """A line that went dead is no list that ended early: it may be asked again.

        What the page asked for ``before`` it was scrolled, news for instance, has nothing to do with it.
        """
        path = self._screen.answers.unanswered_since(before)
        if path:
            seconds = f"{self._screen.recipe.timeout_seconds:g}"
            raise PortalUnavailable(f"{place} {seconds} 秒内没有 {path} 的应答。", remedy=LATER_REMEDY)

    def _look(self, start: int) -> dict[str, Any]:
        """One call to the page; its answer is written at the end of read_cards.js."""
        question = self._screen.reading_question() | {
            **self._reading.model_dump(),
            **{part: in_order(getattr(self._reading, part)) for part in _CHOSEN},
            "start": start,
            "count": as_script_regex(self._rules.completeness.count or ""),
        }
        frame = self._screen.frame(self._rules.frame)
        answer: dict[str, Any] = json.loads(
            self._screen.ask(frame, READ_CARDS, question, f"读取 {self._name}")
        )
        return answer
