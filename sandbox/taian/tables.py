"""What the portal's list pages show: headers, cells and totals as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sandbox.amounts import yuan
from sandbox.brokerage import Brokerage
from sandbox.records import Batch, Policy, Premium
from sandbox.scene import PERIOD
from sandbox.statements import BATCH_NOS

_Row = TypeVar("_Row")

PAGE_SIZE = 100
CURRENCIES = {"CNY": "人民币", "HKD": "港元"}
STATUSES = {
    "in_force": "有效",
    "cooling_off_cancelled": "犹豫期退保",
    "surrendered": "退保",
    "lapsed": "失效",
}
POLICY_HEADERS = (
    "序号 保单号 产品代码 产品名称 投保人 证件号码 手机号码 被保险人 缴费年期 承保日期 生效日期 回执日期 回访日期 "
    "回访结果 年缴保费(元) 币种 业务员工号 保单状态 状态日期 保全 操作"
).split()
PREMIUM_HEADERS = (
    "序号 保单号 保单年度 应缴日期 应缴保费(元) 实收日期 实收保费(元) 收据号 币种 收费状态"
).split()
STATEMENT_HEADERS = "批次号 结算期间 截止日期 笔数 结算金额(元) 含税 操作".split()


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
        rows=[_policy_cells(number, policy) for number, policy in enumerate(shown, offset + 1)],
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
        rows=[_premium_cells(number, row) for number, row in enumerate(shown, offset + 1)],
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
    return [_batch_cells(batch) for batch in brokerage.batches]


def batch_by_no(brokerage: Brokerage, batch_no: str) -> Batch | None:
    """The batch with that number."""
    return brokerage.batches[BATCH_NOS.index(batch_no)] if batch_no in BATCH_NOS else None


def shares_text(policy: Policy) -> str:
    """``A001`` or ``A001:60%/A007:40%``."""
    if len(policy.shares) == 1:
        return policy.shares[0][0]
    return "/".join(f"{agent_no}:{share_bp // 100}%" for agent_no, share_bp in policy.shares)


def pay_text(pay_years: int) -> str:
    """The pay term in words."""
    return f"{pay_years}年" if pay_years else "趸交"


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


def _policy_cells(number: int, policy: Policy) -> list[str]:
    return [
        str(number),
        policy.policy_no,
        policy.product.product_code,
        policy.product.product_name,
        policy.policyholder.name,
        policy.policyholder.id_no,
        policy.policyholder.phone,
        policy.insured_name,
        pay_text(policy.pay_years),
        *map(_day, (policy.issue_date, policy.effective_date, policy.receipt_date, policy.return_visit_date)),
        policy.return_visit_result,
        yuan(policy.annual_premium_fen),
        CURRENCIES[policy.currency],
        shares_text(policy),
        STATUSES[policy.status],
        _day(policy.status_date),
        "有" if policy.endorsements else "无",
    ]


def _premium_cells(number: int, row: Premium) -> list[str]:
    return [
        str(number),
        row.policy_no,
        str(row.policy_year),
        _day(row.due_date),
        yuan(row.due_fen),
        _day(row.received_date),
        "" if row.received_fen is None else yuan(row.received_fen),
        row.receipt_no or "",
        CURRENCIES[row.currency],
        "已收" if row.received_date else "未收",
    ]


def _batch_cells(batch: Batch) -> list[str]:
    count = str(len(batch.lines))
    return [batch.batch_no, PERIOD, _day(batch.cutoff_date), count, yuan(batch.cover_total_fen), "含税"]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
