"""Selectors with ordered fallbacks: the first that is there is used, and people hear when it is another."""

import logging
from collections.abc import Sequence
from functools import reduce
from typing import Annotated

from playwright.sync_api import Frame, Locator
from pydantic import Field

_log = logging.getLogger(__name__)
Selector = Annotated[str, Field(min_length=1)]
Element = Selector | Annotated[list[Selector], Field(min_length=2)]
"""One selector, or several in order."""


def in_order(element: Element) -> list[str]:
    """The selectors, the wanted one first."""
    return [element] if isinstance(element, str) else list(element)


def named(element: Element) -> str:
    """An element in a sentence."""
    return " 或 ".join(in_order(element))


def choices(element: Element | None) -> list[str]:
    """What a reading script chooses from: the selectors in order, none where the recipe writes none."""
    return in_order(element) if element else []


class Fallbacks:
    """Which selectors had to stand in for those that a recipe wants; ``place`` names the portal."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._noted: dict[str, None] = {}

    def note(self, doing: str, element: Element | None, used: str) -> None:
        """Remember it when ``used`` is another than the first of the element's selectors; empty for none."""
        wanted = next(iter(choices(element)), "")
        if used in ("", wanted):
            return
        said = f"{doing}时没有 {wanted}，用了 {used}"
        if said not in self._noted:
            _log.warning("%s %s", self._place, said)
        self._noted[said] = None

    def take(self) -> Sequence[str]:
        """What was noted since the last call, each once."""
        taken, self._noted = list(self._noted), {}
        return taken


def either(frame: Frame, element: Element) -> Locator:
    """Whatever any of the selectors finds."""
    return reduce(Locator.or_, map(frame.locator, in_order(element)))


def first_shown(frame: Frame, element: Element) -> str | None:
    """The first of the selectors whose element can be seen now."""
    return next(
        (way for way in in_order(element) if frame.locator(way).filter(visible=True).first.is_visible()), None
    )
