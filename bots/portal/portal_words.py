"""What a portal says in the words of its recipe: session gone, password due, closed for a while."""

import re
from collections.abc import Iterable
from typing import Any

from bots.errors import PasswordExpired, PortalUnavailable, SessionExpired
from bots.portal.recipe import Recipe
from bots.portal.session_client import ClientAnswer
from bots.portal.too_fast import Answer, TooFast, asked_pause, too_fast

LATER_REMEDY = "稍后重新运行；持续出现时请与保司系统管理员联系"
_NEW_SECRET = "由账号负责人登录保司系统修改密码，更新密钥后再运行；系统不会替人修改密码"  # noqa: S105 - a sentence
_QUERY = re.compile(r"\?[^#]*")


def plain_address(url: str) -> str:
    """An address without its queries: they name the page that was asked for, or the one before."""
    return _QUERY.sub("", url)


class PortalWords:
    """Judges texts, addresses and statuses; ``place`` names the portal in errors.

    ``is_in`` tells that a login is through: from then on the login's own address means that it is over.
    """

    def __init__(self, recipe: Recipe, place: str) -> None:
        self._session, self._place = recipe.session, place
        self._longest_pause = recipe.too_fast_seconds
        self.is_in = False

    @property
    def outside(self) -> list[str]:
        """Parts of addresses that mean a lost session now."""
        return self._session.expired_url if self.is_in else []

    @property
    def marks(self) -> dict[str, Any]:
        """What each of our reading scripts is told: how the session's end shows."""
        session = self._session
        stops = [*session.password_expired, *session.expired]
        return {"stops": stops, "outside": self.outside, "loginForm": session.login_form}

    def too_fast(self, answer: Answer, *, may_wait: bool, place: str = "") -> TooFast:
        """The error for an answer that asks for a pause; ``place`` says more than the portal's name."""
        seconds = asked_pause(answer) or 0.0
        return too_fast(place or self._place, answer.status, seconds, self._longest_pause, may_wait=may_wait)

    def raise_too_fast(self, answer: Answer | None, *, may_wait: bool, place: str = "") -> None:
        """Raise TooFast when an answer asks for a pause; before the login is through nobody waits."""
        if answer is not None and asked_pause(answer) is not None:
            raise self.too_fast(answer, may_wait=may_wait and self.is_in, place=place)

    def raise_refusal(self, answer: Answer | None, said: str, *, may_wait: bool = False) -> None:
        """Raise PortalUnavailable for an answer that is none: 5xx, or TooFast."""
        self.raise_too_fast(answer, may_wait=may_wait)
        if answer is not None:
            raise PortalUnavailable(f"{self._place} {said} HTTP {answer.status}。", remedy=LATER_REMEDY)

    def raise_outside(self, urls: Iterable[str]) -> None:
        """Raise SessionExpired when one of these addresses is where lost sessions land."""
        addresses = [plain_address(url) for url in urls]
        mark = next((part for part in self.outside for url in addresses if part in url), None)
        if mark:
            raise self.expired(mark)

    def raise_unavailable(self, said: str) -> None:
        """Raise PortalUnavailable when a page says that the portal is closed for a while."""
        mark = next((text for text in self._session.unavailable if text in said), None)
        if mark:
            raise PortalUnavailable(f"{self._place} 页面写着：{mark}。", remedy=LATER_REMEDY)

    def raise_answer(self, answer: Answer | ClientAnswer, said: str, url: str) -> None:
        """Raise what an answer to a script or a request means: session gone, password due, portal closed.

        ``said`` is what it says for people, ``url`` where it came from, after redirects. TooFast where it
        asks for a pause.
        """
        self.raise_too_fast(answer, may_wait=True)
        self.raise_password_expired(said)
        if answer.status in self._session.expired_status:
            raise self.expired(f"HTTP {answer.status}")
        self.raise_unavailable(said)
        self.raise_end(said)
        self.raise_outside([url])

    def raise_said(self, said: str) -> None:
        """Raise what a page or a dialog says for people: password due, portal closed, session gone."""
        self.raise_password_expired(said)
        self.raise_unavailable(said)
        self.raise_end(said)

    def raise_password_expired(self, said: str) -> None:
        """Raise PasswordExpired when the portal says so."""
        mark = next((text for text in self._session.password_expired if text in said), None)
        if mark:
            raise self.expired(mark)

    def raise_end(self, said: str) -> None:
        """Raise PasswordExpired or SessionExpired when the portal says so."""
        self.raise_password_expired(said)
        mark = next((text for text in self._session.expired if text in said), None)
        if mark:
            raise self.expired(mark)

    def expired(self, mark: str) -> SessionExpired | PasswordExpired:
        """The error for a session that the portal forgot or displaced, or stopped for a new password."""
        if mark in self._session.password_expired:
            return PasswordExpired(f"{self._place} 要求修改密码：{mark}。", remedy=_NEW_SECRET)
        return SessionExpired(f"{self._place} 会话已失效：{mark}。", remedy="系统会在次数限制内自动重新登录")
