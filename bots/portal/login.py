"""Being logged in, and becoming so again within the recipe's budget."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from bots.errors import (
    ApplicationError,
    BrokerFlowError,
    LoginRefused,
    PageChanged,
    SecretMissing,
    SessionExpired,
)
from bots.portal.recipe import Recipe
from bots.portal.screen import Screen

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Login:
    """The one session of an account."""

    def __init__(self, screen: Screen, recipe: Recipe, credentials: Mapping[str, str]) -> None:
        missing = [name for key, name in recipe.secret_names.items() if not credentials.get(key)]
        if missing:
            remedy = "设置环境变量 " + "、".join(f"BROKERFLOW_SECRET_{name.upper()}" for name in missing)
            raise SecretMissing(f"{screen.place} 缺少密钥：{'、'.join(missing)}。", remedy=remedy)
        self._screen = screen
        self._rules = recipe.session
        self._credentials = credentials
        self._left = recipe.session.relogins
        self._refusal: LoginRefused | None = None
        self.is_in = False
        self._is_page_spoilt = False

    def enter(self) -> None:
        """Log in. Raises LoginRefused when the portal says no, and from then on without asking it again."""
        if self._refusal:
            raise self._refusal
        self.is_in = self._is_page_spoilt = False
        self._screen.start_over()
        try:
            for step in self._rules.login:
                step.run(self._screen, {}, self._credentials)
            self._raise_refusal()
            self._screen.wait_for(self._rules.logged_in.frame, self._rules.logged_in.element)
        except PageChanged:
            self._raise_refusal()
            raise
        self.is_in = True

    def _raise_refusal(self) -> None:
        said = self._screen.documents.newest_text(self._screen.recipe.encoding)
        text = next((text for text in self._rules.refused if text in said), None)
        if text:
            remedy = (
                "由账号负责人核对密码，必要时请保司解锁，更新密码后再运行；系统不会自动重试，以免锁定账号"
            )
            self._refusal = LoginRefused(f"{self._screen.place} {text}。", remedy=remedy)
            raise self._refusal

    def begin(self) -> None:
        """A new dataset has a new budget of logins; after a failure it starts with one."""
        self._left = self._rules.relogins
        if not self.is_in or self._is_page_spoilt:
            self.enter()

    def note_failure(self, error: BrokerFlowError) -> None:
        """The next dataset must not trust the page; a portal that cannot be reached is not logged out of."""
        self._is_page_spoilt = True
        if isinstance(error, ApplicationError):
            self.is_in = False

    def attempt(self, first: Callable[[], _Result], again: Callable[[], _Result]) -> _Result:
        """Do ``first``; when the session is lost, log in and do ``again``, which finds its own way back."""
        action = first
        while True:
            try:
                return action()
            except SessionExpired as error:
                self._enter_again(error)
                action = again

    def _enter_again(self, error: SessionExpired) -> None:
        self.is_in = False
        if self._left == 0:
            what = f"{error.what}已重新登录 {self._rules.relogins} 次。"
            raise SessionExpired(what, remedy="确认没有别人在用这个账号，再重新运行") from error
        self._left -= 1
        _log.warning("%s: session lost, logging in again (%d left)", self._screen.recipe.slug, self._left)
        self.enter()

    def leave(self) -> None:
        """Log out; a portal that cannot be reached is left as it is."""
        if not self.is_in:
            return
        self.is_in = False
        try:
            for step in self._rules.logout:
                step.run(self._screen, {}, self._credentials)
        except BrokerFlowError as error:
            _log.warning("%s: not logged out: %s", self._screen.recipe.slug, type(error).__name__)
