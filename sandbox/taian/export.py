"""The exported statement: an HTML table that calls itself .xls."""

from collections.abc import Callable

from sandbox.amounts import bracketed_yuan, percent, yuan
from sandbox.portal_faults import PortalFaults
from sandbox.records import Batch, StatementLine
from sandbox.scene import PERIOD
from sandbox.taian.rendering import render_gbk, spoil_columns
from sandbox.taian.tables import CURRENCIES

ITEM_TYPES = {"FYC": "首期佣金", "RYC": "续期佣金"}
_AMOUNT = "佣金金额(元)"

_COLUMNS: dict[str, Callable[[StatementLine], str]] = {
    "序号": lambda line: str(line.line_no),
    "保单号": lambda line: line.policy_no,
    "产品代码": lambda line: line.product_code,
    "保单年度": lambda line: str(line.policy_year),
    "佣金类型": lambda line: ITEM_TYPES[line.item_type],
    "批单号": lambda line: line.endorsement_no,
    "业务员工号": lambda line: line.agent_no,
    "分成比例": lambda line: percent(line.share_bp),
    "保费(元)": lambda line: bracketed_yuan(line.premium_fen),
    "费率": lambda line: percent(line.rate_bp),
    _AMOUNT: lambda line: bracketed_yuan(line.amount_fen),
    "币种": lambda line: CURRENCIES[line.currency],
    "备注": lambda line: line.remark,
}


def export_name(batch_no: str) -> str:
    """File name that the portal suggests."""
    return f"佣金结算单_{batch_no}.xls"


def export_file(batch: Batch, faults: PortalFaults) -> bytes:
    """The file's bytes in GBK; its footer tells its lines' number and sum, truly or not."""
    rows = [[cell(line) for cell in _COLUMNS.values()] for line in batch.lines]
    headers, rows = spoil_columns(list(_COLUMNS), rows, faults)
    raw = render_gbk(
        "export.html",
        batch=batch,
        period=PERIOD,
        headers=headers,
        rows=rows,
        count=len(rows) + (faults.wrong_total == "count"),
        total=yuan(batch.lines_total_fen + 100 * (faults.wrong_total == "amount")),
        total_place=next(place for place, header in enumerate(headers) if _AMOUNT in header),
    )
    return raw[: len(raw) // 2] if faults.half_download else raw
