"""What is kept of a failure: a picture and the HTML of every frame, both scrubbed."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from bots.masking import mask_text
from bots.portal.recipe import ListDataset, Recipe, Titled
from bots.portal.screen import Screen
from bots.portal.snapshot import REPLACE_TEXTS, SCRUB_PAGE
from bots.portal.table import plain_title

_log = logging.getLogger(__name__)
_PICTURE_MS = 5_000


class EvidenceSink(Protocol):
    """Where evidence goes: a folder, a database, a list in a test."""

    def keep(self, name: str, content: bytes) -> None:
        """Store one file."""


def keep_evidence(screen: Screen, sink: EvidenceSink, label: str, secrets: Sequence[str]) -> None:
    """Scrub every open page, then keep its picture and its frames; never raises over a dead browser.

    The pages are changed by this: nothing may be read from them afterwards.
    """
    titles = _titles(screen.recipe) | {"drawn": _drawn_lists(screen.recipe)}
    for number, page in enumerate(screen.context.pages, 1):
        name = f"{screen.recipe.slug}-{label}-{number}"
        try:
            _keep_page(page, sink, name, titles, secrets)
        except PlaywrightError as error:
            _log.warning(
                "%s: no evidence of page %d: %s", screen.recipe.slug, number, error.message.splitlines()[0]
            )


def _keep_page(
    page: Page, sink: EvidenceSink, name: str, titles: Mapping[str, Any], secrets: Sequence[str]
) -> None:
    for number, frame in enumerate(page.frames):
        texts = {text: _masked(text, secrets) for text in frame.evaluate(SCRUB_PAGE, titles)}
        frame.evaluate(REPLACE_TEXTS, {text: masked for text, masked in texts.items() if masked != text})
        html = _masked(frame.content(), secrets)
        sink.keep(f"{name}-{frame.name or number}.html", html.encode("utf-8"))
    sink.keep(f"{name}.png", page.screenshot(timeout=_PICTURE_MS))


def _masked(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return mask_text(text)


def _titled(recipe: Recipe) -> Iterator[Titled]:
    for rules in recipe.datasets.values():
        yield rules
        if isinstance(rules, ListDataset) and rules.details:
            yield rules.details


def _drawn_lists(recipe: Recipe) -> list[dict[str, str]]:
    """Where rows, cells and titles stand in lists that are no tables."""
    lists = [rules for rules in recipe.datasets.values() if isinstance(rules, ListDataset)]
    return [
        drawn.model_dump(include={"rows", "cells", "headers"})
        for rules in lists
        for drawn in (rules.grid, rules.cards)
        if drawn
    ]


def _titles(recipe: Recipe) -> dict[str, Any]:
    """Titles whose cells may be shown, and those that are known to be personal in any dataset."""
    columns = [
        (plain_title(title), column) for rules in _titled(recipe) for title, column in rules.columns.items()
    ]
    personal = {title for title, column in columns if column.is_personal}
    return {"shown": sorted({title for title, _ in columns} - personal), "personal": sorted(personal)}
