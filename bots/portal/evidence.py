"""What is kept of a failure: a picture and the HTML of every frame, both scrubbed."""

import logging
from collections.abc import Sequence
from typing import Protocol

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from bots.masking import mask_text
from bots.portal.recipe import Recipe
from bots.portal.screen import Screen
from bots.portal.snapshot import SCRUB_PAGE

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
    question = {"titles": _personal_titles(screen.recipe), "secrets": list(secrets)}
    for number, page in enumerate(screen.context.pages, 1):
        name = f"{screen.recipe.slug}-{label}-{number}"
        try:
            _keep_page(page, sink, name, question)
        except PlaywrightError as error:
            _log.warning(
                "%s: no evidence of page %d: %s", screen.recipe.slug, number, error.message.splitlines()[0]
            )


def _keep_page(page: Page, sink: EvidenceSink, name: str, question: dict[str, list[str]]) -> None:
    for number, frame in enumerate(page.frames):
        frame.evaluate(SCRUB_PAGE, question)
        html = mask_text(frame.content())
        for secret in question["secrets"]:
            html = html.replace(secret, "***")
        sink.keep(f"{name}-{frame.name or number}.html", html.encode("utf-8"))
    sink.keep(f"{name}.png", page.screenshot(timeout=_PICTURE_MS))


def _personal_titles(recipe: Recipe) -> list[str]:
    return sorted({title for rules in recipe.datasets.values() for title in rules.personal_titles})
