"""The portal's routes: pages without secrets, and an API that wants cookie and token."""

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.amounts import yuan
from sandbox.portal_sessions import Account, LoginResult, Standing
from sandbox.ruixiang.books import Books
from sandbox.ruixiang.columns import (
    POLICY_COLUMNS,
    PREMIUM_COLUMNS,
    STATUS_CODES,
    STATUSES,
    grid_columns,
    grid_rows,
)
from sandbox.ruixiang.lists import Found, Wanted, cut, policy_row, policy_sheet, premium_row, with_newcomer
from sandbox.ruixiang.records import PolicyRecord, PremiumRecord

if TYPE_CHECKING:  # portals.py imports this file
    from sandbox.portals import PortalWorld

ACCOUNT = Account("brokerflow", "ruixiang-demo-2026")
COOKIE = "RXSESSION"
DETAIL_SECONDS = 0.3
_EXPIRED = (1001, "登录超时，请重新登录")
_GONE = {Standing.EXPIRED: _EXPIRED, Standing.DISPLACED: (1004, "您的账号已在其他地点登录")}
_REFUSED = {LoginResult.WRONG: (1002, "账号或密码错误"), LoginResult.LOCKED: (1003, "账号已锁定")}
_WRONG_VALUE = (1400, "参数错误，日期格式应为 YYYY-MM-DD")
_UNKNOWN_POLICY = (1404, "保单不存在")
_FOLDER = Path(__file__).parent / "pages"
_PAGES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def build_portal(world: "PortalWorld") -> APIRouter:
    """All pages and answers under ``/ruixiang/``."""
    router = APIRouter()
    router.include_router(_build_pages(world))
    router.include_router(_build_login(world))
    router.include_router(_build_lists(world))
    return router


def _build_pages(world: "PortalWorld") -> APIRouter:
    router = APIRouter()

    @router.get("/")
    async def login_page() -> Response:
        return _page("login.html")

    @router.get("/index.html")
    async def shell() -> Response:
        return _page("index.html")

    @router.get("/static/{name}.js")
    async def script(name: str) -> Response:
        if name not in {"portal", "grid", "dialog", "calendar"}:
            return Response("404 Not Found", status_code=404)
        return Response((_FOLDER / f"{name}.js").read_bytes(), media_type="text/javascript; charset=utf-8")

    @router.get("/pages/home.html")
    async def home() -> Response:
        return _page("home.html")

    @router.get("/pages/policy.html")
    async def policies() -> Response:
        columns = grid_columns(POLICY_COLUMNS, world.faults)
        return _page("policy.html", columns=columns, prefix=_prefix(world), choices=STATUSES)

    @router.get("/pages/premium.html")
    async def premiums() -> Response:
        columns = grid_columns(PREMIUM_COLUMNS, world.faults)
        return _page(
            "premium.html", columns=columns, prefix=_prefix(world), choices={"1": "已收", "0": "未收"}
        )

    return router


def _build_login(world: "PortalWorld") -> APIRouter:
    router = APIRouter()

    @router.post("/api/login")
    async def log_in(request: Request) -> Response:
        form = await request.json()
        result, token = world.sessions.log_in(str(form.get("username")), str(form.get("password")))
        if result is not LoginResult.OK:
            return _refusal(*_REFUSED[result])
        response = JSONResponse({"code": 0, "msg": "ok", "data": {"token": token}})
        response.set_cookie(COOKIE, _cookie_of(token), path="/ruixiang", httponly=True)
        return response

    @router.get("/api/me")
    async def me(request: Request) -> Response:
        names = {"userName": ACCOUNT.user, "orgName": "示例保险经纪有限公司"}
        return _gone(request, world) or JSONResponse({"code": 0, "msg": "", "data": names})

    @router.post("/api/logout")
    async def log_out(request: Request) -> Response:
        world.sessions.forget(request.headers.get("X-Token"))
        return JSONResponse({"code": 0, "msg": "ok"})

    return router


def _build_lists(world: "PortalWorld") -> APIRouter:
    router, books = APIRouter(), Books(is_small=world.is_small)

    @router.get("/api/policies")
    async def list_policies(request: Request) -> Response:
        form = request.query_params
        keys = ("begin", "end", "status")
        wanted = _wanted(form.get("page", 1), form.get("limit", 10), [form.get(key) for key in keys])
        refusal = _gone(request, world) or await _list_refusal(request, world, wanted)
        if refusal or wanted is None:
            return refusal or _refusal(*_WRONG_VALUE)
        listed = with_newcomer(books.policies, books.new_policy, world.faults, wanted.page)
        is_effective = form.get("dayKind") == "effective"
        found = _find_policies(listed, wanted, world, is_effective=is_effective)
        return _policies_answer(found, wanted.page, world)

    @router.get("/api/policies/{policy_no}")
    async def show_policy(policy_no: str, request: Request) -> Response:
        await asyncio.sleep(DETAIL_SECONDS)
        if refusal := _gone(request, world):
            return refusal
        if policy_no not in books.by_no:
            return _refusal(*_UNKNOWN_POLICY)
        return JSONResponse({"code": 0, "msg": "", "data": policy_sheet(books.by_no[policy_no])})

    @router.post("/api/premiums")
    async def list_premiums(request: Request) -> Response:
        form = await request.json()
        chosen = form.get("filter") or {}
        keys = ("beginDate", "endDate", "isReceived")
        wanted = _wanted(form.get("page", 1), form.get("limit", 10), [chosen.get(key) for key in keys])
        refusal = _gone(request, world) or await _list_refusal(request, world, wanted)
        if refusal or wanted is None:
            return refusal or _refusal(*_WRONG_VALUE)
        listed = with_newcomer(books.premiums, books.new_premium, world.faults, wanted.page)
        return _premiums_answer(_find_premiums(listed, wanted, world), wanted.page, world)

    return router


def _wanted(page: Any, limit: Any, choices: list[Any]) -> Wanted | None:
    try:
        return Wanted.read(page, limit, *choices)
    except (TypeError, ValueError):
        return None


async def _list_refusal(request: Request, world: "PortalWorld", wanted: Wanted | None) -> Response | None:
    """What a fault makes of a good session on this page."""
    if wanted is None:
        return None
    if world.faults.takes_session(wanted.page):
        world.sessions.forget(request.headers.get("X-Token"))
        return _refusal(*_EXPIRED)
    await world.faults.wait(wanted.page)
    return None


def _find_policies(
    listed: list[PolicyRecord], wanted: Wanted, world: "PortalWorld", *, is_effective: bool
) -> Found[PolicyRecord]:
    found = [
        policy
        for policy in listed
        if wanted.holds(policy.effective_date if is_effective else policy.issue_date)
        and wanted.choice in {"", STATUS_CODES[policy.status]}
    ]
    return cut(found, [policy.annual_premium_fen for policy in found], wanted, world.faults)


def _find_premiums(listed: list[PremiumRecord], wanted: Wanted, world: "PortalWorld") -> Found[PremiumRecord]:
    found = [
        row
        for row in listed
        if wanted.holds(row.due_date) and wanted.choice in {"", str(int(row.received_date is not None))}
    ]
    return cut(found, [row.premium_received_fen or 0 for row in found], wanted, world.faults)


def _policies_answer(found: Found[PolicyRecord], page: int, world: "PortalWorld") -> Response:
    rows = grid_rows([policy_row(policy) for policy in found.records], POLICY_COLUMNS, world.faults)
    answer = {"code": 0, "msg": "", "count": found.count, "sum": yuan(found.total_fen), "data": rows}
    return JSONResponse(answer | ({"survey": True} if world.faults.shows_survey(page) else {}))


def _premiums_answer(found: Found[PremiumRecord], page: int, world: "PortalWorld") -> Response:
    rows = grid_rows([premium_row(premium) for premium in found.records], PREMIUM_COLUMNS, world.faults)
    totals = {
        "total": found.count,
        "receivedSum": found.total_fen,
        "pages": found.page_count,
        "current": page,
    }
    return JSONResponse({"code": 0, "data": {"records": rows, **totals}})


def _gone(request: Request, world: "PortalWorld") -> Response | None:
    """The answer to a request without a living session; cookie and token must belong together."""
    token = request.headers.get("X-Token")
    standing = world.sessions.standing(token)
    if standing is Standing.VALID and request.cookies.get(COOKIE) != _cookie_of(token or ""):
        standing = Standing.EXPIRED
    return _refusal(*_GONE[standing]) if standing in _GONE else None


def _cookie_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _refusal(code: int, text: str) -> Response:
    return JSONResponse({"code": code, "msg": text})


def _prefix(world: "PortalWorld") -> str:
    """Of the grid's classes."""
    return "lay-grid" if world.faults.renamed_class else "lay-table"


def _page(name: str, /, **values: Any) -> Response:
    return Response(_PAGES.get_template(name).render(**values), media_type="text/html; charset=utf-8")
