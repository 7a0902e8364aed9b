"""The documents that a portal sent: raw bytes as they came over the wire, and failing statuses."""

import base64
import logging
import re
from collections import deque
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Response
from playwright.sync_api import Error as PlaywrightError

from bots.portal.exchanges import Exchange
from bots.portal.too_fast import asked_pause, is_refusal

_log = logging.getLogger(__name__)
_KEPT = 8
_REDIRECTS = range(300, 400)
# Pages carry messages like 登录超时 in scripts that never run: only what a person could see counts.
_UNSEEN = re.compile(r"<(?P<tag>script|style|template)\b.*?</(?P=tag)>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


def visible_source(body: bytes, encoding: str) -> str:
    """A page's source without scripts, styles and comments; undecodable bytes are replaced."""
    return _UNSEEN.sub(" ", decoded_page(body, encoding))


def decoded_page(body: bytes, encoding: str) -> str:
    """What stands before an old portal may speak UTF-8, whose bytes no page in GBK forms by chance."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(encoding, "replace")


def _is_download(event: dict[str, Any]) -> bool:
    """Whether an answer is a file to save: no page, and its bytes are the browser's business."""
    return any(
        header["name"].lower() == "content-disposition" and header["value"].lower().startswith("attachment")
        for header in event.get("responseHeaders", ())
    )


class DocumentWatch:
    """Keeps the last documents of a page and the first refusals since the last question.

    ``Response.body()`` of a document is re-coded by Chromium (GBK comes out as UTF-8), so the bytes come from
    the DevTools Fetch domain before the page sees them. Windows that the portal opens are not covered: they
    have navigated before anybody can attach to them.
    """

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._context = context
        self._documents: deque[Exchange] = deque(maxlen=_KEPT)
        self._refusals: list[Response] = []
        context.on("response", self._note_status)
        self._session: CDPSession = context.new_cdp_session(page)
        self._session.on("Fetch.requestPaused", self._take)
        pattern = {"resourceType": "Document", "requestStage": "Response"}
        self._session.send("Fetch.enable", {"patterns": [pattern]})

    def body_of(self, url: str) -> bytes | None:
        """Bytes of the newest document from ``url``."""
        return next((document.body for document in reversed(self._documents) if document.url == url), None)

    def exchanges(self) -> list[Exchange]:
        """The last documents, oldest first."""
        return list(self._documents)

    def newest_text(self, encoding: str) -> str:
        """The document that came last, without its scripts; empty before the first."""
        return visible_source(self._documents[-1].body, encoding) if self._documents else ""

    def take_refusal(self) -> Response | None:
        """The first answer since the last call that brought no page: 5xx, or a wish to be asked later."""
        refusals, self._refusals = self._refusals, []
        return refusals[0] if refusals else None

    def take_wish_to_wait(self, url: str) -> Response | None:
        """The refusal to show ``url`` that asks for a pause, if it is the newest one."""
        if not self._refusals or self._refusals[-1].url != url.partition("#")[0]:
            return None
        return None if asked_pause(self._refusals[-1]) is None else self._refusals.pop()

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("response", self._note_status)

    def forget(self) -> None:
        """Forget what was seen, before a new login."""
        self._documents.clear()
        self._refusals.clear()

    def _note_status(self, response: Response) -> None:
        if response.request.is_navigation_request() and is_refusal(response):
            self._refusals.append(response)

    def _take(self, event: dict[str, Any]) -> None:
        """Keep one document's bytes, then let the page have it, whatever happened."""
        has_body = "responseErrorReason" not in event and event["responseStatusCode"] not in _REDIRECTS
        has_body = has_body and not _is_download(event)
        request = {"requestId": event["requestId"]}
        try:
            if has_body:
                answer = self._session.send("Fetch.getResponseBody", request)
                body = (
                    base64.b64decode(answer["body"]) if answer["base64Encoded"] else answer["body"].encode()
                )
                asked, status = event["request"], event["responseStatusCode"]
                self._documents.append(Exchange(asked["method"], asked["url"], status, (), body))
        except PlaywrightError as error:
            _log.debug("document not captured: %s", error)
        self._release(request)

    def _release(self, request: dict[str, str]) -> None:
        try:
            self._session.send("Fetch.continueResponse", request)
        except PlaywrightError as error:
            _log.debug("request is gone: %s", error)
