"""What a portal was asked and what it answered, kept so that a reading can be replayed without the portal."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import unquote, unquote_plus, urlsplit

_NOT_KEPT = {
    *("connection", "content-encoding", "content-length", "date", "keep-alive", "server"),
    "transfer-encoding",
}
_CACHE_KEY = re.compile(r"\d{13}|0?\.\d{6,}")
_OWN_WISH = "/favicon.ico"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer. ``asked`` tells questions apart that differ in their bodies alone.

    ``status`` 0 means that no answer came; ``came_from`` is the address after redirects that the session's
    own client followed.
    """

    method: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    asked: str = ""
    came_from: str = ""


def kept_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Headers that mean something later: not the date, not what belongs to one connection."""
    return tuple((name.lower(), value) for name, value in headers if name.lower() not in _NOT_KEPT)


def is_worth_keeping(url: str) -> bool:
    """Not ``data:`` and the like, nor the icon that the browser asks for by itself, when it feels like it."""
    return url.startswith(("http://", "https://")) and urlsplit(url).path != _OWN_WISH


def fingerprint(body: str, secrets: Iterable[str] = ()) -> str:
    """A short name for a question's body; empty for none, and for one that holds a secret in any spelling."""
    if not body or any(_holds(body, secret) for secret in secrets):
        return ""
    return sha256(body.encode("utf-8")).hexdigest()[:16]


def without_secrets(url: str, secrets: Iterable[str]) -> str:
    """The address without its query where that holds a secret: it is then known by its place in the order."""
    address, mark, query = url.partition("?")
    return address if mark and any(_holds(query, secret) for secret in secrets) else url


def _holds(text: str, secret: str) -> bool:
    """Whether a text holds a secret plainly, as a form or an address spells it, or as JSON does."""
    spellings = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    read = {text, unquote_plus(text), unquote(text), unquote_plus(text, "gb18030")}
    return any(spelling in each for each in read for spelling in spellings)


class SavedAnswers:
    """Answers by what was asked, else in the order in which their path was asked.

    The same question (method, address, body) gets its own answer; asked more often than it was saved, the
    last one again: grids that load ahead and pages that look for news ask as often as time allows. A question
    that differs at each run (timestamps, random ids, the password) gets the next answer of its method and
    path that nobody has had: the session's code asks in the same order each time. Order counts per path, not
    for the whole, because frames, pictures and scripts of one page are asked for side by side.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._exchanges = list(exchanges)
        self._is_taken = [False] * len(self._exchanges)
        self._same: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._path: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self.missing: list[str] = []
        for number, each in enumerate(self._exchanges):
            self._same[each.method, _steady(each.url), each.asked].append(number)
            self._path[_path_of(each.method, each.url)].append(number)

    def take(self, method: str, url: str, asked: str = "", *, exact: bool = False) -> Exchange | None:
        """The answer to a question; None, and noted in ``missing``, when there is none left.

        ``exact``: to this very question, once for each time it was saved.
        """
        same = self._same.get((method, _steady(url), asked), [])
        number = self._first_free(same)
        if number is None and same and not exact:
            number = same[-1]
        if number is None and not exact:
            number = self._first_free(self._path.get(_path_of(method, url), []))
        if number is None:
            self.missing.append(f"{method} {url}")
            return None
        self._is_taken[number] = True
        return self._exchanges[number]

    def _first_free(self, numbers: list[int]) -> int | None:
        return next((number for number in numbers if not self._is_taken[number]), None)


def _steady(url: str) -> str:
    """The address without what keeps it out of caches: milliseconds and random fractions in its query."""
    address, _, query = url.partition("?")
    told = [pair for pair in query.split("&") if not _CACHE_KEY.fullmatch(pair.partition("=")[2])]
    return f"{address}?{'&'.join(told)}"


def _path_of(method: str, url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return method, f"{parts.netloc}{parts.path}"
