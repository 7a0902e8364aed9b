"""Presses by script that turn a list's pages: quicker than the mouse's way there."""

from typing import Any

from playwright.sync_api import Frame

from bots.errors import PageChanged
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.html_page import is_css
from bots.portal.screen import Screen
from bots.portal.selectors import Element, either, in_order, named

_PRESS_ONLY = "(found) => { if (found.length === 1) found[0].click(); return found.length; }"
_SUBMIT_ONLY = """(found, no) => {
  if (found.length === 1) { found[0].value = String(no); found[0].form.submit(); }
  return found.length;
}"""

_BY_CSS = "([selector, value]) => (SCRIPT)(Array.from(document.querySelectorAll(selector)), value)"


class _NotPressed(Exception):
    """Nothing was clicked, so no answer is waited for."""


def press_quickly(screen: Screen, frame: str, element: Element, *, answer: bool = True) -> None:
    """Click by script, without the mouse's way there; ``answer``: wait for the frame's new document."""
    with screen.guarded(f"点击 {named(element)}"), screen.answered(frame if answer else None):
        _do_awaited(screen, frame, element, _PRESS_ONLY)


def press_if_there(screen: Screen, frame: str, element: Element, page_no: int | None = None) -> bool:
    """Click the one such element by script, wait for the frame's new document; False: none is there.

    ``page_no`` stands for ``{page}`` in it.
    """
    try:
        with screen.guarded(f"点击 {named(element)}"), screen.answered(frame):
            if not _do_first(screen, frame, element, _PRESS_ONLY, page_no):
                raise _NotPressed  # noqa: TRY301 - ends the wait for an answer
    except _NotPressed:
        return False
    return True


def submit_page_no(screen: Screen, frame: str, element: Element, page_no: int) -> None:
    """Write a page number into a form's field, submit the form, wait for the frame's new document."""
    with screen.guarded(f"跳到第 {page_no} 页（{named(element)}）"), screen.answered(frame):
        _do_awaited(screen, frame, element, _SUBMIT_ONLY, page_no)


def _do_awaited(screen: Screen, frame: str, element: Element, script: str, value: Any = None) -> None:
    """At once where the wanted selector is there: looking for the others costs calls of its own.

    Raises PageChanged when it goes again as soon as it is there.
    """
    if _do_first(screen, frame, element, script, value):
        return
    either(screen.frame(frame), element).first.wait_for(state="attached", timeout=screen.timeout_ms)
    if not _do_first(screen, frame, element, script, value, at_once=False):
        what = f"{screen.place} 页面上的 {named(element)} 刚找到又不见了，没有点到。"
        raise PageChanged(what, remedy=CHANGED_REMEDY)


def _do_first(
    screen: Screen, frame: str, element: Element, script: str, value: Any = None, *, at_once: bool = True
) -> bool:
    """Do it to the one element that the first finding selector finds; False: none finds any."""
    for way in in_order(element):
        selector = way.replace("{page}", str(value))
        do = _do_by_css if at_once and is_css(selector) else _do
        found = do(screen.frame(frame), selector, script, value)
        if found > 1:
            what = f"{screen.place} 页面上有 {found} 个 {selector}，不知道点哪一个。"
            raise PageChanged(what, remedy=CHANGED_REMEDY)
        if found:
            screen.fallbacks.note("翻页", element, way)
            return True
    return False


def _do(place: Frame, selector: str, script: str, value: Any) -> int:
    """How many elements were found, those inside custom elements too; it is done where that is one."""
    return int(place.locator(selector).evaluate_all(script, value))


def _do_by_css(place: Frame, selector: str, script: str, value: Any) -> int:
    """The same without Playwright's scripts: in a new document they are a third of what it costs."""
    return int(place.evaluate(_BY_CSS.replace("SCRIPT", script), [selector, value]))
