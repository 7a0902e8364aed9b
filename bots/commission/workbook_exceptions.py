"""Sheet 异常: every break, largest first, with its sentence, action and a place to decide."""

from typing import Any

from bots.commission.classes import BANK_CLASSES, BATCH_CLASSES, ITEM_CLASSES
from bots.commission.reconciling import Reconciliation
from bots.commission.sentences import ITEM_LABELS
from bots.commission.workbook_cells import Formula, Pen, text_height, yuan, yuan_or_blank, yuan_sum
from bots.commission.workbook_tables import (
    Column,
    Placed,
    set_up_print,
    set_widths,
    total_of_filtered,
    write_table,
    write_total_row,
)

SHEET = "异常"
ID = 16
LEVEL, CLASS, OWN, STATEMENT, BANK, DIFFERENCE = 1, 3, 9, 10, 11, 12
_SENTENCE, _ACTION, _DECISION = 13, 14, 15
_MONEY = {OWN: "own_fen", STATEMENT: "statement_fen", BANK: "bank_fen", DIFFERENCE: "difference_fen"}
SEVERITY_LOOKS = {"高": "bad", "中": "warn", "低": "center"}
_HEADER_ROW = 4


def write_exceptions(pen: Pen, sheet: Any, result: Reconciliation) -> Placed:
    """All breaks as a filtered table; returns where its rows stand."""
    breaks = result.breaks
    columns = _columns(result)
    pen.put(sheet, 0, 0, f"异常  {result.period.text}", "sheet_title")
    note = (
        f"共 {len(breaks)} 笔，按差额绝对值从大到小。差额：保单级 = 结算单 - 我方应收，"
        "批次级 = 明细 - 批次列表，银行级 = 银行 - 批次列表。黄色一栏填处理意见。"
    )
    pen.put(sheet, 1, 0, note, "note")
    placed = write_table(pen, sheet, _HEADER_ROW, columns)
    # Levels do not add up to anything: only the policies' total is a figure of its own.
    of_items = breaks[breaks["break_class"].isin([str(name) for name in ITEM_CLASSES])]
    where = placed.column(LEVEL)
    totals = {
        number: Formula(f'=ROUND(SUMIFS({placed.column(number)},{where},"保单"),2)', yuan_sum(of_items[name]))
        for number, name in _MONEY.items()
    }
    write_total_row(pen, sheet, 2, label="保单级合计", columns=columns, totals=totals)
    filtered = total_of_filtered(placed, {number: yuan_sum(breaks[name]) for number, name in _MONEY.items()})
    write_total_row(pen, sheet, 3, label="筛选合计（先按层级筛选）", columns=columns, totals=filtered)
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
    sheet.freeze_panes(_HEADER_ROW + 1, 5)
    sheet.set_row(0, 26)
    set_up_print(sheet, f"佣金对账 {result.period.text} 异常", landscape=True, header_row=_HEADER_ROW)
    # The id is for the machine; on paper it would only shrink the sentence.
    sheet.print_area(0, 0, placed.last_row, _DECISION)
    return placed


def level_of(break_class: str) -> str:
    """保单, 批次 or 银行: what a class of break is about."""
    if break_class in BATCH_CLASSES:
        return "批次"
    return "银行" if break_class in BANK_CLASSES else "保单"


def _columns(result: Reconciliation) -> list[Column]:
    breaks = result.breaks
    wordings = [result.wordings[name] for name in breaks["break_class"]]
    severities = [wording.severity for wording in wordings]
    whole = breaks[["policy_year", "line_no"]].astype("object")
    whole = whole.where(whole.notna(), None)
    return [
        Column("序号", 4.5, "center", range(1, len(breaks) + 1)),
        Column("层级", 5, "center", [level_of(name) for name in breaks["break_class"]]),
        Column("轻重", 5, "center", severities, [SEVERITY_LOOKS[name] for name in severities]),
        Column("类别", 14, "text", [wording.label for wording in wordings]),
        Column("保单号", 16, "text", [name or "" for name in breaks["policy_no"]]),
        Column("年度", 5, "integer", list(whole["policy_year"])),
        Column("佣金类型", 9, "center", [ITEM_LABELS.get(name, "") for name in breaks["item_type"]]),
        Column("批次", 13, "center", [name or "" for name in breaks["batch_no"]]),
        Column("行号", 5, "integer", list(whole["line_no"])),
        Column("我方应收", 13, "money", [yuan_or_blank(fen) for fen in breaks["own_fen"]]),
        Column("结算单", 13.5, "money", [yuan_or_blank(fen) for fen in breaks["statement_fen"]]),
        Column("银行", 13.5, "money", [yuan_or_blank(fen) for fen in breaks["bank_fen"]]),
        Column("差额", 13, "difference", [yuan(fen) for fen in breaks["difference_fen"]]),
        Column("说明", 60, "wrap", list(breaks["sentence"])),
        Column("建议处理", 26, "wrap", list(breaks["suggested_action"])),
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
