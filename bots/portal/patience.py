"""Waits as long as a portal asks, then asks again: twice at most, and never longer than the recipe allows."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from playwright.sync_api import Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.portal.too_fast import TooFast

if TYPE_CHECKING:  # it imports this file
    from bots.portal.screen import Screen

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_MOST_PAUSES = 2
_LEAST_SECONDS = 1.0


def pause_as_asked(screen: "Screen", error: TooFast, pauses: int) -> None:
    """Wait; raises the error where that does not help, and after so many ``pauses`` for one question.

    So too where a dataset is told to pause again and again.
    """
    if not error.may_wait:
        raise error
    if pauses >= _MOST_PAUSES or not screen.pace.slow_down():
        error.may_wait, error.is_final = False, True
        raise error
    seconds = max(error.seconds, _LEAST_SECONDS)
    _log.warning("%s: asked too fast, waiting %g s", screen.recipe.slug, seconds)
    screen.page.wait_for_timeout(seconds * 1_000)


def ask_patiently(screen: "Screen", ask: Callable[[], _Result]) -> _Result:
    """What ``ask`` gives in the end; the error of one that was asked too often is final."""
    pauses = 0
    while True:
        try:
            return ask()
        except TooFast as error:
            pause_as_asked(screen, error, pauses)
            pauses += 1


def reload_patiently(screen: "Screen", frame: Frame) -> None:
    """Let a frame put the question again to which it was refused a page: a form goes out once more.

    What logs in is not sent twice.
    """
    pauses = 0
    while screen.words.is_in and (refused := screen.documents.take_wish_to_wait(frame.url)):
        pause_as_asked(screen, screen.words.too_fast(refused, may_wait=True), pauses)
        pauses += 1
        try:
            with frame.expect_navigation(wait_until="domcontentloaded", timeout=screen.timeout_ms):
                frame.evaluate("location.reload()")
        except PlaywrightTimeout:
            raise screen.unanswered("没有应答") from None
