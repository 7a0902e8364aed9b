"""What the grids are told: columns, rows as JSON texts, the file of a statement."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.amounts import percent, yuan
from sandbox.mingde.records import Premium, Statement, StatementLine
from sandbox.portal_faults import PortalFaults

CURRENCIES = {"CNY": "人民币", "HKD": "港元"}


@dataclass(frozen=True, slots=True)
class Column:
    """A grid's column; ``kind`` is text, money or rownumber."""

    title: str
    field: str
    width: int
    value: Callable[[Any], str | None]
    kind: str = "text"
    is_locked: bool = False

    def describe(self, title: str) -> dict[str, Any]:
        """As the page's script reads it."""
        return {
            "text": title,
            "dataIndex": self.field,
            "width": self.width,
            "kind": self.kind,
            "locked": self.is_locked,
        }


def plain(fen: int | None) -> str | None:
    """123450 -> ``1234.50``, as the answers carry money."""
    return None if fen is None else yuan(fen).replace(",", "")


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y%m%d}"


PREMIUM_COLUMNS = (
    Column("序号", "", 52, lambda _: None, "rownumber", is_locked=True),
    Column("保单号", "policyNo", 128, lambda row: row.policy_no, is_locked=True),
    Column("保单年度", "policyYear", 76, lambda row: str(row.policy_year)),
    Column("应缴日期", "dueDate", 84, lambda row: _day(row.due_date)),
    Column("应缴保费(元)", "dueAmount", 120, lambda row: plain(row.due_fen), "money"),
    Column("实收日期", "receivedDate", 84, lambda row: _day(row.received_date)),
    Column("实收保费(元)", "receivedAmount", 120, lambda row: plain(row.received_fen), "money"),
    Column("收据号", "receiptNo", 132, lambda row: row.receipt_no),
    Column("币种", "currency", 64, lambda row: CURRENCIES[row.currency]),
    Column("收费状态", "status", 84, lambda row: row.status),
    Column("备注", "remark", 260, lambda row: row.remark),
)
STATEMENT_COLUMNS = (
    Column("批次号", "batchNo", 130, lambda row: row.batch_no),
    Column("结算月份", "period", 90, lambda row: row.period),
    Column("截止日期", "cutoffDate", 90, lambda row: _day(row.cutoff_date)),
    Column("笔数", "lineCount", 70, lambda row: str(len(row.lines))),
    Column("结算金额(元)", "totalAmount", 130, lambda row: plain(row.total_fen), "money"),
    Column("状态", "status", 80, lambda row: row.status),
)
LINE_COLUMNS = (
    Column("序号", "lineNo", 44, lambda row: str(row.line_no)),
    Column("保单号", "policyNo", 110, lambda row: row.policy_no),
    Column("产品名称", "productName", 170, lambda row: row.product_name),
    Column("业务员", "agentName", 70, lambda row: row.agent_name),
    Column("佣金类型", "itemType", 80, lambda row: row.item_type),
    Column("保费(元)", "premium", 110, lambda row: plain(row.premium_fen), "money"),
    Column("费率", "rate", 70, lambda row: percent(row.rate_bp)),
    Column("佣金(元)", "amount", 100, lambda row: plain(row.amount_fen), "money"),
    Column("备注", "remark", 130, lambda row: row.remark),
)
RECEIPT_COLUMNS = (
    Column("保单号", "policyNo", 0, lambda row: row.policy_no),
    Column("保单年度", "policyYear", 0, lambda row: str(row.policy_year)),
    Column("实收日期", "receivedDate", 0, lambda row: _day(row.received_date)),
    Column("实收保费(元)", "receivedAmount", 0, lambda row: plain(row.received_fen), "money"),
    Column("收据号", "receiptNo", 0, lambda row: row.receipt_no),
)
_EXTRA = Column("渠道标识", "extField1", 90, lambda _: "QD01")


def shown_columns(columns: Sequence[Column], faults: PortalFaults) -> list[Column]:
    """The columns there are today."""
    shown = [column for column in columns if column.title != faults.missing_column]
    return [*shown, _EXTRA] if faults.extra_column else shown


def shown_title(column: Column, faults: PortalFaults) -> str:
    """A title, or the new name it got."""
    return f"新{column.title}" if column.title == faults.renamed_column else column.title


def describe(columns: Sequence[Column], faults: PortalFaults) -> list[dict[str, Any]]:
    """Columns for the page's script."""
    return [column.describe(shown_title(column, faults)) for column in shown_columns(columns, faults)]


def batch_of_rows(
    columns: Sequence[Column],
    rows: Sequence[Premium | Statement | StatementLine],
    faults: PortalFaults,
    page: int = 0,
) -> list[dict[str, str | None]]:
    """Rows of one answer; page 0 is never the short one."""
    shown = [column for column in shown_columns(columns, faults) if column.field]
    kept = rows[:-1] if page and faults.short_page == page else rows
    return [{column.field: column.value(row) for column in shown} for row in kept]


def statement_file(statement: Statement, faults: PortalFaults) -> bytes:
    """CSV in UTF-8 with BOM, CRLF, footer 合计; cells as they are, formula-like ones too."""
    columns = shown_columns(LINE_COLUMNS, faults)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([shown_title(column, faults) for column in columns])
    for line in statement.lines:
        writer.writerow([_cell(column, line) for column in columns])
    total_fen = statement.total_fen + 100 * (faults.wrong_total == "amount")
    sums = {"lineNo": "合计", "amount": yuan(total_fen)}
    writer.writerow([sums.get(column.field, "") for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _cell(column: Column, line: StatementLine) -> str:
    text = column.value(line) or ""
    return yuan(int(text.replace(".", ""))) if column.kind == "money" else text
