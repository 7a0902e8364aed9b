"""What a portal's scripts were answered lately: looked at when something fails, to say why."""

import json
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Request, Response
from playwright.sync_api import Error as PlaywrightError

from bots.portal.deadlines import within
from bots.portal.documents import visible_source
from bots.portal.exchanges import Exchange
from bots.portal.too_fast import is_refusal

_KEPT = 12
_ASKING = {"xhr", "fetch"}
_LOADED = {*_ASKING, "script"}
_REDIRECTS = range(300, 400)
_BODY_SECONDS = 10
_TAKEN_BACK = "net::ERR_ABORTED"


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


def ends_request(response: Response, url: str) -> bool:
    """Whether it ends a request to such an address, also where the request was led on elsewhere."""
    if response.status in _REDIRECTS:
        return False
    request: Request | None = response.request
    while request is not None and url not in request.url:
        request = request.redirected_from
    return request is not None


class ScriptAnswers:
    """The last answers from the portal's own address to its scripts, and to the pages' asking for scripts.

    Only bodies that have come to their end are asked for: nobody says when others will.
    """

    def __init__(self, context: BrowserContext, base_url: str, encoding: str) -> None:
        self._context, self._base_url, self._encoding = context, base_url, encoding
        self._answers: deque[Response] = deque(maxlen=_KEPT)
        self._bodies: dict[Response, bytes] = {}
        self._ended: set[Request] = set()
        self._failures: list[str] = []
        self._waiting: dict[Request, None] = {}
        context.on("request", self._note_question)
        context.on("response", self._note)
        context.on("requestfinished", self._note_end)
        context.on("requestfailed", self._note_failure)

    def refusal(self) -> Response | None:
        """The first that is 5xx or asks for a pause, None when there is none."""
        return next((answer for answer in self._answers if is_refusal(answer)), None)

    def failing_reason(self) -> str:
        """Why the first request that got no answer got none; empty when all of them were answered."""
        return next(iter(self._failures), "")

    def waiting(self) -> frozenset[Request]:
        """What scripts asked for and still wait for."""
        return frozenset(self._waiting)

    def unanswered_since(self, before: Collection[Request]) -> str:
        """The path of a request that waits now and did not ``before``; empty when there is none."""
        return next((urlsplit(request.url).path for request in self._waiting if request not in before), "")

    def requests(self) -> set[Request]:
        """What was asked so far, as far as it is known."""
        return {*self._waiting, *(answer.request for answer in self._answers)}

    def addresses(self) -> list[str]:
        """Where the answers came from, after redirects."""
        return [answer.url for answer in self._answers]

    def texts(self, but: Collection[Request] = ()) -> list[str]:
        """What the answers say, each fetched once; those that the browser has dropped say nothing.

        Answers to the requests in ``but`` are left out.
        """
        wanted = self._ended.difference(but)
        ended = [answer for answer in self._answers if answer.request in wanted]
        return [spoken_text(self._body(answer), self._encoding) for answer in ended]

    def exchanges(self) -> list[Exchange]:
        """The answers to scripts themselves, oldest first; without a body where none has come."""
        asked = [answer for answer in self._answers if answer.request.resource_type in _ASKING]
        return [
            Exchange(answer.request.method, answer.url, answer.status, (), self._body(answer))
            for answer in asked
        ]

    def forget(self) -> None:
        """What came before does not explain what fails from now on."""
        self._answers.clear()
        self._bodies.clear()
        self._ended.clear()
        self._failures.clear()
        self._waiting.clear()

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("request", self._note_question)
        self._context.remove_listener("response", self._note)
        self._context.remove_listener("requestfinished", self._note_end)
        self._context.remove_listener("requestfailed", self._note_failure)

    def _note_question(self, request: Request) -> None:
        if request.url.startswith(self._base_url) and request.resource_type in _ASKING:
            self._waiting[request] = None

    def _note(self, response: Response) -> None:
        if response.url.startswith(self._base_url) and response.request.resource_type in _LOADED:
            self._answers.append(response)

    def _note_end(self, request: Request) -> None:
        self._waiting.pop(request, None)
        if request.url.startswith(self._base_url) and request.resource_type in _ASKING:
            self._ended.add(request)

    def _note_failure(self, request: Request) -> None:
        """A page that goes away takes back what it asked for: that is no failure of the portal."""
        self._waiting.pop(request, None)
        reason = request.failure or ""
        is_ours = request.url.startswith(self._base_url) and request.resource_type in _LOADED
        if is_ours and reason != _TAKEN_BACK:
            self._failures.append(reason)

    def _body(self, answer: Response) -> bytes:
        if answer.request not in self._ended:
            return b""
        if answer not in self._bodies:
            try:
                self._bodies[answer] = within(_BODY_SECONDS, answer, "body")
            except PlaywrightError:
                self._bodies[answer] = b""
        return self._bodies[answer]
