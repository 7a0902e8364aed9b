"""The portal's routes: login, the one page, and what its script asks for."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import date
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.mingde.receipts import RECEIPT_DAYS, ReceiptQuestion, find_receipts
from sandbox.mingde.records import (
    MONTHS,
    SIZE,
    SMALL_SIZE,
    Premium,
    Statement,
    build_new_record,
    build_records,
    build_statements,
)
from sandbox.mingde.tables import (
    LINE_COLUMNS,
    PREMIUM_COLUMNS,
    STATEMENT_COLUMNS,
    batch_of_rows,
    describe,
    plain,
    statement_file,
)
from sandbox.portal_faults import PortalFaults
from sandbox.portal_sessions import Account, LoginResult, Standing

if TYPE_CHECKING:
    from sandbox.portals import PortalWorld  # which imports this file

ACCOUNT = Account("brokerflow", "mingde-demo-2026")
COOKIE = "JSESSIONID"
MAX_LIMIT = 100
NOTICES = {"": "", "expired": "会话已过期，请重新登录", "displaced": "您的账号已在其他地点登录"}
_BACKEND_SECONDS = (0.15, 0.30)
_CLASSES = {
    "itemClass": ("x-grid-item", "x-gridrow-item"),
    "viewClass": ("x-grid-view", "x-gridrow-view"),
    "batchClass": ("x-batch-table", "x-batchlist-table"),
    "linesClass": ("x-statement-table", "x-statementlist-table"),
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def build_portal(world: "PortalWorld") -> APIRouter:
    """All pages and actions under ``/mingde/``."""
    router = APIRouter()
    desk = _Desk(world)

    @router.get("/")
    @router.get("/login.action")
    async def login_page(reason: str = "") -> Response:
        return _page("login.html", notice=NOTICES.get(reason, ""), alerts=world.faults.alerts_refusals)

    @router.post("/auth.action")
    async def log_in(request: Request) -> Response:
        form = await _form(request)
        result, session_id = world.sessions.log_in(form.get("username", ""), form.get("password", ""))
        if result is not LoginResult.OK:
            return JSONResponse({"success": False, "msg": result.value})
        response = JSONResponse({"success": True})
        response.set_cookie(COOKIE, session_id, path="/mingde", httponly=True)
        return response

    @router.get("/logout.action")
    async def log_out(request: Request) -> Response:
        world.sessions.forget(request.cookies.get(COOKIE))
        return RedirectResponse("login.action", status_code=302)

    @router.get("/{action}.action")
    @router.post("/{action}.action")
    async def act(action: str, request: Request) -> Response:
        session_id = request.cookies.get(COOKIE)
        standing = world.sessions.standing(session_id)
        if standing is not Standing.VALID:
            return _to_login(standing)
        if action == "receipt":
            token = request.headers.get("X-Csrf-Token")
            return await desk.receipts(await _form(request), session_id, token)
        form = dict(request.query_params) | await _form(request)
        return await desk.answer(action, form, session_id)

    return router


class _Desk:
    """Answers to a session that stands, from books made when they are first opened."""

    def __init__(self, world: "PortalWorld") -> None:
        self._world = world
        self._new_premium = build_new_record()
        self._pace = Random("mingde/pace")

    @cached_property
    def _premiums(self) -> list[Premium]:
        return build_records(size=SMALL_SIZE if self._world.is_small else SIZE)

    @cached_property
    def _statements(self) -> list[Statement]:
        return build_statements()

    async def answer(self, action: str, form: dict[str, str], session_id: str | None) -> Response:
        """One action's answer."""
        if action == "main":
            return self._main(session_id)
        try:
            if action in {"premium", "batch"}:
                return await self._list(action, form, session_id)
        except ValueError:
            return _refusal("查询条件格式错误")
        if action == "statement":
            return self._lines(form.get("batchNo", ""))
        if action == "statementFile":
            return self._file(form.get("batchNo", ""))
        return Response("404 Not Found", status_code=404)

    async def receipts(self, form: dict[str, str], session_id: str | None, token: str | None) -> Response:
        """A page of the ledger, for those who send the token that the page keeps."""
        if token != _token_of(session_id):
            return _refusal("请求未授权")
        try:
            asked = ReceiptQuestion.read(form)
        except ValueError:
            return _refusal("查询条件格式错误")
        if asked.is_too_long:
            return _refusal(f"查询区间不能超过 {RECEIPT_DAYS} 天")
        if self._world.faults.takes_session(asked.page):
            self._world.sessions.forget(session_id)
            return _to_login(Standing.EXPIRED)
        if answer := self._world.faults.wish_to_wait(asked.page):
            return answer
        await self._world.faults.wait(asked.page)
        return JSONResponse(find_receipts(self._premiums, asked, self._world.faults))

    def _main(self, session_id: str | None) -> Response:
        faults = self._world.faults
        facts = {
            "token": _token_of(session_id),
            "premiumColumns": describe(PREMIUM_COLUMNS, faults),
            "statementColumns": describe(STATEMENT_COLUMNS, faults),
            "lineColumns": describe(LINE_COLUMNS, faults),
            "months": ["全部月份", *reversed(MONTHS)],
            **{name: both[faults.renamed_class] for name, both in _CLASSES.items()},
        }
        return _page("main.html", facts=facts)

    async def _list(self, action: str, form: dict[str, str], session_id: str | None) -> Response:
        faults = self._world.faults
        start, limit = int(form.get("start") or 0), int(form.get("limit") or MAX_LIMIT)
        if start < 0 or not 0 < limit <= MAX_LIMIT:
            raise ValueError(start, limit)
        page = start // limit + 1
        if faults.takes_session(page):
            self._world.sessions.forget(session_id)
            return _to_login(Standing.EXPIRED)
        if answer := faults.wish_to_wait(page):
            return answer
        await faults.wait(page)
        await asyncio.sleep(self._pace.uniform(*_BACKEND_SECONDS))
        rows = slice(start, start + limit)
        return (
            self._premium_rows(form, rows, page) if action == "premium" else self._batches(form, rows, page)
        )

    def _premium_rows(self, form: dict[str, str], rows: slice, page: int) -> Response:
        faults = self._world.faults
        first, last = _day(form.get("begin", "")), _day(form.get("end", ""))
        premiums = [self._new_premium, *self._premiums] if faults.has_moved(page) else self._premiums
        found = [row for row in premiums if _within(row, first, last)]
        received_fen = sum(row.received_fen or 0 for row in found) + 100 * (faults.wrong_total == "amount")
        return JSONResponse(
            {
                "success": True,
                "total": len(found) + (faults.wrong_total == "count"),
                "sums": {"premiumReceived": plain(received_fen)},
                "root": batch_of_rows(PREMIUM_COLUMNS, found[rows], faults, page),
            }
        )

    def _batches(self, form: dict[str, str], rows: slice, page: int) -> Response:
        faults = self._world.faults
        found = [batch for batch in self._statements if form.get("period", "") in ("", batch.period)]
        total = len(found) + (faults.wrong_total == "count")
        root = batch_of_rows(STATEMENT_COLUMNS, found[rows], faults, page)
        return JSONResponse({"success": True, "total": total, "root": root})

    def _lines(self, batch_no: str) -> Response:
        faults, statement = self._world.faults, self._statement(batch_no)
        if statement is None:
            return _refusal("没有找到该批次")
        total_fen = statement.total_fen + 100 * (faults.wrong_total == "amount")
        return JSONResponse(
            {
                "success": True,
                "sums": {
                    "lineCount": len(statement.lines) + (faults.wrong_total == "count"),
                    "amount": plain(total_fen),
                },
                "root": batch_of_rows(LINE_COLUMNS, statement.lines, faults),
            }
        )

    def _file(self, batch_no: str) -> Response:
        statement = self._statement(batch_no)
        if statement is None:
            return Response("404 Not Found", status_code=404)
        return _download(
            f"佣金结算_{batch_no}.csv", statement_file(statement, self._world.faults), self._world.faults
        )

    def _statement(self, batch_no: str) -> Statement | None:
        return next((batch for batch in self._statements if batch.batch_no == batch_no), None)


def _refusal(text: str) -> Response:
    return JSONResponse({"success": False, "msg": text})


def _token_of(session_id: str | None) -> str:
    """What the page keeps in its storage, and programs send."""
    return hashlib.sha256((session_id or "").encode()).hexdigest()[:32]


def _page(page: str, /, **values: Any) -> Response:
    html = _PAGES.get_template(page).render(**values)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def _to_login(standing: Standing) -> Response:
    """A redirect that an XHR follows without telling: its caller gets the login page as 200."""
    return RedirectResponse(f"login.action?reason={standing.value}", status_code=302)


def _download(name: str, raw: bytes, faults: PortalFaults) -> Response:
    """The file; on a bad day its declared length is never reached."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(len(raw)),
    }

    async def chunks() -> AsyncIterator[bytes]:
        yield raw[: len(raw) // 2] if faults.half_download else raw

    return StreamingResponse(chunks(), media_type="text/csv; charset=utf-8", headers=headers)


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _within(row: Premium, first: date | None, last: date | None) -> bool:
    return (first is None or first <= row.due_date) and (last is None or row.due_date <= last)
