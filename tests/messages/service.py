"""A real HTTP server that speaks as WeCom and Aliyun do and misbehaves on order."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

WECOM_OK = {"errcode": 0, "errmsg": "ok"}
SMS_OK = {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "R1"}


@dataclass(frozen=True)
class Arrived:
    """One request as the service saw it."""

    path: str
    headers: dict[str, str]
    query: dict[str, str]
    raw_query: str
    body: bytes

    @property
    def text(self) -> str:
        """The text of a WeCom request."""
        return json.loads(self.body)["text"]["content"]


@dataclass
class MessageService:
    """``answers`` are used up in order, then every request is answered well.

    An answer is a dict (JSON, 200), a tuple (status, bytes), ``HANG`` (no answer until ``release``),
    ``DROP`` (the connection is closed unanswered) or a function that is called before a good answer.
    """

    HANG = "hang"
    DROP = "drop"

    answers: deque[Any] = field(default_factory=deque)
    arrived: list[Arrived] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    hanging: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def start(self) -> ThreadingHTTPServer:
        """Listen on a free port of loopback."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.answer(self)

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Keep the request, then answer as ordered."""
        parts = urlsplit(request.path)
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.answers.popleft() if self.answers else self.good_answer(parts.path)
        self.arrived.append(Arrived(parts.path, headers, query, parts.query, body))
        if callable(answer):
            answer()
            answer = self.good_answer(parts.path)
        if answer == self.HANG:
            self.hanging.set()
            self.release.wait(20)
        if answer in (self.HANG, self.DROP):
            request.close_connection = True
            return
        status, raw = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
        request.send_response(status)
        request.send_header("Content-Length", str(len(raw)))
        request.end_headers()
        request.wfile.write(raw)

    def good_answer(self, path: str) -> dict[str, Any]:
        """What the service says when all is well."""
        return WECOM_OK if path.endswith("/cgi-bin/webhook/send") else SMS_OK
