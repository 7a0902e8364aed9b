"""Sheet 明细: every item due in the period, ours against the statement, payable or held."""

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission.comparing import MATCHED
from bots.commission.reconciling import Reconciliation
from bots.commission.sentences import ITEM_LABELS
from bots.commission.workbook_cells import Formula, Pen, ratio, yuan, yuan_sum
from bots.commission.workbook_tables import (
    Column,
    Placed,
    name_cell,
    set_up_print,
    set_widths,
    total_of_filtered,
    write_table,
    write_total_row,
)

SHEET = "明细"
PRODUCT, OWN, STATEMENT, DIFFERENCE, STATE = 1, 8, 9, 10, 11
STATE_LABELS = {"payable": "可发放", "held": "暂挂"}
STATE_LOOKS = {"payable": "good", "held": "warn"}
_HEADER_ROW = 4


def write_detail(pen: Pen, sheet: Any, result: Reconciliation) -> Placed:
    """All due items as a filtered table; returns where its rows stand."""
    items = result.items
    columns = _columns(result)
    pen.put(sheet, 0, 0, f"应收明细  {result.period.text}", "sheet_title")
    note = (
        f"本期条件全部满足的佣金共 {len(items)} 笔；差额 = 结算单 - 应收。"
        "暂挂的原因见“核对结果”，按差异编号可在“异常”表找到。"
    )
    pen.put(sheet, 1, 0, note, "note")
    placed = write_table(pen, sheet, _HEADER_ROW, columns)
    sums = {
        OWN: yuan_sum(items["own_fen"]),
        STATEMENT: yuan_sum(items["statement_fen"]),
        DIFFERENCE: yuan_sum(items["statement_fen"] - items["own_fen"]),
    }
    whole = {
        number: Formula(f"=ROUND(SUM({placed.column(number)}),2)", value) for number, value in sums.items()
    }
    write_total_row(pen, sheet, 2, label="全部合计", columns=columns, totals=whole)
    filtered = total_of_filtered(placed, sums)
    write_total_row(pen, sheet, 3, label="筛选合计", columns=columns, totals=filtered)
    name_cell(pen, sheet, "应收合计", 2, OWN)
    set_widths(sheet, columns)
    sheet.autofilter(_HEADER_ROW, 0, placed.last_row, len(columns) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 1)
    sheet.set_row(0, 26)
    sheet.set_row(_HEADER_ROW, 20)
    set_up_print(sheet, f"佣金对账 {result.period.text} 应收明细", landscape=True, header_row=_HEADER_ROW)
    sheet.print_area(0, 0, placed.last_row, len(columns) - 2)
    return placed


def _columns(result: Reconciliation) -> list[Column]:
    items = result.items
    labels = {str(name): wording.label for name, wording in result.wordings.items()}
    held = dict(zip(result.breaks["break_id"], result.breaks["break_class"].map(labels), strict=True))
    causes = [
        held.get(holder) or ("一致" if name == MATCHED else labels[name])
        for holder, name in zip(items["held_by"], items["break_class"], strict=True)
    ]
    states = list(items["state"])
    lines = items["line_no"].astype("object")
    return [
        Column("保单号", 16, "text", list(items["policy_no"])),
        Column("产品", 30, "text", list(items["product_name"])),
        Column("年度", 6, "integer", list(items["policy_year"])),
        Column("佣金类型", 10, "center", [ITEM_LABELS[name] for name in items["item_type"]]),
        Column("承保日期", 11, "date", list(items["issue_date"])),
        Column("可发放日", 11, "date", list(items["payable_date"])),
        Column("保费（元）", 14, "money", [yuan(fen) for fen in items["base_fen"]]),
        Column("费率", 8, "percent", [ratio(rate) for rate in items["rate_bp"]]),
        Column("应收（元）", 14, "money", [yuan(fen) for fen in items["own_fen"]]),
        Column("结算单（元）", 14, "money", [yuan(fen) for fen in items["statement_fen"]]),
        Column("差额（元）", 14, "difference", _differences(items)),
        Column(
            "状态", 8, "center", [STATE_LABELS[name] for name in states], [STATE_LOOKS[n] for n in states]
        ),
        Column("核对结果", 14, "text", causes),
        Column("批次", 13, "center", list(items["batch_no"].fillna(""))),
        Column("行号", 6, "integer", list(lines.where(lines.notna(), None))),
        Column("差异编号", 18, "id", list(items["held_by"])),
    ]


def _differences(items: Any) -> list[Formula]:
    own, statement = list(items["own_fen"]), list(items["statement_fen"])
    formulas = []
    for offset, (own_fen, statement_fen) in enumerate(zip(own, statement, strict=True), start=1):
        row = _HEADER_ROW + offset
        minuend, subtrahend = xl_rowcol_to_cell(row, STATEMENT), xl_rowcol_to_cell(row, OWN)
        value = yuan(statement_fen - own_fen)
        formulas.append(Formula(f"=ROUND({minuend}-{subtrahend},2)", value))
    return formulas
