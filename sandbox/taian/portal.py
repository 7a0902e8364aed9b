"""The portal's routes: login, frames, lists, detail, export."""

from dataclasses import replace
from datetime import date
from itertools import zip_longest
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sandbox.brokerage import Brokerage
from sandbox.portal_sessions import LoginResult, Sessions, Standing
from sandbox.scene import PERIOD_END
from sandbox.switches import Switches
from sandbox.taian.export import export_file, export_name
from sandbox.taian.rendering import answer, drop_column
from sandbox.taian.summary import build_summary, summary_pairs
from sandbox.taian.tables import (
    CURRENCIES,
    STATEMENT_HEADERS,
    STATUSES,
    ListPage,
    batch_by_no,
    pay_text,
    policy_page,
    premium_page,
    shares_text,
    statement_rows,
)

COOKIE = "JSESSIONID"
_GONE_PAGES = {Standing.EXPIRED: "expired.html", Standing.DISPLACED: "displaced.html"}
_LISTS = {
    "policyList.do": ("保单查询", "承保日期", policy_page),
    "premiumList.do": ("保费清单", "应缴日期", premium_page),
}


def build_portal(brokerage: Brokerage, switches: Switches, sessions: Sessions) -> APIRouter:
    """All pages under ``/taian/``."""
    router = APIRouter()

    @router.get("/")
    async def login_page() -> Response:
        return answer("login.html", error="")

    @router.post("/login.do")
    async def log_in(request: Request) -> Response:
        form = await _form(request)
        result, session_id = sessions.log_in(form.get("userId", ""), form.get("passwd", ""))
        if result is not LoginResult.OK:
            return answer("login.html", error=result.value)
        response = RedirectResponse("main.do", status_code=302)
        response.set_cookie(COOKIE, session_id, path="/taian", httponly=True)
        return response

    @router.get("/logout.do")
    async def log_out(request: Request) -> Response:
        sessions.forget(request.cookies.get(COOKIE))
        return answer("logout.html")

    @router.get("/{page}.do")
    @router.post("/{page}.do")
    async def show(page: str, request: Request) -> Response:
        refusal = _refusal(request, switches, sessions)
        if refusal:
            return refusal
        form = await _form(request) if request.method == "POST" else dict(request.query_params)
        return _show(f"{page}.do", form, request.method, brokerage, switches)

    return router


async def _form(request: Request) -> dict[str, str]:
    """Fields of a form that a GBK page sent."""
    fields = parse_qs((await request.body()).decode("ascii"), keep_blank_values=True, encoding="gbk")
    return {name: values[-1] for name, values in fields.items()}


def _refusal(request: Request, switches: Switches, sessions: Sessions) -> Response | None:
    """The page for a request whose session is gone; None lets it through."""
    session_id = request.cookies.get(COOKIE)
    standing = sessions.standing(session_id)
    if standing is Standing.VALID and switches.expire_after_requests is not None:
        left = switches.expire_after_requests - 1
        switches.expire_after_requests = left or None
        if left == 0:
            sessions.forget(session_id)
            standing = Standing.EXPIRED
    return answer(_GONE_PAGES[standing]) if standing in _GONE_PAGES else None


def _show(page: str, form: dict[str, str], method: str, brokerage: Brokerage, switches: Switches) -> Response:
    if page in {"main.do", "top.do", "menu.do", "welcome.do"}:
        return answer(page.replace(".do", ".html"))
    if page in _LISTS:
        return _list(page, form, method, brokerage, switches)
    if page == "policyDetail.do":
        return _detail(form.get("policyNo", ""), brokerage)
    if page in {"statementList.do", "statementSummary.do"}:
        build = _statements if page == "statementList.do" else _summary
        return build(form, method, brokerage, switches)
    if page == "exportStatement.do":
        return _export(form.get("batchNo", ""), brokerage, switches)
    return Response("404 Not Found", status_code=404)


def _list(page: str, form: dict[str, str], method: str, brokerage: Brokerage, switches: Switches) -> Response:
    title, date_label, build = _LISTS[page]
    try:
        first, last = _day(form.get("beginDate", "")), _day(form.get("endDate", ""))
        page_no = int(form.get("pageNo") or 1)
    except ValueError:
        return answer("message.html", text="日期格式错误，应为 YYYY-MM-DD")
    found = _misprint(build(brokerage, first, last, page_no), switches) if method == "POST" else None
    headers: list[str] = []
    rows: list[list[str]] = []
    if found:
        headers, rows = drop_column(
            list(found.headers), [*found.rows, found.subtotal], switches.missing_column
        )
    return answer(
        "list.html",
        page=page,
        title=title,
        date_label=date_label,
        form=form,
        found=found,
        headers=headers,
        rows=rows,
        has_detail=page == "policyList.do",
    )


def _misprint(found: ListPage, switches: Switches) -> ListPage:
    if switches.wrong_total == "count":
        return replace(found, row_count=found.row_count + 1)
    if switches.wrong_total == "amount":
        return replace(found, total_fen=found.total_fen + 100)
    return found


def _detail(policy_no: str, brokerage: Brokerage) -> Response:
    policy = brokerage.policy_by_no.get(policy_no)
    if policy is None:
        return answer("message.html", text="没有找到该保单")
    return answer(
        "detail.html",
        policy=policy,
        pay=pay_text(policy.pay_years),
        shares=shares_text(policy),
        currency=CURRENCIES[policy.currency],
        status=STATUSES[policy.status],
    )


def _statements(form: dict[str, str], method: str, brokerage: Brokerage, switches: Switches) -> Response:
    rows = statement_rows(brokerage, form.get("period", "")) if method == "POST" else []
    row_count = len(rows) + (switches.wrong_total == "count")
    headers, rows = drop_column(STATEMENT_HEADERS, rows, switches.missing_column)
    return answer(
        "statements.html",
        form=form,
        months=_months(),
        is_queried=method == "POST",
        headers=headers,
        rows=rows,
        row_count=row_count,
    )


def _summary(form: dict[str, str], method: str, brokerage: Brokerage, switches: Switches) -> Response:
    month = form.get("period", "")
    summary = build_summary(brokerage, f"{month[:4]}-{month[4:]}")
    pairs = [pair for pair in summary_pairs(summary) if pair[0] != switches.missing_column]
    rows = list(zip_longest(pairs[::2], pairs[1::2], fillvalue=("", "")))
    return answer("summary.html", form=form, months=_months(), is_queried=method == "POST", rows=rows)


def _months() -> list[str]:
    """The last twelve settlement months, newest first."""
    last = PERIOD_END.year * 12 + PERIOD_END.month - 1
    return [f"{month // 12}{month % 12 + 1:02d}" for month in range(last, last - 12, -1)]


def _export(batch_no: str, brokerage: Brokerage, switches: Switches) -> Response:
    batch = batch_by_no(brokerage, batch_no)
    if batch is None:
        return answer("message.html", text="没有找到该批次")
    # Header bytes are raw GBK, as old servers send them; Starlette writes header text as latin-1.
    name = export_name(batch_no).encode("gbk").decode("latin-1")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(export_file(batch, switches), media_type="application/vnd.ms-excel", headers=headers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None
