"""The page state that travels through the browser: base64 with a signature and tied to one login."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

_MAGIC = b"\xff\x01\x0f"
_MAC_BYTES = 20


class InvalidViewState(ValueError):
    """The state was not written by this server for this page and this login."""


@dataclass(frozen=True, slots=True)
class StateSeal:
    """Signs and reads page states; the key is new with every start, as with an auto-generated machine key."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def write(self, page: str, user_key: str, state: dict[str, Any]) -> str:
        """``__VIEWSTATE`` of a page for the login that ``user_key`` names."""
        body = _MAGIC + json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.b64encode(body + self._mac("state", page, user_key, body)).decode()

    def read(self, page: str, user_key: str, text: str) -> dict[str, Any]:
        """The state that the browser brought back; InvalidViewState for a forged or foreign one."""
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise InvalidViewState(text[:40]) from error
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac("state", page, user_key, body)):
            raise InvalidViewState(text[:40])
        state: dict[str, Any] = json.loads(body[len(_MAGIC) :])
        return state

    def events(self, viewstate: str) -> str:
        """``__EVENTVALIDATION`` that belongs to a state."""
        digest = hashlib.sha256(viewstate.encode()).digest()
        return base64.b64encode(_MAGIC + digest + self._mac("events", "", "", digest)).decode()

    def _mac(self, purpose: str, page: str, user_key: str, body: bytes) -> bytes:
        salt = f"{purpose}|{page}|{user_key}|".encode()
        return hmac.new(self.key, salt + body, hashlib.sha256).digest()[:_MAC_BYTES]


def generator_of(page: str) -> str:
    """``__VIEWSTATEGENERATOR``: eight hex digits that every form of the page has."""
    return hashlib.sha256(page.encode()).hexdigest()[:8].upper()
