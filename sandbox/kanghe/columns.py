"""Titles and cells of the portal's tables, and what the faults do to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.amounts import percent, yuan
from sandbox.kanghe.records import BatchRecord, LineRecord, PolicyRecord
from sandbox.portal_faults import PortalFaults

EXTRA_TITLE, EXTRA_CELL = "渠道标识", "ZJ"
PREMIUM = "年缴保费(元)"
AMOUNT = "佣金金额(元)"
CURRENCIES = {"CNY": "人民币", "HKD": "港元"}
STATUSES = {
    "in_force": "有效",
    "cooling_off_cancelled": "犹豫期退保",
    "surrendered": "退保",
    "lapsed": "失效",
}
ITEM_TYPES = {"FYC": "首年佣金", "RYC": "续年佣金"}
_Cells = dict[str, Callable[[Any], str]]


def day_text(day: date | None) -> str:
    """``2026/10/1``; nothing for no day."""
    return f"{day.year}/{day.month}/{day.day}" if day else ""


def pay_text(policy: PolicyRecord) -> str:
    """The pay term in words."""
    return f"{policy.pay_years}年" if policy.pay_years else "趸交"


def shares_text(policy: PolicyRecord) -> str:
    """``A001`` or ``A001:60%/A007:40%``."""
    if len(policy.shares) == 1:
        return policy.shares[0][0]
    return "/".join(f"{agent_no}:{share_bp // 100}%" for agent_no, share_bp in policy.shares)


def masked_account(policy: PolicyRecord) -> str:
    """``629999*********1234``."""
    account = policy.bank_account
    return f"{account[:6]}{'*' * (len(account) - 10)}{account[-4:]}" if account else ""


POLICY_CELLS: _Cells = {
    "保单号": lambda policy: policy.policy_no,
    "产品代码": lambda policy: policy.product_code,
    "产品名称": lambda policy: policy.product_name,
    "投保人": lambda policy: policy.policyholder.name,
    "证件号码": lambda policy: policy.policyholder.id_no,
    "手机号码": lambda policy: policy.policyholder.phone,
    "被保险人": lambda policy: policy.insured_name,
    "缴费年期": pay_text,
    "承保日期": lambda policy: day_text(policy.issue_date),
    "生效日期": lambda policy: day_text(policy.effective_date),
    PREMIUM: lambda policy: yuan(policy.annual_premium_fen),
    "币种": lambda policy: CURRENCIES[policy.currency],
    "业务员工号": shares_text,
    "保单状态": lambda policy: STATUSES[policy.status],
    "状态日期": lambda policy: day_text(policy.status_date),
}
DETAIL_CELLS: _Cells = {
    "保单号": lambda policy: policy.policy_no,
    "保单状态": lambda policy: STATUSES[policy.status],
    "产品名称": lambda policy: policy.product_name,
    "投保人": lambda policy: policy.policyholder.name,
    "回执日期": lambda policy: day_text(policy.receipt_date),
    "回访日期": lambda policy: day_text(policy.return_visit_date),
    "回访结果": lambda policy: policy.return_visit_result,
    "投保人地址": lambda policy: policy.address,
    "银行账号": masked_account,
    PREMIUM: lambda policy: yuan(policy.annual_premium_fen),
    "备注": lambda policy: policy.remark,
    "批改记录": lambda _: "无",
}
BATCH_CELLS: _Cells = {
    "批次号": lambda batch: batch.batch_no,
    "结算月份": lambda batch: batch.period,
    "截止日期": lambda batch: day_text(batch.cutoff_date),
    "笔数": lambda batch: str(len(batch.lines)),
    "结算金额(元)": lambda batch: yuan(batch.total_fen),
    "含税": lambda _: "含税",
}
LINE_CELLS: _Cells = {
    "序号": lambda line: str(line.line_no),
    "保单号": lambda line: line.policy_no,
    "产品代码": lambda line: line.product_code,
    "保单年度": lambda line: str(line.policy_year),
    "佣金类型": lambda line: ITEM_TYPES[line.item_type],
    "批单号": lambda line: line.endorsement_no,
    "业务员工号": lambda line: line.agent_no,
    "分成比例": lambda line: percent(line.share_bp),
    "保费(元)": lambda line: yuan(line.premium_fen),
    "费率": lambda line: percent(line.rate_bp),
    AMOUNT: lambda line: yuan(line.amount_fen),
    "币种": lambda line: CURRENCIES[line.currency],
    "备注": lambda line: line.remark,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The titles that a table shows just now; ``keys`` are those of a good day, None for a stranger."""

    keys: tuple[str | None, ...]
    titles: tuple[str, ...]

    def row(self, cells: dict[str, Any], stranger: str = EXTRA_CELL) -> list[Any]:
        """The shown cells of one row, in order; a title without a cell is empty."""
        return [stranger if key is None else cells.get(key, "") for key in self.keys]


def shown_columns(titles: Sequence[str], faults: PortalFaults) -> Columns:
    """One title may be missing or renamed, one that nobody knows may stand at the end."""
    keys: list[str | None] = [title for title in titles if title != faults.missing_column]
    if faults.extra_column:
        keys.append(None)
    names = [f"新{key}" if key and key == faults.renamed_column else key or EXTRA_TITLE for key in keys]
    return Columns(tuple(keys), tuple(names))


def cells_of(cells: _Cells, record: PolicyRecord | LineRecord | BatchRecord) -> dict[str, str]:
    """A record's cells by title."""
    return {title: cell(record) for title, cell in cells.items()}


def printed_totals(count: int, total_fen: int, faults: PortalFaults) -> tuple[int, int]:
    """What a total line says: one row or one yuan more on a bad day."""
    return count + (faults.wrong_total == "count"), total_fen + 100 * (faults.wrong_total == "amount")
