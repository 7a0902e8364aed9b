"""A portal that says that it is asked too fast: HTTP 429, or 503 with the time when it may be asked again."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol

from bots.errors import PortalUnavailable

_TOO_MANY = 429
_SERVER_ERROR = 500
_AWAY = 503
_UNTOLD_SECONDS = 5.0


class Answer(Protocol):
    """What is asked of an answer here."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, their names in small letters."""


class TooFast(PortalUnavailable):
    """The portal wants a pause of ``seconds``; ``may_wait``: nothing is lost by waiting and asking again.

    ``is_final``: it wants more than the recipe grants, and is left alone.
    """

    seconds = 0.0
    may_wait = False
    is_final = False


def is_refusal(answer: Answer) -> bool:
    """Whether an answer is none: 5xx, or a wish to be asked later."""
    return answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY


def asked_pause(answer: Answer) -> float | None:
    """Seconds that an answer wants to be left alone; None where it is no wish to be asked later."""
    wish = answer.headers.get("retry-after", "").strip()
    if answer.status != _TOO_MANY and not (answer.status == _AWAY and wish):
        return None
    return float(wish) if wish.isascii() and wish.isdigit() else _until(wish, answer.headers)


def _until(moment: str, headers: Mapping[str, str]) -> float:
    """Until a date by the portal's own clock; a few seconds where it says nothing that can be read."""
    try:
        left = parsedate_to_datetime(moment) - parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError):
        return _UNTOLD_SECONDS
    return max(0.0, left.total_seconds())


def too_fast(place: str, status: int, seconds: float, most: float, *, may_wait: bool) -> TooFast:
    """The error; ``most`` seconds are waited for, longer pauses are told."""
    limit = f"，多于配方的 too_fast_seconds（{most:g} 秒）" if seconds > most else ""
    what = f"{place} 应答 HTTP {status}：请求太快，要求 {seconds:g} 秒后再来{limit}。"
    remedy = f"{seconds:g} 秒以后重新运行；常常出现时调大配方里的 pause_ms"
    error = TooFast(what, remedy=remedy)
    error.seconds, error.is_final = seconds, seconds > most
    error.may_wait = may_wait and not error.is_final
    return error
