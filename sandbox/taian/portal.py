"""The portal's routes: login, frames, lists, detail, export."""

from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sandbox.brokerage import Brokerage
from sandbox.portal_faults import PortalFaults
from sandbox.portal_sessions import Account, LoginResult, Standing
from sandbox.scene import PERIOD_END, PORTAL_PASSWORD, PORTAL_USER
from sandbox.taian.export import export_file, export_name
from sandbox.taian.newcomer import with_newcomer
from sandbox.taian.rendering import answer, spoil_columns
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

if TYPE_CHECKING:  # the table of portals imports this file
    from sandbox.portals import PortalWorld

ACCOUNT = Account(PORTAL_USER, PORTAL_PASSWORD)
COOKIE = "JSESSIONID"
_GONE_PAGES = {Standing.EXPIRED: "expired.html", Standing.DISPLACED: "displaced.html"}
_LISTS = {
    "policyList.do": ("保单查询", "承保日期", policy_page),
    "premiumList.do": ("保费清单", "应缴日期", premium_page),
}


def build_portal(world: "PortalWorld") -> APIRouter:
    """All pages under ``/taian/``."""
    router, sessions = APIRouter(), world.sessions
    screens = _Screens(world.brokerage, world.faults)

    @router.get("/")
    async def login_page() -> Response:
        return answer("login.html", error="", is_alert=False)

    @router.post("/login.do")
    async def log_in(request: Request) -> Response:
        form = await _form(request)
        result, session_id = sessions.log_in(form.get("userId", ""), form.get("passwd", ""))
        if result is not LoginResult.OK:
            return answer("login.html", error=result.value, is_alert=world.faults.alerts_refusals)
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
        session_id = request.cookies.get(COOKIE)
        if gone := _GONE_PAGES.get(sessions.standing(session_id)):
            return answer(gone)
        is_query = request.method == "POST"
        form = await _form(request) if is_query else dict(request.query_params)
        try:
            return await screens.show(f"{page}.do", form, is_query=is_query)
        except _SessionTaken:
            sessions.forget(session_id)
            return answer(_GONE_PAGES[Standing.EXPIRED])

    return router


async def _form(request: Request) -> dict[str, str]:
    """Fields of a form that a GBK page sent."""
    fields = parse_qs((await request.body()).decode("ascii"), keep_blank_values=True, encoding="gbk")
    return {name: values[-1] for name, values in fields.items()}


class _SessionTaken(Exception):
    """The session is forgotten in the middle of the work."""


class _Screens:
    """What each page shows after the login; ``faults`` spoil it."""

    def __init__(self, brokerage: Brokerage, faults: PortalFaults) -> None:
        self._quiet, self._faults = brokerage, faults

    @cached_property
    def _moved(self) -> Brokerage:
        return with_newcomer(self._quiet)

    @property
    def _brokerage(self) -> Brokerage:
        return self._moved if self._faults.has_moved(0) else self._quiet

    @property
    def _table_id(self) -> str:
        return "policyGrid" if self._faults.renamed_class else "dataTable"

    async def show(self, page: str, form: dict[str, str], *, is_query: bool) -> Response:
        """A page; ``form`` is what its form or its address says. _SessionTaken."""
        if page in {"main.do", "top.do", "menu.do", "welcome.do"}:
            return answer(page.replace(".do", ".html"))
        if page in _LISTS:
            return await self._list(page, form, is_query=is_query)
        if page in {"statementList.do", "statementSummary.do"}:
            build = self._statements if page == "statementList.do" else self._summary
            return await build(form, is_query=is_query)
        if page == "policyDetail.do":
            return self._detail(form.get("policyNo", ""))
        if page == "exportStatement.do":
            return self._export(form.get("batchNo", ""))
        return Response("404 Not Found", status_code=404)

    async def _turn_to(self, page_no: int) -> None:
        """What happens when a page of rows is asked for."""
        if self._faults.takes_session(page_no):
            raise _SessionTaken
        self._faults.has_moved(page_no)
        await self._faults.wait(page_no)

    async def _list(self, page: str, form: dict[str, str], *, is_query: bool) -> Response:
        title, date_label, build = _LISTS[page]
        try:
            first, last = _day(form.get("beginDate", "")), _day(form.get("endDate", ""))
            page_no = int(form.get("pageNo") or 1)
        except ValueError:
            return answer("message.html", text="日期格式错误，应为 YYYY-MM-DD")
        found: ListPage | None = None
        headers: list[str] = []
        rows: list[list[str]] = []
        if is_query:
            await self._turn_to(page_no)
            found = self._misprint(build(self._brokerage, first, last, page_no))
            headers, rows = spoil_columns(found.headers, [*found.rows, found.subtotal], self._faults)
        return answer(
            "list.html",
            page=page,
            title=title,
            date_label=date_label,
            form=form,
            found=found,
            headers=headers,
            rows=rows,
            table_id=self._table_id,
            has_detail=page == "policyList.do",
        )

    def _misprint(self, found: ListPage) -> ListPage:
        faults = self._faults
        return replace(
            found,
            rows=found.rows[:-1] if faults.short_page == found.page_no else found.rows,
            row_count=found.row_count + (faults.wrong_total == "count"),
            total_fen=found.total_fen + 100 * (faults.wrong_total == "amount"),
        )

    def _detail(self, policy_no: str) -> Response:
        policy = self._brokerage.policy_by_no.get(policy_no)
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

    async def _statements(self, form: dict[str, str], *, is_query: bool) -> Response:
        if is_query:
            await self._turn_to(1)
        found = statement_rows(self._brokerage, form.get("period", "")) if is_query else []
        shown = found[:-1] if self._faults.short_page == 1 else found
        headers, rows = spoil_columns(STATEMENT_HEADERS, shown, self._faults)
        return answer(
            "statements.html",
            form=form,
            months=_months(),
            is_queried=is_query,
            headers=headers,
            rows=rows,
            row_count=len(found) + (self._faults.wrong_total == "count"),
            table_id=self._table_id,
        )

    async def _summary(self, form: dict[str, str], *, is_query: bool) -> Response:
        if is_query:
            await self._turn_to(1)
        month = form.get("period", "")
        found = summary_pairs(build_summary(self._brokerage, f"{month[:4]}-{month[4:]}"))
        labels, (texts,) = spoil_columns(
            [label for label, _ in found], [[text for _, text in found]], self._faults
        )
        pairs = list(zip(labels, texts, strict=True))
        rows = list(zip_longest(pairs[::2], pairs[1::2], fillvalue=("", "")))
        return answer("summary.html", form=form, months=_months(), is_queried=is_query, rows=rows)

    def _export(self, batch_no: str) -> Response:
        batch = batch_by_no(self._brokerage, batch_no)
        if batch is None:
            return answer("message.html", text="没有找到该批次")
        # Header bytes are raw GBK, as old servers send them; Starlette writes header text as latin-1.
        name = export_name(batch_no).encode("gbk").decode("latin-1")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        raw = export_file(batch, self._faults)
        return Response(raw, media_type="application/vnd.ms-excel", headers=headers)


def _months() -> list[str]:
    """The last twelve settlement months, newest first."""
    last = PERIOD_END.year * 12 + PERIOD_END.month - 1
    return [f"{month // 12}{month % 12 + 1:02d}" for month in range(last, last - 12, -1)]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None
