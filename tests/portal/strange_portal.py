"""A portal in a style that none of the committed recipes knows: no cookies, no scripts, no ids.

The session stands in the address, titles stand in two rows, amounts are written in 万元.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "broker-7", "strange-demo-2026"
_TOKEN = "4f1c09"
_ROWS = 15


@dataclass(frozen=True)
class Case:
    """One claim; amounts in fen, ``paid_fen`` None while nobody has decided."""

    number: int

    @property
    def case_no(self) -> str:
        """As the portal numbers it."""
        return f"XH-{self.number:05d}"

    @property
    def day(self) -> str:
        """When it happened, as ISO date."""
        return f"2026-{self.number % 10 + 1:02d}-{self.number % 28 + 1:02d}"

    @property
    def claimed_fen(self) -> int:
        """What was asked for: whole yuan."""
        return (self.number * 7919 % 90_000 + 100) * 100

    @property
    def paid_fen(self) -> int | None:
        """What was paid."""
        return None if self.number % 5 == 0 else self.claimed_fen - self.number


CASES = [Case(number) for number in range(1, 38)]


def yuan(fen: int) -> str:
    """With commas, two decimals."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def _cells(case: Case) -> list[str]:
    year, month, day = (int(part) for part in case.day.split("-"))
    paid = "" if case.paid_fen is None else f"￥{yuan(case.paid_fen)}"
    kind = ("重疾", "医疗", "意外")[case.number % 3]
    state = "待核" if case.paid_fen is None else "已结"
    claimed = f"{case.claimed_fen / 1_000_000:.4f}"
    return [case.case_no, kind, state, claimed, paid, f"{year}年{month}月{day}日"]


def _list(sheet: int, since: str, until: str) -> str:
    found = [case for case in CASES if (since or "0") <= case.day <= (until or "9")]
    sheets = max(1, -(-len(found) // _ROWS))
    shown = found[(sheet - 1) * _ROWS : sheet * _ROWS]
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in _cells(case))}" for case in shown)
    paid = sum(case.paid_fen or 0 for case in found)
    onward = f"claims?sheet={sheet + 1}&amp;since={since}&amp;until={until}"
    following = f"<a href='{onward}'>后一页 »</a>" if sheet < sheets else ""
    return (
        f"<form action=claims><input type=hidden name=sheet value={sheet}>"
        f"出险日 <input name=since value='{since}'> 至 <input name=until value='{until}'>"
        "<input type=submit value=检索></form>"
        "<table class=grid border=1><tr><th colspan=3>案件<th colspan=2>金额<th rowspan=2>出险日"
        f"<tr><th>编号<th>险种<th>状态<th>申报（万元）<th>实付（元）{rows}"
        f"<tr><td>小计<td><td>{len(shown)}<td><td><td></table>"
        f"<p>检索到 {len(found)} 件，实付共 {yuan(paid)} 元。– {sheet} of {sheets} – {following}</p>"
    )


class _Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The door, the list, the way out."""
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == f"/{_TOKEN}/claims":
            body = _list(int(asked.get("sheet", "1")), asked.get("since", ""), asked.get("until", ""))
            self._send(f"<a href=claims>理赔清单</a> <a href=/>离开</a>{body}")
        elif address.path == f"/{_TOKEN}/":
            self._send("<a href=claims>理赔清单</a> <a href=/>离开</a><p>欢迎</p>")
        else:
            self._send(
                "<form class=door action=enter method=post>工号 <input name=code> 口令 "
                "<input name=pin type=password><input type=submit value=进入></form>"
            )

    def do_POST(self) -> None:
        """The login."""
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if (sent["code"], sent["pin"]) != ([USER], [PASSWORD]):
            self._send("<form class=door>工号或口令不对</form>")
            return
        self.send_response(303)
        self.send_header("Location", f"/{_TOKEN}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: str) -> None:
        page = f"<!doctype html><meta charset=utf-8><title>新禾健康</title>{body}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def strange_portal() -> Iterator[str]:
    """Serve it on loopback; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
