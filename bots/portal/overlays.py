"""Notices and surveys that lie over the page at any time: closed before the next step needs the place."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import PageChanged
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.interruptions import Overlay
from bots.portal.recipe import Recipe

_TRIES = 3
_CLOSING_MS = 1_000


class OverlayWatch:
    """Closes the recipe's overlays on one page; one that ends or refuses the session stays, and is told."""

    def __init__(self, page: Page, recipe: Recipe, place: str) -> None:
        self._judged, self._place = recipe.session.judged, place
        self._stuck = ""
        self._said = ""
        for overlay in recipe.overlays:
            # Looked for before each step that uses mouse or keyboard; more than one element is an error.
            shown = page.locator(overlay.element).filter(visible=True).first
            page.add_locator_handler(shown, self._closer(overlay))

    def forget(self) -> None:
        """What lay over the page before is gone with it."""
        self._stuck = self._said = ""

    def said(self) -> str:
        """What the overlay says that is not to be closed; empty for none."""
        return self._said

    def raise_stuck(self) -> None:
        """Raise PageChanged when an overlay could not be closed."""
        if self._stuck:
            what = f"{self._place} 挡住页面的 {self._stuck} 关不上。"
            raise PageChanged(what, remedy=CHANGED_REMEDY)

    def _closer(self, overlay: Overlay) -> Callable[[Locator], None]:
        def close(shown: Locator) -> None:
            with suppress(PlaywrightError):
                said = shown.inner_text(timeout=_CLOSING_MS)
                if any(text in said for text in self._judged):
                    self._said = said
                elif _is_closed(shown, overlay.close):
                    self.forget()
                else:
                    self._stuck = overlay.element

        return close


def _is_closed(shown: Locator, button: str) -> bool:
    """Pressed again while it shows: some buttons are deaf while their layer opens."""
    for _ in range(_TRIES):
        with suppress(PlaywrightTimeout):
            shown.locator(button).click(timeout=_CLOSING_MS)
        with suppress(PlaywrightTimeout):
            shown.wait_for(state="hidden", timeout=_CLOSING_MS)
            return True
    return False
