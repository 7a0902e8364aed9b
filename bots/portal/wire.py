"""Listens to a whole browser, or plays the other side from saved answers: every request of every window.

Both use the DevTools Fetch domain of the browser itself. ``BrowserContext.route`` would not do: it never sees
the request that follows a redirect, and what it hands on is re-coded.
"""

import base64
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from playwright.sync_api import APIRequestContext, Browser, BrowserContext, CDPSession
from playwright.sync_api import Error as PlaywrightError

from bots.portal.exchanges import (
    Exchange,
    SavedAnswers,
    fingerprint,
    is_worth_keeping,
    kept_headers,
    without_secrets,
)
from bots.portal.session_client import ClientAnswer

_REDIRECTS = range(300, 400)
_NOT_FOUND = 404
_STAGES = [{"requestStage": "Request"}, {"requestStage": "Response"}]


class WireTap:
    """Keeps every exchange in the order asked; ``client`` stands in for the context's own and is kept too.

    A question that holds one of the ``secrets`` leaves no trace of its body. ``close`` ends the listening.
    """

    def __init__(self, context: BrowserContext, secrets: Collection[str]) -> None:
        self._slots: list[Exchange] = []
        self._secrets = secrets
        self._places: dict[str, int] = {}
        self.client = _TappedClient(context.request, self._slots, secrets)
        browser = context.browser
        assert browser is not None  # noqa: S101 - our contexts are never persistent ones
        self._session = _listen(browser, _STAGES, self._take)

    def exchanges(self) -> list[Exchange]:
        """Everything so far."""
        return list(self._slots)

    def close(self) -> None:
        """Let the browser speak without a listener."""
        self._session.detach()

    def _take(self, event: dict[str, Any]) -> None:
        request, url = {"requestId": event["requestId"]}, event["request"]["url"]
        is_asked = "responseStatusCode" not in event and "responseErrorReason" not in event
        try:
            if is_asked and is_worth_keeping(url):
                self._places[event["requestId"]] = len(self._slots)
                said = without_secrets(url, self._secrets)
                self._slots.append(Exchange(event["request"]["method"], said, 0, (), b"", self._asked(event)))
            elif not is_asked and event["requestId"] in self._places:
                self._slots[self._places[event["requestId"]]] = self._answered(event)
        finally:
            _send(self._session, "Fetch.continueRequest" if is_asked else "Fetch.continueResponse", request)

    def _answered(self, event: dict[str, Any]) -> Exchange:
        status = event.get("responseStatusCode", 0)
        headers = [(each["name"], each["value"]) for each in event.get("responseHeaders", [])]
        body = b""
        if status and status not in _REDIRECTS:
            answer = self._session.send("Fetch.getResponseBody", {"requestId": event["requestId"]})
            body = base64.b64decode(answer["body"]) if answer["base64Encoded"] else answer["body"].encode()
        return replace(self._slot(event), status=status, headers=kept_headers(headers), body=body)

    def _slot(self, event: dict[str, Any]) -> Exchange:
        return self._slots[self._places[event["requestId"]]]

    def _asked(self, event: dict[str, Any]) -> str:
        return fingerprint(event["request"].get("postData", ""), self._secrets)


class WirePlayer:
    """Answers every request of a browser from saved answers; nothing reaches the network until ``close``."""

    def __init__(self, browser: Browser, answers: SavedAnswers) -> None:
        self._answers = answers
        self.client = _PlayedClient(answers)
        self._session = _listen(browser, _STAGES[:1], self._take)

    def close(self) -> None:
        """Let the browser speak to the network again."""
        self._session.detach()

    def _take(self, event: dict[str, Any]) -> None:
        request, url = {"requestId": event["requestId"]}, event["request"]["url"]
        if not is_worth_keeping(url):
            _send(self._session, "Fetch.fulfillRequest", {**request, "responseCode": _NOT_FOUND})
            return
        asked = fingerprint(event["request"].get("postData", ""))
        found = self._answers.take(event["request"]["method"], url, asked)
        if found is None or not found.status:
            _send(self._session, "Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})
            return
        answer = {
            "responseCode": found.status,
            "responseHeaders": [{"name": name, "value": value} for name, value in found.headers],
            "body": base64.b64encode(found.body).decode("ascii"),
        }
        _send(self._session, "Fetch.fulfillRequest", {**request, **answer})


class _TappedClient:
    """The context's own client, with a note of every answer."""

    def __init__(self, client: APIRequestContext, slots: list[Exchange], secrets: Collection[str]) -> None:
        self._client, self._slots, self._secrets = client, slots, secrets

    def fetch(self, address: str, /, *, method: str, **how: Any) -> ClientAnswer:
        """The answer, kept."""
        answer = self._client.fetch(address, method=method, **how)
        headers = [(each["name"], each["value"]) for each in answer.headers_array]
        asked, body = fingerprint(_told(how), self._secrets), answer.body()
        self._slots.append(
            Exchange(method, address, answer.status, kept_headers(headers), body, asked, answer.url)
        )
        return answer


class _PlayedClient:
    """A client that knows the saved answers alone; our own code asks exactly as it did.

    An address that a page's script made up, query and all, may hold random ids: it is known by its place.
    """

    def __init__(self, answers: SavedAnswers) -> None:
        self._answers = answers

    def fetch(self, address: str, /, *, method: str, **how: Any) -> ClientAnswer:
        """The saved answer; Playwright's Error, as for a host that is down, when there is none."""
        found = self._answers.take(method, address, fingerprint(_told(how)), exact="?" not in address)
        if found is None:
            raise PlaywrightError(f"no saved answer to {method} {address}")
        return _SavedAnswer(found)


class _SavedAnswer:
    """A saved exchange that speaks as Playwright's answer."""

    def __init__(self, exchange: Exchange) -> None:
        self.status, self.url, self._body = exchange.status, exchange.came_from, exchange.body
        self.headers = dict(exchange.headers)

    def body(self) -> bytes:
        """The saved bytes."""
        return self._body


def _told(how: dict[str, Any]) -> str:
    """What a client was told to send: fields and body, without headers and patience."""
    return repr([how.get(name) for name in ("params", "form", "data")])


def _listen(browser: Browser, stages: list[dict[str, str]], take: Any) -> CDPSession:
    session = browser.new_browser_cdp_session()
    session.on("Fetch.requestPaused", take)
    session.send("Fetch.enable", {"patterns": stages})
    return session


def _send(session: CDPSession, method: str, question: dict[str, Any]) -> None:
    """Without complaint: the window that asked may be gone by now."""
    try:
        session.send(method, question)
    except PlaywrightError:
        return
