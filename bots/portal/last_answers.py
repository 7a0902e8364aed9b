"""The last answers of a portal as text for people who look for a fault: without its people, cut to a size."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bots.masking import mask_text
from bots.portal.exchanges import Exchange
from bots.portal.known_words import KnownWords

_HEAD_CHARACTERS, _TAIL_CHARACTERS = 14_000, 6_000
_HIDDEN = "**"
# What an answer says about itself rather than about a person; these count only outside lists of rows.
_MESSAGE = re.compile(r"(err(or)?_?)?(msg|message)", re.IGNORECASE)
_CODE = re.compile(r"code|status|success|ok|(err(or)?_?)?(code|no)|page\w*|size|has_?more", re.IGNORECASE)
_CLAIM = re.compile(r"total\w*|\w*(?<!ac)count", re.IGNORECASE)
_SHORT = re.compile(r"[\w.+-]{1,4}", re.ASCII)
_FIGURE = re.compile(r"-?[\d,]{1,13}(\.\d{1,2})?", re.ASCII)
_PAGE = re.compile(rb"\s*<(!doctype html|html|table|tbody|tr)\b", re.IGNORECASE)
_PAGE_NO = re.compile(r"\d{1,3}", re.ASCII)


def is_page(exchange: Exchange) -> bool:
    """Whether its body is a page or a part of a table, which only a browser can scrub."""
    return _PAGE.match(exchange.body) is not None


def describe_answers(
    exchanges: Iterable[Exchange], pages: Mapping[Exchange, str], known: KnownWords, encoding: str
) -> str:
    """One paragraph an answer: what was asked, its status and length, its scrubbed body.

    ``pages`` has the scrubbed HTML of those that are pages.
    """
    parts = []
    for exchange in exchanges:
        body = (
            pages.get(exchange, "") if is_page(exchange) else _scrubbed_json(exchange.body, known, encoding)
        )
        address = _address(exchange.url, known)
        head = f"{exchange.method} {address} -> {exchange.status}, {len(exchange.body)} bytes"
        parts.append(f"{head}\n{_cut(body)}\n")
    return "\n".join(parts)


def decoded(body: bytes, encoding: str) -> str:
    """The text of a body: UTF-8 where it is that, else as the recipe says."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(encoding, "replace")


def _address(url: str, known: KnownWords) -> str:
    """The path and what was asked; what is no known or plain word may name a session or a person."""
    parts = urlsplit(url)
    path = "/".join(part and known.name(part) for part in parts.path.partition(";")[0].split("/"))
    query = "&".join(_asked(pair, known) for pair in parts.query.split("&") if pair)
    return path + (f"?{query}" if query else "")


def _asked(pair: str, known: KnownWords) -> str:
    name, mark, value = pair.partition("=")
    if not mark:
        return _HIDDEN
    return f"{known.name(name)}={value if _PAGE_NO.fullmatch(value) else _HIDDEN}"


def _cut(text: str) -> str:
    """Without the middle of a long text: what a list claims of itself stands above or below its rows."""
    masked = mask_text(text)
    left_out = len(masked) - _HEAD_CHARACTERS - _TAIL_CHARACTERS
    if left_out <= 0:
        return masked
    return f"{masked[:_HEAD_CHARACTERS]} ... ({left_out}) ... {masked[-_TAIL_CHARACTERS:]}"


def _scrubbed_json(body: bytes, known: KnownWords, encoding: str) -> str:
    """JSON without the values of unknown or personal keys; nothing of what is no JSON."""
    try:
        answer = json.loads(decoded(body, encoding))
    except ValueError:
        return ""
    return json.dumps(_scrubbed(answer, known, "", in_rows=False), ensure_ascii=False)


def _scrubbed(value: Any, known: KnownWords, path: str, *, in_rows: bool) -> Any:
    """``path`` are the keys since the last list, joined by dots, as the recipe writes titles of columns."""
    if isinstance(value, Mapping):
        inner = f"{path}." if path else ""
        return {
            _key(key, number, known): _scrubbed(part, known, f"{inner}{key}", in_rows=in_rows)
            for number, (key, part) in enumerate(value.items(), 1)
        }
    if isinstance(value, list):
        return [_scrubbed(part, known, "", in_rows=True) for part in value]
    if value is None or isinstance(value, bool) or known.shows_title(path):
        return value
    return _HIDDEN if in_rows else _told(value, path.rpartition(".")[2], known)


def _key(key: str, number: int, known: KnownWords) -> str:
    """Hidden keys are numbered: two of them are still two."""
    name = known.name(key)
    return name if name == key else f"{name}{number}"


def _told(value: Any, key: str, known: KnownWords) -> Any:
    """What an answer says of itself: a message in the recipe's own words, a short code, a figure."""
    text = str(value)
    if _MESSAGE.fullmatch(key):
        return known.message(text)
    is_code = _CODE.fullmatch(key) and _SHORT.fullmatch(text)
    is_figure = _CLAIM.fullmatch(key) and _FIGURE.fullmatch(text)
    return value if is_code or is_figure else _HIDDEN
