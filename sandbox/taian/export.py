"""The exported statement: an HTML table that calls itself .xls."""

from sandbox.amounts import bracketed_yuan, percent, yuan
from sandbox.records import Batch, StatementLine
from sandbox.scene import PERIOD
from sandbox.switches import Switches
from sandbox.taian.rendering import drop_column, render_gbk
from sandbox.taian.tables import CURRENCIES

HEADERS = (
    "序号 保单号 产品代码 保单年度 佣金类型 批单号 业务员工号 分成比例 保费(元) 费率 佣金金额(元) 币种 备注"
).split()
ITEM_TYPES = {"FYC": "首期佣金", "RYC": "续期佣金"}


def export_name(batch_no: str) -> str:
    """File name that the portal suggests."""
    return f"佣金结算单_{batch_no}.xls"


def export_file(batch: Batch, switches: Switches) -> bytes:
    """The file's bytes in GBK; its footer is the sum of its lines."""
    rows = [_cells(line) for line in batch.lines]
    headers, rows = drop_column(HEADERS, rows, switches.missing_column)
    total = batch.lines_total_fen + switches.statement_footer_off_fen
    raw = render_gbk("export.html", batch=batch, period=PERIOD, headers=headers, rows=rows, total=yuan(total))
    return raw[: len(raw) // 2] if switches.statement_truncated else raw


def _cells(line: StatementLine) -> list[str]:
    return [
        str(line.line_no),
        line.policy_no,
        line.product_code,
        str(line.policy_year),
        ITEM_TYPES[line.item_type],
        line.endorsement_no,
        line.agent_no,
        percent(line.share_bp),
        bracketed_yuan(line.premium_fen),
        percent(line.rate_bp),
        bracketed_yuan(line.amount_fen),
        CURRENCIES[line.currency],
        line.remark,
    ]
