"""A plain list behind a login: ``python server.py --pages 50 --answer-ms 100``.

Every first part of an address (``/p1/``) is a portal of its own with its own session.
Prints its address; ends when its standard input does.
"""

import argparse
import json
import sys
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ROWS = 100
USER, PASSWORD = "measure", "measure-2026"
TITLES = {
    "policy_no": "保单号",
    "product_code": "产品代码",
    "product_name": "产品名称",
    "policyholder": "投保人",
    "insured": "被保险人",
    "issue_date": "承保日期",
    "effective_date": "生效日期",
    "pay_years": "缴费年期",
    "premium": "年缴保费(元)",
    "commission": "佣金金额(元)",
    "agent_no": "业务员工号",
    "status": "保单状态",
}
_HEAD = "<!doctype html><html><head><meta charset='utf-8'><title>保单查询</title></head><body>"
_LOGIN = (
    f"{_HEAD}<form id='login' method='post' action='login'><input name='user'><input name='password' "
    "type='password'><button type='submit'>登录</button></form></body></html>"
)
_HOME = f"{_HEAD}<a href='list'>保单查询</a> <a href='logout'>退出</a></body></html>"


def row(number: int) -> list[str]:
    """The cells of one policy, counted from 0."""
    day = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    fen = (number * 7919 + 12345) % 9_000_000
    return [
        f"P2026{number:08d}",
        f"C{number % 37:03d}",
        f"安心保障计划{number % 37}号",
        f"王测试{number % 911}",
        f"李测试{number % 877}",
        day,
        day,
        str(number % 30 + 1),
        f"{fen // 100}.{fen % 100:02d}",
        f"{fen // 1000}.{fen // 10 % 100:02d}",
        f"A{number % 211:04d}",
        ("有效", "退保", "失效")[number % 3],
    ]


def rows_of(page: int) -> list[list[str]]:
    """The rows of one page, counted from 1."""
    return [row(number) for number in range((page - 1) * ROWS, page * ROWS)]


@cache
def list_page(page: int, pages: int) -> bytes:
    """One page of the list as HTML."""
    head = "".join(f"<th>{title}</th>" for title in TITLES.values())
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows_of(page)
    )
    following = f" <a id='next' href='list?page={page + 1}'>下一页</a>" if page < pages else ""
    return (
        f"{_HEAD}<a href='logout'>退出</a>"
        f"<form id='query' action='list'><input name='page' value='{page}'></form>"
        f"<table id='policies'><tr>{head}</tr>{body}</table>"
        f"<p>共 {pages * ROWS} 条 第 {page}/{pages} 页{following}</p></body></html>"
    ).encode()


@cache
def list_answer(page: int, pages: int) -> bytes:
    """The same page as JSON."""
    records = [dict(zip(TITLES, cells, strict=True)) for cells in rows_of(page)]
    return json.dumps({"total": pages * ROWS, "records": records}, ensure_ascii=False).encode()


class Portal(BaseHTTPRequestHandler):
    """All mounts; sessions live in the server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pages = 50
    answer_seconds = 0.0
    answers = 0
    logins = 0
    worked_seconds = 0.0
    lock = threading.Lock()
    began = 0.0

    def do_GET(self) -> None:
        """The login form, the menu, the list, its JSON; ``/count`` tells of the answers so far."""
        address = urlsplit(self.path)
        _, mount, *rest = address.path.split("/")
        if mount == "count":
            counted = {
                "answers": Portal.answers,
                "logins": Portal.logins,
                "worked_seconds": Portal.worked_seconds,
            }
            self._send(json.dumps(counted).encode(), "application/json")
            return
        if not rest:
            self._send(b"", status=404)
            return
        self._work()
        if f"session-{mount}=open" not in self.headers.get("Cookie", "") or rest[0] in ("", "logout"):
            self._send(_LOGIN.encode(), cookie=f"session-{mount}=closed; Path=/{mount}/")
            return
        page = int(parse_qs(address.query).get("page", ["1"])[0])
        if rest[0] == "home":
            self._send(_HOME.encode())
        elif rest[0] == "api":
            self._send(list_answer(page, self.pages), "application/json")
        else:
            self._send(list_page(page, self.pages))

    def do_POST(self) -> None:
        """The login."""
        mount = self.path.split("/")[1]
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._work()
        if (sent.get("user"), sent.get("password")) != ([USER], [PASSWORD]):
            self._send(_LOGIN.replace("<form", "<p>用户名或密码错误</p><form").encode())
            return
        with Portal.lock:
            Portal.logins += 1
        self._send(b"", status=303, cookie=f"session-{mount}=open; Path=/{mount}/", location=f"/{mount}/home")

    def _work(self) -> None:
        """Take as long as asked for every answer."""
        self.began = time.perf_counter()
        with Portal.lock:
            Portal.answers += 1
        time.sleep(Portal.answer_seconds)

    def _send(
        self,
        body: bytes,
        kind: str = "text/html; charset=utf-8",
        *,
        status: int = 200,
        cookie: str = "",
        location: str = "",
    ) -> None:
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Set-Cookie": cookie,
            "Location": location,
        }
        lines = [f"{name}: {value}" for name, value in headers.items() if value]
        # One packet: headers and body apart would wait for each other's acknowledgement.
        self.wfile.write(
            f"HTTP/1.1 {status} -\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        )
        if self.began:
            with Portal.lock:
                Portal.worked_seconds += time.perf_counter() - self.began
            self.began = 0.0

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--answer-ms", type=float, default=0)
    given = parser.parse_args()
    Portal.pages, Portal.answer_seconds = given.pages, given.answer_ms / 1000
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
