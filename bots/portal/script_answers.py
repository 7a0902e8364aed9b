"""What a portal's scripts were answered lately: looked at when something fails, to say why."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Request, Response
from playwright.sync_api import Error as PlaywrightError

from bots.portal.documents import visible_source

_KEPT = 12
_ASKING = {"xhr", "fetch"}
_LOADED = {*_ASKING, "script"}
_SERVER_ERROR = 500


def spoken_text(body: bytes, encoding: str) -> str:
    """What an answer says for people: a page without its scripts, or JSON's texts outside its lists of rows.

    A remark in a row that mentions a lost session is no lost session.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        return visible_source(body, encoding)
    return " ".join(_texts(answer))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)


class ScriptAnswers:
    """The last answers from the portal's own address to its scripts, and to the pages' asking for scripts.

    Only bodies that have come to their end are asked for: nobody says when others will.
    """

    def __init__(self, context: BrowserContext, base_url: str, encoding: str) -> None:
        self._context, self._base_url, self._encoding = context, base_url, encoding
        self._answers: deque[Response] = deque(maxlen=_KEPT)
        self._texts: dict[Response, str] = {}
        self._ended: set[Request] = set()
        context.on("response", self._note)
        context.on("requestfinished", self._note_end)

    def failing_status(self) -> int | None:
        """The first 5xx status, None when there is none."""
        return next((answer.status for answer in self._answers if answer.status >= _SERVER_ERROR), None)

    def texts(self) -> list[str]:
        """What the answers say, each fetched once; those that the browser has dropped say nothing."""
        ended = [answer for answer in self._answers if answer.request in self._ended]
        return [self._text(answer) for answer in ended]

    def forget(self) -> None:
        """What came before does not explain what fails from now on."""
        self._answers.clear()
        self._texts.clear()
        self._ended.clear()

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("response", self._note)
        self._context.remove_listener("requestfinished", self._note_end)

    def _note(self, response: Response) -> None:
        if response.url.startswith(self._base_url) and response.request.resource_type in _LOADED:
            self._answers.append(response)

    def _note_end(self, request: Request) -> None:
        if request.url.startswith(self._base_url) and request.resource_type in _ASKING:
            self._ended.add(request)

    def _text(self, answer: Response) -> str:
        if answer not in self._texts:
            try:
                self._texts[answer] = spoken_text(answer.body(), self._encoding)
            except PlaywrightError:
                self._texts[answer] = ""
        return self._texts[answer]
