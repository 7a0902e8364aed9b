"""Sessions of a pretend portal: idle expiry, one session per account, lock after three wrong passwords."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_WRONG_LIMIT = 3


class LoginResult(StrEnum):
    """Answer to a login; the value is what the page says."""

    OK = ""
    WRONG = "用户名或密码错误"
    LOCKED = "账号已锁定"


class Standing(StrEnum):
    """What a request's session is worth."""

    VALID = "valid"
    EXPIRED = "expired"
    DISPLACED = "displaced"


@dataclass(slots=True)
class _Session:
    last_seen: float
    is_displaced: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """The one account that a portal knows; public, it opens a loopback page only."""

    user: str
    password: str


class Sessions:
    """A portal's sessions in memory; ``clock`` counts seconds.

    ``logins`` and ``displaced`` count those that logged in and those thrown out by a later one.
    """

    def __init__(
        self, account: Account, idle_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._account = account
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._sessions: dict[str, _Session] = {}
        self._wrong = 0
        self.logins = self.displaced = 0

    def log_in(self, user: str, password: str) -> tuple[LoginResult, str]:
        """A new session id and OK, or why not; an older session of the account is displaced."""
        if self._wrong >= _WRONG_LIMIT:
            return LoginResult.LOCKED, ""
        if Account(user, password) != self._account:
            self._wrong += 1
            return (LoginResult.LOCKED if self._wrong >= _WRONG_LIMIT else LoginResult.WRONG), ""
        self._wrong = 0
        self.logins += 1
        for session in self._sessions.values():
            self.displaced += not session.is_displaced
            session.is_displaced = True
        session_id = secrets.token_hex(16).upper()
        self._sessions[session_id] = _Session(self._clock())
        return LoginResult.OK, session_id

    def standing(self, session_id: str | None) -> Standing:
        """Judge one request's session and renew its idle time."""
        session = self._sessions.get(session_id or "")
        if session is None:
            return Standing.EXPIRED
        if session.is_displaced:
            return Standing.DISPLACED
        now = self._clock()
        if now - session.last_seen > self._idle_seconds:
            self.forget(session_id)
            return Standing.EXPIRED
        session.last_seen = now
        return Standing.VALID

    def forget(self, session_id: str | None) -> None:
        """Log out, or lose the session."""
        self._sessions.pop(session_id or "", None)

    def forget_all(self) -> None:
        """Lose everybody's session."""
        self._sessions.clear()

    def reset(self) -> None:
        """Forget everything, unlock the account."""
        self._sessions.clear()
        self._wrong = self.logins = self.displaced = 0
