"""The last answers of a portal as text for people who look for a fault: without its people, cut to a size."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bots.masking import mask_text
from bots.portal.exchanges import Exchange
from bots.portal.table import plain_title

_HEAD_CHARACTERS, _TAIL_CHARACTERS = 14_000, 6_000
_HIDDEN = "**"
# What an answer says about itself rather than about a person; counts only outside lists of rows.
_ENVELOPE = re.compile(
    r"code|status|success|ok|(err(or)?_?)?(code|no|msg|message)|total\w*|\w*count|page\w*|size|has_?more",
    re.IGNORECASE,
)
_PAGE = re.compile(rb"\s*<(!doctype html|html|table|tbody|tr)\b", re.IGNORECASE)
_QUERY_VALUE = re.compile(r"=(?!\d{1,3}(?:&|$))[^&]*")


def is_page(exchange: Exchange) -> bool:
    """Whether its body is a page or a part of a table, which only a browser can scrub."""
    return _PAGE.match(exchange.body) is not None


def describe_answers(
    exchanges: Iterable[Exchange], pages: Mapping[Exchange, str], shown: Collection[str], encoding: str
) -> str:
    """One paragraph an answer: what was asked, its status and length, its scrubbed body.

    ``pages`` has the scrubbed HTML of those that are pages; ``shown`` are titles whose values may be seen.
    """
    parts = []
    for exchange in exchanges:
        body = (
            pages.get(exchange, "") if is_page(exchange) else _scrubbed_json(exchange.body, shown, encoding)
        )
        head = f"{exchange.method} {_address(exchange.url)} -> {exchange.status}, {len(exchange.body)} bytes"
        parts.append(f"{head}\n{_cut(body)}\n")
    return "\n".join(parts)


def decoded(body: bytes, encoding: str) -> str:
    """The text of a body: UTF-8 where it is that, else as the recipe says."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(encoding, "replace")


def _address(url: str) -> str:
    """The path and what was asked; longer values may name a session or a person."""
    parts = urlsplit(url)
    query = _QUERY_VALUE.sub(f"={_HIDDEN}", parts.query)
    return mask_text(parts.path.partition(";")[0]) + (f"?{query}" if query else "")


def _cut(text: str) -> str:
    """Without the middle of a long text: what a list claims of itself stands above or below its rows."""
    masked = mask_text(text)
    left_out = len(masked) - _HEAD_CHARACTERS - _TAIL_CHARACTERS
    if left_out <= 0:
        return masked
    return f"{masked[:_HEAD_CHARACTERS]} ... ({left_out}) ... {masked[-_TAIL_CHARACTERS:]}"


def _scrubbed_json(body: bytes, shown: Collection[str], encoding: str) -> str:
    """JSON without the values of unknown or personal keys; nothing of what is no JSON."""
    try:
        answer = json.loads(decoded(body, encoding))
    except ValueError:
        return ""
    return json.dumps(_scrubbed(answer, shown, "", in_rows=False), ensure_ascii=False)


def _scrubbed(value: Any, shown: Collection[str], path: str, *, in_rows: bool) -> Any:
    """``path`` are the keys since the last list, joined by dots, as the recipe writes titles of columns."""
    if isinstance(value, Mapping):
        inner = f"{path}." if path else ""
        return {key: _scrubbed(part, shown, f"{inner}{key}", in_rows=in_rows) for key, part in value.items()}
    if isinstance(value, list):
        return [_scrubbed(part, shown, "", in_rows=True) for part in value]
    key = path.rpartition(".")[2]
    is_known = plain_title(path) in shown or (not in_rows and _ENVELOPE.fullmatch(key) is not None)
    return value if is_known or value is None or isinstance(value, bool) else _HIDDEN
