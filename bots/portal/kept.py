"""A session that outlives the run: cookies and what the page stores, used again until the portal says no."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from urllib.parse import unquote, urlsplit

from bots.portal.screen import Screen

_READ_STORAGE = (
    "() => [localStorage, sessionStorage].map((storage) => Object.fromEntries(Object.entries(storage)))"
)
_FILL_STORAGE = """([local, session]) => {
  for (const [name, value] of Object.entries(local)) localStorage.setItem(name, value);
  for (const [name, value] of Object.entries(session)) sessionStorage.setItem(name, value);
}"""
_EMPTY_PAGE = "<!doctype html><title></title>"


@dataclass(frozen=True, slots=True)
class KeptSession:
    """What a browser needs to be logged in again: secret like a password, though it never holds one.

    ``address`` is the portal's origin: the session is of no use anywhere else.
    """

    address: str
    cookies: list[dict[str, Any]] = field(repr=False)
    local_storage: dict[str, str] = field(repr=False)
    session_storage: dict[str, str] = field(repr=False)

    def to_json(self) -> str:
        """One JSON value, to be stored encrypted."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "KeptSession":
        """What ``to_json`` wrote; ValueError for anything else."""
        found = json.loads(text)
        if not isinstance(found, dict) or set(found) != {each.name for each in fields(cls)}:
            raise ValueError("no kept session")
        return cls(**found)


def take_session(screen: Screen, credentials: Iterable[str]) -> KeptSession:
    """The session as it stands in the browser; entries that hold a credential are left out."""
    secrets = [secret for secret in credentials if secret]
    stored = screen.ask(screen.page.main_frame, _READ_STORAGE, None, "读取会话")
    local, session = ({k: v for k, v in part.items() if _is_clean(v, secrets)} for part in stored)
    cookies = [dict(cookie) for cookie in screen.context.cookies() if _is_clean(cookie["value"], secrets)]
    return KeptSession(origin_of(screen.address("")), cookies, local, session)


def put_back(screen: Screen, kept: KeptSession) -> bool:
    """Put a kept session into the browser before its first page; False for one of another address.

    Storage belongs to an address: an empty page of our own stands there while it is filled.
    """
    address = screen.address("")
    if kept.address != origin_of(address):
        return False
    screen.context.add_cookies(kept.cookies)  # type: ignore[arg-type] # they are cookies(), as read
    if kept.local_storage or kept.session_storage:
        page = screen.page
        page.route(address, lambda route: route.fulfill(content_type="text/html", body=_EMPTY_PAGE))
        with screen.guarded("放回会话"):
            page.goto(address, timeout=screen.timeout_ms)
            page.evaluate(_FILL_STORAGE, [kept.local_storage, kept.session_storage])
        page.unroute(address)
    return True


def origin_of(address: str) -> str:
    """``https://portal.example:8443/a/b`` -> ``https://portal.example:8443``."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _is_clean(value: str, secrets: Iterable[str]) -> bool:
    return not any(secret in text for secret in secrets for text in (value, unquote(value)))
