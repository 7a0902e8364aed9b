"""Blocks of sheet 汇总: by class of break and by product, each figure a formula over 异常 or 明细."""

from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission import workbook_detail, workbook_exceptions
from bots.commission.classes import BANK_CLASSES, BATCH_CLASSES, ITEM_CLASSES, BreakClass
from bots.commission.reconciling import Reconciliation
from bots.commission.workbook_cells import Formula, Pen, count_exact, ratio, sum_exact, yuan, yuan_sum
from bots.commission.workbook_tables import Placed, name_cell, span, start_block
from bots.money import BASIS_POINTS

_LEVELS = (
    ("保单", ITEM_CLASSES, "保单差异合计"),
    ("批次", BATCH_CLASSES, "批次差异合计"),
    ("银行", BANK_CLASSES, "银行差异合计"),
)


def write_classes(pen: Pen, sheet: Any, row: int, result: Reconciliation, exceptions: Placed) -> int:
    """Classes that occur, by level with a subtotal each; returns the next free row."""
    titles = ["层级", "差异类别", "轻重", "笔数", "我方应收", "结算单", "银行", "差额"]
    row = start_block(pen, sheet, row, "按差异类别", titles)
    for level, classes, name in _LEVELS:
        found = result.breaks[result.breaks["break_class"].isin([str(c) for c in classes])]
        first = row
        for break_class in [str(c) for c in BreakClass if str(c) in set(found["break_class"])]:
            wording = result.wordings[break_class]
            pen.put(sheet, row, 0, level, "center")
            pen.put(sheet, row, 1, wording.label, "text")
            pen.put(sheet, row, 2, wording.severity, workbook_exceptions.SEVERITY_LOOKS[wording.severity])
            _write_class_sums(pen, sheet, row, found[found["break_class"] == break_class], exceptions)
            row += 1
        _write_level_total(pen, sheet, (first, row), level, found)
        name_cell(pen, sheet, name, row, 7)
        row += 1
    return row


_SUMMED = {
    4: ("own_fen", workbook_exceptions.OWN),
    5: ("statement_fen", workbook_exceptions.STATEMENT),
    6: ("bank_fen", workbook_exceptions.BANK),
    7: ("difference_fen", workbook_exceptions.DIFFERENCE),
}


def _write_class_sums(pen: Pen, sheet: Any, row: int, found: pd.DataFrame, exceptions: Placed) -> None:
    where, label = exceptions.column(workbook_exceptions.CLASS), xl_rowcol_to_cell(row, 1)
    pen.put(sheet, row, 3, Formula(count_exact(where, label), len(found)), "integer")
    for number, (column, source) in _SUMMED.items():
        total = sum_exact(exceptions.column(source), (where, label))
        value = yuan_sum(found[column])
        look = "difference" if column == "difference_fen" else "money"
        pen.put(sheet, row, number, Formula(total, value), look)


def _write_level_total(pen: Pen, sheet: Any, rows: tuple[int, int], level: str, found: pd.DataFrame) -> None:
    first, row = rows
    for number in range(8):
        pen.put(sheet, row, number, f"{level}小计" if number == 0 else None, "total_text")
    has_rows = row > first
    count = Formula(f"=SUM({span(first, row - 1, 3)})" if has_rows else "=0", len(found))
    pen.put(sheet, row, 3, count, "total_integer")
    for number, (column, _) in _SUMMED.items():
        text = f"=ROUND(SUM({span(first, row - 1, number)}),2)" if has_rows else "=0"
        look = "total_difference" if column == "difference_fen" else "total_money"
        pen.put(sheet, row, number, Formula(text, yuan_sum(found[column])), look)


def write_products(pen: Pen, sheet: Any, row: int, result: Reconciliation, detail: Placed) -> int:
    """Products with items due; returns the next free row."""
    titles = ["产品", "", "", "笔数", "应收佣金", "可发放", "暂挂", "可发放占比"]
    first = row = start_block(pen, sheet, row, "按产品", titles)
    products = result.items["product_name"]
    for product in sorted(products.unique()):
        items = result.items[products == product]
        sheet.merge_range(row, 0, row, 2, "", pen.look("text"))
        pen.put(sheet, row, 0, product, "text")
        where, cell = detail.column(workbook_detail.PRODUCT), xl_rowcol_to_cell(row, 0)
        pen.put(sheet, row, 3, Formula(count_exact(where, cell), len(items)), "integer")
        own, state = detail.column(workbook_detail.OWN), detail.column(workbook_detail.STATE)
        payable = int(items.loc[items["state"] == "payable", "own_fen"].sum())
        held = int(items["own_fen"].sum()) - payable
        for number, label, fen in ((5, "可发放", payable), (6, "暂挂", held)):
            total = sum_exact(own, (where, cell), (state, f'"{label}"'))
            pen.put(sheet, row, number, Formula(total, yuan(fen)), "money")
        _write_sum_and_share(pen, sheet, row, (payable, held), ("money", "percent"))
        row += 1
    _write_product_total(pen, sheet, first, row, result)
    return row + 1


def _write_sum_and_share(
    pen: Pen, sheet: Any, row: int, fens: tuple[int, int], looks: tuple[str, str]
) -> None:
    payable, held = fens
    both, left, right = (xl_rowcol_to_cell(row, number) for number in (4, 5, 6))
    pen.put(sheet, row, 4, Formula(f"=ROUND({left}+{right},2)", yuan(payable + held)), looks[0])
    share = ratio(share_in_bp(payable, payable + held))
    pen.put(sheet, row, 7, Formula(f"=IF({both}=0,0,ROUND({left}/{both},4))", share), looks[1])


def _write_product_total(pen: Pen, sheet: Any, first: int, row: int, result: Reconciliation) -> None:
    payable, held = result.controls["payable_fen"], result.controls["held_fen"]
    sheet.merge_range(row, 0, row, 2, "", pen.look("total_text"))
    pen.put(sheet, row, 0, "合计", "total_text")
    has_rows = row > first
    count = Formula(f"=SUM({span(first, row - 1, 3)})" if has_rows else "=0", len(result.items))
    pen.put(sheet, row, 3, count, "total_integer")
    for number, fen in ((5, payable), (6, held)):
        text = f"=ROUND(SUM({span(first, row - 1, number)}),2)" if has_rows else "=0"
        pen.put(sheet, row, number, Formula(text, yuan(fen)), "total_money")
    _write_sum_and_share(pen, sheet, row, (payable, held), ("total_money", "total_percent"))
    name_cell(pen, sheet, "可发放合计", row, 5)
    name_cell(pen, sheet, "暂挂合计", row, 6)


def share_in_bp(part_fen: int, whole_fen: int) -> int:
    """``part / whole`` in basis points, HALF_UP; 0 of nothing."""
    return (2 * part_fen * BASIS_POINTS + whole_fen) // (2 * whole_fen) if whole_fen else 0
