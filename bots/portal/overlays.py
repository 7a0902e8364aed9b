"""Notices and surveys that lie over the page at any time: closed before the next step needs the place."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import PageChanged
from bots.masking import mask_text
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.deadlines import within
from bots.portal.interruptions import Overlay
from bots.portal.recipe import Recipe

_TRIES = 3
_CLOSING_MS = 1_000
_LOOKING_SECONDS = 5
_SHOWN_TEXT = 80


class OverlayWatch:
    """Closes the recipe's overlays on one page; one that ends or refuses the session stays, and is told."""

    def __init__(self, page: Page, recipe: Recipe, place: str) -> None:
        self._judged, self._place = recipe.session.judged, place
        self._shown: dict[str, Locator] = {}
        self._stuck: set[str] = set()
        self._heard: list[str] = []
        for overlay in recipe.overlays:
            # Looked for before each step that uses mouse or keyboard; more than one element is an error.
            shown = page.locator(overlay.element).filter(visible=True).first
            self._shown[overlay.element] = shown
            page.add_locator_handler(shown, self._closer(overlay))

    def forget(self) -> None:
        """What lay over the page before is gone with it."""
        self._stuck.clear()
        self._heard.clear()

    def said(self) -> list[str]:
        """What the overlays say that lie over the page now and are not to be closed."""
        return [said for said in self._texts().values() if self._is_judged(said)]

    def heard(self) -> list[str]:
        """The same since ``forget``: some hide themselves after a moment."""
        return list(dict.fromkeys([*self._heard, *self.said()]))

    def raise_stuck(self) -> None:
        """Raise PageChanged when an overlay lies over the page that was not closed."""
        for element, said in self._texts().items():
            if element in self._stuck:
                raise self._in_the_way(f"{element} 关不上")
            if self._is_judged(said):
                raise self._in_the_way(f"{element} 写着：{mask_text(said)[:_SHOWN_TEXT]}")

    def _in_the_way(self, what: str) -> PageChanged:
        return PageChanged(f"{self._place} 挡住页面的 {what}。", remedy=CHANGED_REMEDY)

    def _texts(self) -> dict[str, str]:
        """The overlays in sight and what they say; one that is hidden counts for nothing any more."""
        found = {}
        for element, shown in self._shown.items():
            with suppress(PlaywrightError):
                if within(_LOOKING_SECONDS, shown, "is_visible", None):
                    found[element] = _text_of(shown)
        return found

    def _is_judged(self, said: str) -> bool:
        return any(text in said for text in self._judged)

    def _closer(self, overlay: Overlay) -> Callable[[Locator], None]:
        def close(shown: Locator) -> None:
            with suppress(PlaywrightError):
                said = _text_of(shown)
                if self._is_judged(said):
                    self._heard.append(said)
                elif _is_closed(shown, overlay.close):
                    self._stuck.discard(overlay.element)
                else:
                    self._stuck.add(overlay.element)

        return close


def _text_of(shown: Locator) -> str:
    return " ".join(shown.inner_text(timeout=_CLOSING_MS).split())


def _is_closed(shown: Locator, button: str) -> bool:
    """Pressed again while it shows: some buttons are deaf while their layer opens."""
    for _ in range(_TRIES):
        with suppress(PlaywrightTimeout):
            shown.locator(button).click(timeout=_CLOSING_MS)
        with suppress(PlaywrightTimeout):
            shown.wait_for(state="hidden", timeout=_CLOSING_MS)
            return True
    return False
