"""What each page shows after the login, and what its controls do."""

import re
from functools import cached_property
from typing import Any

from fastapi import Response

from sandbox.amounts import yuan
from sandbox.kanghe.batch_query import MOST, WrongFile, find_policies
from sandbox.kanghe.columns import (
    BATCH_CELLS,
    DETAIL_CELLS,
    Columns,
    cells_of,
    printed_totals,
    shown_columns,
)
from sandbox.kanghe.files import WORKBOOK_NAME, batch_zip, policy_workbook, zip_name
from sandbox.kanghe.policy_list import (
    ACTION,
    PAGE_SIZES,
    Query,
    WrongDates,
    fresh_state,
    grid_page,
    let_newcomer_in,
    listed_policies,
    pages_of,
)
from sandbox.kanghe.postbacks import InvalidPostback, Postback
from sandbox.kanghe.records import (
    LINES,
    PERIOD,
    SIZE,
    SMALL_LINES,
    SMALL_SIZE,
    BatchRecord,
    PolicyRecord,
    build_batches,
    build_newcomer,
    build_records,
)
from sandbox.kanghe.rendering import PDF, XLSX, ZIP, answer_file, answer_page
from sandbox.kanghe.viewstate import StateSeal
from sandbox.portal_faults import PortalFaults

GRID, RENAMED_GRID = "gvPolicies", "gvPolicyGrid"
_PAGE_ARGUMENT = re.compile(r"Page\$([1-9]\d{0,5})")
_DOWNLOAD = re.compile(r"gvBatches\$ctl(\d\d)\$lbtnDownload")
_FIRST_ROW_CONTROL = 2
_MONTHS = 12
MOST_EXPORTED_DAYS = 1826
State = dict[str, Any]


class SessionTaken(Exception):
    """The session is forgotten in the middle of the work."""


class AskedTooFast(Exception):
    """The page is refused with ``answer``; nothing has happened."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


class LogOut(Exception):
    """安全退出 was clicked."""


class Screens:
    """The pages over the portal's books, made when they are first opened; ``faults`` spoil them."""

    def __init__(self, faults: PortalFaults, seal: StateSeal, *, is_small: bool) -> None:
        self.seal = seal
        self._faults = faults
        self._size, self._lines = (SMALL_SIZE, SMALL_LINES) if is_small else (SIZE, LINES)

    @cached_property
    def _policies(self) -> list[PolicyRecord]:
        return build_records(size=self._size)

    @cached_property
    def _newcomer(self) -> PolicyRecord:
        return build_newcomer(size=self._size)

    @cached_property
    def _batches(self) -> list[BatchRecord]:
        return build_batches(size=self._size, lines=self._lines)

    async def show(
        self, page: str, session_id: str, postback: Postback | None, query: dict[str, str]
    ) -> Response:
        """A page after its event; InvalidPostback, SessionTaken, LogOut."""
        if postback and postback.control == "ctl00$lbtnLogout":
            raise LogOut
        if page == "PolicyList":
            return await self._policy_list(session_id, postback)
        if page == "StatementList":
            return await self._statement_list(session_id, postback)
        if page == "BatchQuery":
            return self._batch_query(session_id, postback)
        if postback and postback.control:
            raise InvalidPostback(postback.control)
        if page == "PolicyDetail":
            return self._detail(session_id, query.get("id", ""))
        return answer_page(self.seal, page, session_id, {})

    async def _policy_list(self, session_id: str, postback: Postback | None) -> Response:
        state = postback.state if postback else fresh_state()
        boxes = Query(state["begin"], state["end"])
        if postback is None:
            return self._policy_page(session_id, state, boxes)
        boxes = Query(postback.field("txtBegin"), postback.field("txtEnd"))
        if postback.control == "btnExport":
            return self._export(session_id, state, boxes, postback.field("hidPurpose"))
        try:
            self._raise_event(state, boxes, postback)
        except WrongDates as error:
            return self._policy_page(session_id, state, boxes, notice=str(error))
        if state["is_queried"]:
            await self._turn_to(state)
        return self._policy_page(session_id, state, boxes)

    def _raise_event(self, state: State, boxes: Query, postback: Postback) -> None:
        """Change the state as the control says; WrongDates leaves it as it was."""
        turned = _PAGE_ARGUMENT.fullmatch(postback.argument)
        if postback.control == "btnQuery":
            boxes.days()
            state |= {"begin": boxes.begin, "end": boxes.end, "page": 1, "is_queried": True}
        elif postback.control == "ddlPageSize":
            size = postback.field("ddlPageSize")
            if size not in map(str, PAGE_SIZES):
                raise InvalidPostback(size)
            state |= {"size": int(size), "page": 1}
        elif postback.control in {GRID, RENAMED_GRID} and turned and state["is_queried"]:
            state["page"] = int(turned[1])
        elif postback.control:
            raise InvalidPostback(postback.control)

    async def _turn_to(self, state: State) -> None:
        """What happens when a page of the list is asked for; a page after the last is the last."""
        state["page"] = min(state["page"], pages_of(len(self._found(state)), state["size"]))
        if self._faults.takes_session(state["page"]):
            raise SessionTaken
        if answer := self._faults.wish_to_wait(state["page"]):
            raise AskedTooFast(answer)
        let_newcomer_in(state["page"], self._faults)
        await self._faults.wait(state["page"])

    def _found(self, state: State) -> list[PolicyRecord]:
        query = Query(state["begin"], state["end"])
        return listed_policies(self._policies, self._newcomer, query, self._faults)

    def _policy_page(self, session_id: str, state: State, boxes: Query, notice: str = "") -> Response:
        grid = None
        if state["is_queried"]:
            grid = grid_page(self._found(state), state["page"], state["size"], self._faults)
        # The grid keeps every cell it shows in the state: this is what makes the field so long.
        state["rows"] = grid.rows if grid else []
        return answer_page(
            self.seal,
            "PolicyList",
            session_id,
            state,
            grid=grid,
            grid_id=RENAMED_GRID if self._faults.renamed_class else GRID,
            boxes=boxes,
            sizes=PAGE_SIZES,
            action=ACTION,
            notice=notice,
        )

    def _export(self, session_id: str, state: State, boxes: Query, purpose: str) -> Response:
        if not state["is_queried"]:
            return self._policy_page(session_id, state, boxes, notice="请先查询再导出")
        if not purpose:
            return self._policy_page(session_id, state, boxes, notice="请输入导出用途")
        query = Query(state["begin"], state["end"])
        if query.is_longer_than(MOST_EXPORTED_DAYS):
            notice = f"单次最多导出 {MOST_EXPORTED_DAYS} 天承保的保单，请缩小承保日期"
            return self._policy_page(session_id, state, boxes, notice=notice)
        raw = policy_workbook(self._found(state), query, self._faults)
        return answer_file(raw, WORKBOOK_NAME, XLSX, self._faults)

    def _detail(self, session_id: str, row_id: str) -> Response:
        known = [self._newcomer, *self._policies]
        policy = next((policy for policy in known if str(policy.row_id) == row_id), None)
        cells = cells_of(DETAIL_CELLS, policy) if policy else {}
        columns = shown_columns(tuple(cells), self._faults)
        pairs = list(zip(columns.titles, columns.row(cells), strict=True)) if policy else []
        lines = [pairs[place : place + 2] for place in range(0, len(pairs), 2)]
        return answer_page(
            self.seal, "PolicyDetail", session_id, {"pairs": pairs}, query=f"id={row_id}", lines=lines
        )

    def _batch_query(self, session_id: str, postback: Postback | None) -> Response:
        found, notice = None, ""
        if postback and postback.control == "btnUpload":
            if self._faults.takes_session(1):
                raise SessionTaken
            try:
                found = find_policies(postback.field("fuNumbers"), self._policies, self._faults)
            except WrongFile as error:
                notice = str(error)
        state = {"rows": found.rows if found else []}
        return answer_page(self.seal, "BatchQuery", session_id, state, found=found, most=MOST, notice=notice)

    async def _statement_list(self, session_id: str, postback: Postback | None) -> Response:
        state = postback.state if postback else {"month": ""}
        batches = self._batches_of(state["month"])
        if postback and postback.control == "ddlMonth":
            state["month"] = postback.field("ddlMonth")
            batches = self._batches_of(state["month"])
            if self._faults.takes_session(1):
                raise SessionTaken
            await self._faults.wait(1)
        elif postback and postback.control == "btnMonthly" and state["month"]:
            from sandbox.kanghe.monthly_pdf import monthly_pdf  # noqa: PLC0415 - its memory is for a PDF alone

            raw = monthly_pdf(batches, state["month"], self._faults)
            return answer_file(raw, f"佣金月结单_{state['month']}.pdf", PDF, self._faults)
        elif postback and postback.control:
            row = _DOWNLOAD.fullmatch(postback.control)
            place = int(row[1]) - _FIRST_ROW_CONTROL if row else -1
            if not 0 <= place < len(batches):
                raise InvalidPostback(postback.control)
            batch = batches[place]
            return answer_file(batch_zip(batch, self._faults), zip_name(batch), ZIP, self._faults)
        return self._statement_page(session_id, state, batches)

    def _batches_of(self, month: str) -> list[BatchRecord]:
        return [batch for batch in self._batches if batch.period == month]

    def _statement_page(self, session_id: str, state: State, batches: list[BatchRecord]) -> Response:
        columns: Columns = shown_columns((*BATCH_CELLS, ACTION), self._faults)
        rows = [columns.row(cells_of(BATCH_CELLS, batch)) for batch in batches]
        if self._faults.short_page == 1:
            rows = rows[:-1]
        state["rows"] = rows
        count, total_fen = printed_totals(
            len(batches), sum(batch.total_fen for batch in batches), self._faults
        )
        return answer_page(
            self.seal,
            "StatementList",
            session_id,
            state,
            columns=columns,
            rows=rows,
            grid_id="gvBatchGrid" if self._faults.renamed_class else "gvBatches",
            months=_last_months(),
            total=f"共 {count} 个批次，结算金额合计 {yuan(total_fen)} 元",
            action=ACTION,
        )


def _last_months() -> list[str]:
    """The last twelve settlement months, newest first."""
    year, month = map(int, PERIOD.split("-"))
    last = year * 12 + month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(last, last - _MONTHS, -1)]
