"""A portal's no to a login, by a page, a script in it, an answer, a dialog, a layer over the page."""

from collections.abc import Collection
from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Request

from bots.errors import LoginRefused
from bots.portal.exchanges import Exchange
from bots.portal.screen import Screen

_ARRIVING_MS = 50
_REMEDY = "由账号负责人核对密码，必要时请保司解锁，更新密码后再运行；系统不会自动重试，以免锁定账号"


class Refusals:
    """Knows what was said since the first secret of a login was typed.

    What the login page and its scripts say before that, they say to everybody: it is about no login of ours.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._is_listening = False
        self._requests: Collection[Request] = ()
        self._documents: Collection[Exchange] = ()

    def begin(self) -> None:
        """A new login: nothing is typed yet."""
        self._is_listening = False

    def listen(self) -> None:
        """Call after a secret was typed: the first one begins it."""
        if not self._is_listening:
            self._is_listening = True
            self._screen.dialogs.forget()
            self._screen.overlays.forget()
            self._requests = self._screen.answers.requests()
            self._documents = self._screen.documents.exchanges()

    def judge(self, said: str) -> None:
        """Raise LoginRefused when a text holds one of the recipe's ``refused``."""
        mark = next((mark for mark in self._screen.recipe.session.refused if mark in said), None)
        if mark:
            raise LoginRefused(f"{self._screen.place} {mark}。", remedy=_REMEDY)

    def judge_page(self) -> None:
        """The newest page, as far as a person could see it, and the layers over it."""
        self.judge(self._screen.documents.newest_text(self._screen.recipe.encoding))
        for said in self._screen.overlays.said():
            self.judge(said)

    def judge_everything(self) -> None:
        """After a failure: dialogs, layers over the page, answers to scripts, the page with its scripts."""
        if not self._is_listening:
            return
        with suppress(PlaywrightError):
            self._screen.page.wait_for_timeout(_ARRIVING_MS)
        for said in [*self._screen.dialogs.heard(), *self._screen.overlays.heard()]:
            self.judge(said)
        for said in self._screen.answers.texts(self._requests):
            self.judge(said)
        for document in self._screen.documents.exchanges()[-1:]:
            if document not in self._documents:
                self.judge(document.body.decode(self._screen.recipe.encoding, "replace"))
