"""The grids' columns: title, key in the JSON, how the page writes the value; and what faults do to them."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sandbox.portal_faults import PortalFaults

CURRENCIES = {"CNY": "人民币", "HKD": "港元"}
STATUS_CODES = {"in_force": "01", "cooling_off_cancelled": "02", "surrendered": "03", "lapsed": "04"}
STATUSES = {"01": "有效", "02": "犹豫期退保", "03": "退保", "04": "失效"}


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` is number, text, date, yuan, fen, term, code or action; ``fixed`` l or r."""

    title: str
    field: str
    kind: str = "text"
    width: int = 100
    group: str = ""
    fixed: str = ""
    codes: dict[str, str] = field(default_factory=dict)


_NUMBER = Column("序号", "number", "number", 50, fixed="l")
_ACTION = Column("操作", "action", "action", 70, fixed="r")
_EXTRA = Column("渠道标识", "channelFlag", width=90)
POLICY_COLUMNS = (
    _NUMBER,
    Column("保单号", "policyNo", width=140, fixed="l"),
    Column("产品代码", "productCode", width=80),
    Column("产品名称", "productName", width=190),
    Column("投保人", "holderName", width=80),
    Column("被保险人", "insuredName", width=80),
    Column("缴费年期", "payYears", "term", 70),
    Column("承保日期", "issueDate", "date", 95),
    Column("生效日期", "effectiveDate", "date", 95),
    Column("年缴保费(元)", "annualPremium", "yuan", 120, group="保费"),
    Column("已缴保费(元)", "paidPremium", "yuan", 120, group="保费"),
    Column("币种", "currency", "code", 70, codes=CURRENCIES),
    Column("业务员工号", "agentNo", width=90),
    Column("保单状态", "status", "code", 90, codes=STATUSES),
    Column("状态日期", "statusDate", "date", 95),
    Column("保全", "hasEndor", "code", 50, codes={"1": "有", "0": "无"}),
    Column("备注", "remark", width=160),
    _ACTION,
)
PREMIUM_COLUMNS = (
    _NUMBER,
    Column("保单号", "policy_no", width=140, fixed="l"),
    Column("保单年度", "policy_year", width=80),
    Column("应缴日期", "due_date", "date", 100),
    Column("应缴保费(元)", "premium_due", "fen", 130, group="保费"),
    Column("实收保费(元)", "premium_received", "fen", 130, group="保费"),
    Column("实收日期", "received_date", "date", 100),
    Column("收据号", "receipt_no", width=150),
    Column("币种", "currency", "code", 80, codes=CURRENCIES),
    Column("收费状态", "is_received", "code", 80, codes={"1": "已收", "0": "未收"}),
    _ACTION,
)


def grid_columns(columns: tuple[Column, ...], faults: PortalFaults) -> list[dict[str, Any]]:
    """What the page's script draws, as plain data."""
    shown = [_renamed(column, faults) for column in columns if column.title != faults.missing_column]
    if faults.extra_column:
        shown.insert(len(shown) - 1, _EXTRA)
    return [asdict(column) for column in shown]


def grid_rows(
    rows: list[dict[str, Any]], columns: tuple[Column, ...], faults: PortalFaults
) -> list[dict[str, Any]]:
    """The JSON rows with the same faults as the grid."""
    names = {column.field: _renamed(column, faults).field for column in columns}
    gone = {column.field for column in columns if column.title == faults.missing_column}
    extra = {_EXTRA.field: "A"} if faults.extra_column else {}
    return [{names[key]: row[key] for key in row if key not in gone} | extra for row in rows]


def _renamed(column: Column, faults: PortalFaults) -> Column:
    if column.title != faults.renamed_column:
        return column
    return replace(column, title=f"{column.title}（新）", field=f"{column.field}New")
