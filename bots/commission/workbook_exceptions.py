"""Sheet 异常: every break, largest first, with its sentence, action and a place to decide."""

from typing import Any

from bots.commission.reconciling import Reconciliation
from bots.commission.sentences import ITEM_LABELS
from bots.commission.workbook_cells import Pen, text_height, yuan
from bots.commission.workbook_tables import (
    Column,
    Placed,
    set_up_print,
    set_widths,
    write_table,
    write_totals,
)

SHEET = "异常"
CLASS, OWN, STATEMENT, BANK, DIFFERENCE = 2, 8, 9, 10, 11
_SENTENCE, _ACTION, _DECISION = 12, 13, 14
_SEVERITY_LOOKS = {"高": "bad", "中": "warn", "低": "center"}
_HEADER_ROW = 4


def write_exceptions(pen: Pen, sheet: Any, result: Reconciliation) -> Placed:
    """All breaks as a filtered table; returns where its rows stand."""
    breaks = result.breaks
    columns = _columns(result)
    pen.put(sheet, 0, 0, f"异常  {result.period.text}", "sheet_title")
    note = f"共 {len(breaks)} 笔，按差额绝对值从大到小；差额 = 结算单（或银行）- 我方（或批次列表）。黄色一栏填处理意见。"
    pen.put(sheet, 1, 0, note, "note")
    placed = write_table(pen, sheet, _HEADER_ROW, columns)
    money = {OWN: "own_fen", STATEMENT: "statement_fen", BANK: "bank_fen", DIFFERENCE: "difference_fen"}
    totals = {number: yuan(breaks[name].sum()) or 0.0 for number, name in money.items()}
    write_totals(pen, sheet, 2, placed, columns, totals)
    set_widths(sheet, columns)
    _fit_rows(sheet, columns)
    sheet.data_validation(
        placed.first_row,
        _DECISION,
        placed.last_row,
        _DECISION,
        {"validate": "list", "source": ["同意", "调整", "挂账", "驳回"], "ignore_blank": True},
    )
    sheet.autofilter(_HEADER_ROW, 0, placed.last_row, len(columns) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 4)
    sheet.set_row(0, 26)
    set_up_print(sheet, f"佣金对账 {result.period.text} 异常", landscape=True, header_row=_HEADER_ROW)
    # The id is for the machine; on paper it would only shrink the sentence.
    sheet.print_area(0, 0, placed.last_row, _DECISION)
    return placed


def _columns(result: Reconciliation) -> list[Column]:
    breaks = result.breaks
    wordings = [result.wordings[name] for name in breaks["break_class"]]
    severities = [wording.severity for wording in wordings]
    whole = breaks[["policy_year", "line_no"]].astype("object")
    whole = whole.where(whole.notna(), None)
    return [
        Column("序号", 5, "center", range(1, len(breaks) + 1)),
        Column("轻重", 5.5, "center", severities, [_SEVERITY_LOOKS[name] for name in severities]),
        Column("类别", 14, "text", [wording.label for wording in wordings]),
        Column("保单号", 16, "text", [name or "" for name in breaks["policy_no"]]),
        Column("年度", 5.5, "integer", list(whole["policy_year"])),
        Column("佣金类型", 9, "center", [ITEM_LABELS.get(name, "") for name in breaks["item_type"]]),
        Column("批次", 13, "center", [name or "" for name in breaks["batch_no"]]),
        Column("行号", 5.5, "integer", list(whole["line_no"])),
        Column("我方应收", 13, "money", [yuan(fen) for fen in breaks["own_fen"]]),
        Column("结算单", 13.5, "money", [yuan(fen) for fen in breaks["statement_fen"]]),
        Column("银行", 13.5, "money", [yuan(fen) for fen in breaks["bank_fen"]]),
        Column("差额", 13, "difference", [yuan(fen) for fen in breaks["difference_fen"]]),
        Column("说明", 62, "wrap", list(breaks["sentence"])),
        Column("建议处理", 28, "wrap", list(breaks["suggested_action"])),
        Column("处理意见", 10, "input", [None] * len(breaks)),
        Column("差异编号", 18, "id", list(breaks["break_id"])),
    ]


def _fit_rows(sheet: Any, columns: list[Column]) -> None:
    told = zip(columns[_SENTENCE].values, columns[_ACTION].values, strict=True)
    for offset, (sentence, action) in enumerate(told, start=1):
        needed = max(
            text_height(sentence, columns[_SENTENCE].width), text_height(action, columns[_ACTION].width)
        )
        sheet.set_row(_HEADER_ROW + offset, needed)
    sheet.set_row(_HEADER_ROW, 20)
