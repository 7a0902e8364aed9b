"""What is kept of a failure: pictures, frames' HTML and the last answers, scrubbed; a trace, sealed."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, Frame, Page
from playwright.sync_api import Error as PlaywrightError

from bots.errors import BrokerFlowError
from bots.masking import mask_text
from bots.portal.datasets import ListDataset, Titled
from bots.portal.deadlines import opened_page, within
from bots.portal.exchanges import Exchange
from bots.portal.known_words import known_words
from bots.portal.last_answers import decoded, describe_answers, is_page
from bots.portal.recipe import Recipe
from bots.portal.screen import Screen
from bots.portal.snapshot import REPLACE_TEXTS, SCRUB_PAGE
from bots.portal.step_trace import StepTrace
from bots.portal.table import plain_title

_log = logging.getLogger(__name__)
_PICTURE_MS = 5_000
_SCRUB_SECONDS = 10
_OPEN_SECONDS = 10


class EvidenceSink(Protocol):
    """Where evidence goes: a folder, a database, a list in a test."""

    def keep(self, name: str, content: bytes) -> None:
        """Store one file."""

    def keep_sealed(self, name: str, content: bytes) -> None:
        """Store one file that shows personal data, so that the house's key alone opens it."""


def keep_evidence(
    screen: Screen, sink: EvidenceSink, label: str, secrets: Sequence[str], trace: StepTrace
) -> None:
    """Keep what there is; never raises, for the failure itself must be heard.

    The pages are changed by this: nothing may be read from them afterwards.
    """
    name = f"{screen.recipe.slug}-{label}"
    scrubbing = _titles(screen.recipe) | {"drawn": _drawn_lists(screen.recipe)}
    with _as_far_as_possible(f"{name}: trace"):
        traced = trace.take()
        if traced:
            sink.keep_sealed(f"{name}-trace.zip", traced)
    with _as_far_as_possible(f"{name}: answers"):
        told = _masked(_answers(screen, scrubbing), secrets)
        sink.keep(f"{name}-answers.txt", told.encode("utf-8", "replace"))
    for number, page in enumerate(screen.context.pages, 1):
        with _as_far_as_possible(f"{name}: page {number}"):
            _keep_page(page, sink, f"{name}-{number}", scrubbing, secrets)


@contextmanager
def _as_far_as_possible(what: str) -> Iterator[None]:
    """A dead browser or a full disk takes one part of the evidence, not the rest."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the failure that this is evidence of must be heard
        _log.warning("no evidence of %s: %s", what, _reason(error))


def _reason(error: Exception) -> str:
    """Without what an error of another kind may quote from a page."""
    if isinstance(error, PlaywrightError):
        return error.message.partition("\n")[0]
    return error.what if isinstance(error, BrokerFlowError) else type(error).__name__


def _keep_page(
    page: Page, sink: EvidenceSink, name: str, scrubbing: Mapping[str, Any], secrets: Sequence[str]
) -> None:
    for number, frame in enumerate(page.frames):
        found = _scrub(frame, scrubbing)
        texts = {text: _masked(text, secrets) for text in found["texts"]}
        changed = {text: masked for text, masked in texts.items() if masked != text}
        within(_SCRUB_SECONDS, frame, "evaluate", REPLACE_TEXTS, changed)
        html = _masked(found["html"], secrets)
        sink.keep(f"{name}-{frame.name or number}.html", html.encode("utf-8", "replace"))
    sink.keep(f"{name}.png", page.screenshot(timeout=_PICTURE_MS))


def _answers(screen: Screen, scrubbing: Mapping[str, Any]) -> str:
    exchanges = screen.exchanges()
    pages: dict[Exchange, str] = {}
    with _as_far_as_possible(f"{screen.recipe.slug}: bodies of pages"):
        pages = _scrubbed_pages(screen.context, exchanges, scrubbing, screen.recipe.encoding)
    known = known_words(screen.recipe, scrubbing["shown"])
    return describe_answers(exchanges, pages, known, screen.recipe.encoding)


def _scrubbed_pages(
    context: BrowserContext, exchanges: Sequence[Exchange], scrubbing: Mapping[str, Any], encoding: str
) -> dict[Exchange, str]:
    """HTML of answers, by the rules of the pages themselves; an empty window does it and is closed again."""
    asked = [exchange for exchange in exchanges if is_page(exchange)]
    if not asked:
        return {}
    window = opened_page(_OPEN_SECONDS, context)
    try:
        return {
            each: str(_scrub(window.main_frame, {**scrubbing, "html": decoded(each.body, encoding)})["html"])
            for each in asked
        }
    finally:
        with _as_far_as_possible("the window that scrubs"):
            within(_OPEN_SECONDS, window, "close", False, None)


def _scrub(frame: Frame, scrubbing: Mapping[str, Any]) -> dict[str, Any]:
    """Texts that are left and the HTML of a frame, or of the text that ``scrubbing`` holds."""
    found: dict[str, Any] = within(_SCRUB_SECONDS, frame, "evaluate", SCRUB_PAGE, scrubbing)
    return found


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
