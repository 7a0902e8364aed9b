"""Requests with the browser's own session: its cookies, and tokens that the page keeps in its storage."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Error as PlaywrightError

from bots.errors import PageChanged, PortalUnavailable
from bots.portal.exchanges import Exchange
from bots.portal.patience import ask_patiently
from bots.portal.readings import STORED, Request
from bots.portal.screen import Screen
from bots.portal.script_answers import spoken_text
from bots.portal.session_client import ClientAnswer

_READ_STORAGE = {
    "session_storage": "(name) => sessionStorage.getItem(name)",
    "local_storage": "(name) => localStorage.getItem(name)",
}
_REMEDY = "对照保司网站的请求修改配方里的 http，再用 brokerflow portal try 试跑"
_LATER = "稍后重新运行；持续出现时请与保司系统管理员联系"
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


def read_headers(screen: Screen, http: Request) -> dict[str, str]:
    """The recipe's headers with what the page keeps in its storage now. Raises SessionExpired without it."""
    return {name: _filled(screen, value) for name, value in http.headers.items()}


def ask(
    screen: Screen,
    http: Request,
    fields: Mapping[str, str | int | bool],
    headers: Mapping[str, str],
    place: str,
    *,
    has_table: bool = False,
) -> bytes:
    """The body of one answer. A dot in a field's name makes nested JSON: ``filter.begin``.

    ``has_table``: it is a page whose words its reader judges, who knows what is data and what is said.
    Raises SessionExpired, PortalUnavailable (5xx, closed for a while, no answer), PageChanged (4xx), TooFast
    where the portal wants longer pauses, or more of them, than it is given.
    """
    return ask_patiently(screen, lambda: _ask_once(screen, http, fields, headers, place, has_table=has_table))


def _ask_once(
    screen: Screen,
    http: Request,
    fields: Mapping[str, str | int | bool],
    headers: Mapping[str, str],
    place: str,
    *,
    has_table: bool,
) -> bytes:
    try:
        answer = _send(screen, http, screen.address(http.path), fields, dict(headers))
    except PlaywrightError as error:
        if screen.is_lost:
            raise screen.translated(f"请求 {http.path}", error) from None
        raise PortalUnavailable(f"{place} 没有应答：{_reason(error)}。", remedy=_LATER) from None
    body = answer.body()
    screen.asked.append(Exchange(http.method, answer.url, answer.status, (), body))
    screen.words.raise_too_fast(answer, may_wait=True, place=place)
    is_data = has_table and answer.status < _CLIENT_ERROR
    said = "" if is_data else spoken_text(body, screen.recipe.encoding)
    screen.words.raise_answer(answer, said, answer.url)
    if answer.status >= _SERVER_ERROR:
        raise PortalUnavailable(f"{place} 应答 HTTP {answer.status}。", remedy=_LATER)
    if answer.status >= _CLIENT_ERROR:
        raise PageChanged(f"{place} 应答 HTTP {answer.status}。", remedy=_REMEDY)
    return body


def _send(
    screen: Screen,
    http: Request,
    address: str,
    fields: Mapping[str, str | int | bool],
    headers: dict[str, str],
) -> ClientAnswer:
    client, timeout = screen.client, screen.timeout_ms
    screen.round_trips += 1
    if http.send == "json":
        body = json.dumps(_nested(fields), ensure_ascii=False)
        headers = {"Content-Type": "application/json", **headers}
        return client.fetch(address, method=http.method, data=body, headers=headers, timeout=timeout)
    plain = {name: str(value) for name, value in fields.items()}
    if http.send == "form":
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return client.fetch(
            address,
            method=http.method,
            data=urlencode(plain, encoding=screen.recipe.encoding),
            headers=headers,
            timeout=timeout,
        )
    query: dict[str, str | float | bool] = dict(plain)
    return client.fetch(address, method=http.method, params=query, headers=headers, timeout=timeout)


def _reason(error: PlaywrightError) -> str:
    """Playwright's first line, without the name of its own function."""
    return error.message.splitlines()[0].split(": ", 1)[-1]


def _filled(screen: Screen, value: str) -> str:
    """``{session_storage.token}`` in a header is what the page keeps there."""

    def stored(match: re.Match[str]) -> str:
        found = screen.ask(screen.page.main_frame, _READ_STORAGE[match[1]], match[2], f"读取 {match[2]}")
        if found is None:
            raise screen.words.expired(f"网页里没有 {match[2]}")
        return str(found)

    return STORED.sub(stored, value)


def _nested(fields: Mapping[str, str | int | bool]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        *path, last = name.split(".")
        place = nested
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return nested
