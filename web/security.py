"""Headers of every answer, the limit on request bodies, CSRF tokens and safe redirects."""

import hmac
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.access import SIGNED

LARGEST_BODY = 64 * 1024
"""Bytes; the desk's forms are short."""

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000"
_CSRF_KEY = "csrf"
_UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def secure_headers(path: str, *, is_https: bool) -> dict[str, str]:
    """Headers for an answer at ``path``; caches never keep pages and files, styles are revalidated."""
    caching = "no-cache" if path.startswith("/static/") else "no-store"
    transport = {"Strict-Transport-Security": _HSTS} if is_https else {}
    return {**_HEADERS, "Cache-Control": caching, **transport}


class SecureHeaders:
    """ASGI middleware that adds ``secure_headers`` to every answer."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in secure_headers(scope["path"], is_https=self._is_https).items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_secured)


class LimitBody:
    """ASGI middleware that ends a request with 413 when its body is longer than LARGEST_BODY."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, counting its body."""
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_limited, send)


def csrf_token(request: Request) -> str:
    """The token of this browser's session, made on first use."""
    token: str = request.session.setdefault(_CSRF_KEY, secrets.token_urlsafe(32))
    return token


async def check_csrf(request: Request) -> None:
    """Refuse (403) a changing request whose form does not carry the session's token."""
    if request.method not in _UNSAFE_METHODS or request.scope["route"].name in SIGNED:
        return
    sent = (await request.form()).get("csrf_token")
    expected = request.session.get(_CSRF_KEY, "")
    if not isinstance(sent, str) or not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise HTTPException(403, detail="csrf")


def local_path(target: str) -> str:
    """``target`` when it is a path on this desk, else ``/``: a login never sends people elsewhere."""
    parts = urlsplit(target)
    is_local = target.startswith("/") and not target.startswith("//") and not (parts.scheme or parts.netloc)
    return target if is_local and "\\" not in target and target.isprintable() else "/"
