"""Presses by script that turn a list's pages: quicker than the mouse's way there."""

from bots.errors import PageChanged
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.screen import Screen

_PRESS_ONLY = "(found) => { if (found.length === 1) found[0].click(); return found.length; }"
_SUBMIT_PAGE = "(field, no) => { field.value = String(no); field.form.submit(); }"


class _NotPressed(Exception):
    """Nothing was clicked, so no answer is waited for."""


def press_quickly(screen: Screen, frame: str, element: str, *, answer: bool = True) -> None:
    """Click by script, without the mouse's way there; ``answer``: wait for the frame's new document."""
    with screen.guarded(f"点击 {element}"), screen.answered(frame if answer else None):
        screen.frame(frame).locator(element).evaluate("e => e.click()", timeout=screen.timeout_ms)


def press_if_there(screen: Screen, frame: str, element: str) -> bool:
    """Click the one such element by script, wait for the frame's new document; False: none is there."""
    try:
        with screen.guarded(f"点击 {element}"), screen.answered(frame):
            found = screen.frame(frame).locator(element).evaluate_all(_PRESS_ONLY)
            if found != 1:
                raise _NotPressed  # noqa: TRY301 - ends the wait for an answer
    except _NotPressed:
        if found:
            raise PageChanged(
                f"{screen.place} 页面上有 {found} 个 {element}，不知道点哪一个。", remedy=CHANGED_REMEDY
            ) from None
        return False
    return True


def submit_page_no(screen: Screen, frame: str, element: str, page_no: int) -> None:
    """Write a page number into a form's field, submit the form, wait for the frame's new document."""
    with screen.guarded(f"跳到第 {page_no} 页（{element}）"), screen.answered(frame):
        screen.frame(frame).locator(element).evaluate(_SUBMIT_PAGE, page_no, timeout=screen.timeout_ms)
