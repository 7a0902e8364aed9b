"""What the portal's list pages show: headers, cells and totals as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sandbox.amounts import yuan
from sandbox.brokerage import Brokerage
from sandbox.records import Batch, Policy
from sandbox.scene import PERIOD
from sandbox.statements import BATCH_NOS
from sandbox.taian.rendering import ACTION

_Row = TypeVar("_Row")

PAGE_SIZE = 100
CURRENCIES = {"CNY": "人民币", "HKD": "港元"}
STATUSES = {
    "in_force": "有效",
    "cooling_off_cancelled": "犹豫期退保",
    "surrendered": "退保",
    "lapsed": "失效",
}
_Cell = Callable[[Any], str]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def shares_text(policy: Policy) -> str:
    """``A001`` or ``A001:60%/A007:40%``."""
    if len(policy.shares) == 1:
        return policy.shares[0][0]
    return "/".join(f"{agent_no}:{share_bp // 100}%" for agent_no, share_bp in policy.shares)


def pay_text(pay_years: int) -> str:
    """The pay term in words."""
    return f"{pay_years}年" if pay_years else "趸交"


_POLICY_COLUMNS: dict[str, _Cell] = {
    "保单号": lambda policy: policy.policy_no,
    "产品代码": lambda policy: policy.product.product_code,
    "产品名称": lambda policy: policy.product.product_name,
    "投保人": lambda policy: policy.policyholder.name,
    "证件号码": lambda policy: policy.policyholder.id_no,
    "手机号码": lambda policy: policy.policyholder.phone,
    "被保险人": lambda policy: policy.insured_name,
    "缴费年期": lambda policy: pay_text(policy.pay_years),
    "承保日期": lambda policy: _day(policy.issue_date),
    "生效日期": lambda policy: _day(policy.effective_date),
    "回执日期": lambda policy: _day(policy.receipt_date),
    "回访日期": lambda policy: _day(policy.return_visit_date),
    "回访结果": lambda policy: policy.return_visit_result,
    "年缴保费(元)": lambda policy: yuan(policy.annual_premium_fen),
    "币种": lambda policy: CURRENCIES[policy.currency],
    "业务员工号": shares_text,
    "保单状态": lambda policy: STATUSES[policy.status],
    "状态日期": lambda policy: _day(policy.status_date),
    "保全": lambda policy: "有" if policy.endorsements else "无",
}
_PREMIUM_COLUMNS: dict[str, _Cell] = {
    "保单号": lambda row: row.policy_no,
    "保单年度": lambda row: str(row.policy_year),
    "应缴日期": lambda row: _day(row.due_date),
    "应缴保费(元)": lambda row: yuan(row.due_fen),
    "实收日期": lambda row: _day(row.received_date),
    "实收保费(元)": lambda row: "" if row.received_fen is None else yuan(row.received_fen),
    "收据号": lambda row: row.receipt_no or "",
    "币种": lambda row: CURRENCIES[row.currency],
    "收费状态": lambda row: "已收" if row.received_date else "未收",
}
_BATCH_COLUMNS: dict[str, _Cell] = {
    "批次号": lambda batch: batch.batch_no,
    "结算期间": lambda _: PERIOD,
    "截止日期": lambda batch: _day(batch.cutoff_date),
    "笔数": lambda batch: str(len(batch.lines)),
    "结算金额(元)": lambda batch: yuan(batch.cover_total_fen),
    "含税": lambda _: "含税",
}
POLICY_HEADERS = ["序号", *_POLICY_COLUMNS, ACTION]
PREMIUM_HEADERS = ["序号", *_PREMIUM_COLUMNS]
STATEMENT_HEADERS = [*_BATCH_COLUMNS, ACTION]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a paged list; ``total_label`` and ``total_fen`` cover all pages."""

    headers: Sequence[str]
    rows: list[list[str]]
    subtotal: list[str]
    row_count: int
    page_no: int
    page_count: int
    total_label: str
    total_fen: int


def policy_page(brokerage: Brokerage, first: date | None, last: date | None, page_no: int) -> ListPage:
    """Policies issued between two days."""
    found = [p for p in brokerage.policies if _within(p.issue_date, first, last)]
    shown, page_no, page_count, offset = _cut(found, page_no)
    subtotal = sum(policy.annual_premium_fen for policy in shown)
    return ListPage(
        headers=POLICY_HEADERS,
        rows=_cells(_POLICY_COLUMNS, shown, offset + 1),
        subtotal=_subtotal(POLICY_HEADERS, {"年缴保费(元)": subtotal}),
        row_count=len(found),
        page_no=page_no,
        page_count=page_count,
        total_label="年缴保费合计",
        total_fen=sum(policy.annual_premium_fen for policy in found),
    )


def premium_page(brokerage: Brokerage, first: date | None, last: date | None, page_no: int) -> ListPage:
    """Premium rows due between two days."""
    found = [p for p in brokerage.premiums if _within(p.due_date, first, last)]
    shown, page_no, page_count, offset = _cut(found, page_no)
    sums = {
        "应缴保费(元)": sum(row.due_fen for row in shown),
        "实收保费(元)": sum(row.received_fen or 0 for row in shown),
    }
    return ListPage(
        headers=PREMIUM_HEADERS,
        rows=_cells(_PREMIUM_COLUMNS, shown, offset + 1),
        subtotal=_subtotal(PREMIUM_HEADERS, sums),
        row_count=len(found),
        page_no=page_no,
        page_count=page_count,
        total_label="实收保费合计",
        total_fen=sum(row.received_fen or 0 for row in found),
    )


def statement_rows(brokerage: Brokerage, period: str) -> list[list[str]]:
    """The batches of a month (``202610``) without the last column, which is a link."""
    if period != PERIOD.replace("-", ""):
        return []
    return [[cell(batch) for cell in _BATCH_COLUMNS.values()] for batch in brokerage.batches]


def batch_by_no(brokerage: Brokerage, batch_no: str) -> Batch | None:
    """The batch with that number."""
    return brokerage.batches[BATCH_NOS.index(batch_no)] if batch_no in BATCH_NOS else None


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _cut(found: list[_Row], page_no: int) -> tuple[list[_Row], int, int, int]:
    page_count = max(1, -(-len(found) // PAGE_SIZE))
    page_no = min(max(page_no, 1), page_count)
    offset = (page_no - 1) * PAGE_SIZE
    return found[offset : offset + PAGE_SIZE], page_no, page_count, offset


def _subtotal(headers: Sequence[str], sums: dict[str, int]) -> list[str]:
    """Cells of the page's last row, the first of them the label."""
    cells = [yuan(sums[header]) if header in sums else "" for header in headers]
    return ["本页小计", *cells[1:]]


def _cells(columns: dict[str, _Cell], shown: Sequence[Any], first_number: int) -> list[list[str]]:
    return [
        [str(number), *(cell(row) for cell in columns.values())]
        for number, row in enumerate(shown, first_number)
    ]
