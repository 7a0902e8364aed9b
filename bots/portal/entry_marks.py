"""The proof of a login, as its recipe says it: an element, a text that can be read, a part of the address."""

from bots.errors import PageChanged
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.portal_words import plain_address
from bots.portal.recipe import Marker
from bots.portal.screen import Screen


def shows_mark(screen: Screen, mark: Marker) -> bool:
    """Whether the proof is there now; not waited for."""
    if mark.element:
        return screen.shows(mark.frame, mark.element)
    with screen.guarded(f"查看 {_named(mark)}"):
        frame = screen.frame(mark.frame)
        if mark.url:
            return mark.url in plain_address(frame.url)
        return (mark.text or "") in screen.shown_text(frame)


def prove_mark(screen: Screen, mark: Marker, within_ms: float) -> None:
    """PageChanged when the text or the address is not there; what is still loading is waited for."""
    if not shows_mark(screen, mark):
        screen.raise_known_trouble()
        what = f"{screen.place} 登录后没有出现{_named(mark)}。"
        raise PageChanged(what, remedy=CHANGED_REMEDY)
    with screen.guarded(f"等待 {_named(mark)}"):
        screen.page.wait_for_load_state("load", timeout=within_ms)


def _named(mark: Marker) -> str:
    return f"网址 {mark.url}" if mark.url else f"文字“{mark.text}”"
