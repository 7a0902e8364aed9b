"""Sheet 汇总: by batch, by class of break, by product, and what was set aside; totals get names."""

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission import workbook_exceptions
from bots.commission.classes import BreakClass
from bots.commission.reconciling import Reconciliation
from bots.commission.workbook_breakdown import write_classes, write_products
from bots.commission.workbook_cells import Formula, Pen, sum_exact, yuan
from bots.commission.workbook_tables import Placed, name_cell, set_up_print, span, start_block

SHEET = "汇总"
_WIDTHS = (15, 18, 12, 9, 17, 17, 16, 17, 16, 18)


def write_summary(pen: Pen, sheet: Any, result: Reconciliation, exceptions: Placed, detail: Placed) -> None:
    """Four blocks one below the other; every figure is a formula over 异常 and 明细 or an input."""
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, width)
    pen.put(sheet, 0, 0, f"汇总  {result.period.text}", "sheet_title")
    sheet.set_row(0, 26)
    row = _write_batches(pen, sheet, 2, result, exceptions)
    row = write_classes(pen, sheet, row + 2, result, exceptions)
    sheet.set_h_pagebreaks([row + 1])
    row = write_products(pen, sheet, row + 2, result, detail)
    _write_set_aside(pen, sheet, row + 2, result)
    sheet.freeze_panes(1, 0)
    set_up_print(sheet, f"佣金对账 {result.period.text} 汇总", landscape=True)


def _write_batches(pen: Pen, sheet: Any, top: int, result: Reconciliation, exceptions: Placed) -> int:
    titles = [
        "保险公司",
        "批次",
        "截止日期",
        "笔数",
        "批次列表金额",
        "明细合计",
        "明细差异",
        "银行到账",
        "到账差异",
        "结论",
    ]
    first = start_block(pen, sheet, top, "按批次：列表、明细、银行三方", titles)
    batches = result.batches.to_dict("records")
    for row, batch in enumerate(batches, start=first):
        cover, lines, bank = (int(batch[name]) for name in ("cover_total_fen", "lines_total_fen", "bank_fen"))
        pen.put(sheet, row, 0, result.insurer_names[batch["insurer_slug"]], "text")
        pen.put(sheet, row, 1, batch["batch_no"], "text")
        pen.put(sheet, row, 2, batch["cutoff_date"], "date")
        pen.put(sheet, row, 3, batch["line_count"], "integer")
        for number, fen in ((4, cover), (5, lines), (7, bank)):
            pen.put(sheet, row, number, yuan(fen), "money")
        pen.put(sheet, row, 6, _minus(row, 5, 4, lines - cover), "difference")
        pen.put(sheet, row, 8, _minus(row, 7, 4, bank - cover), "difference")
        verdict, look = _judge(batch, result)
        pen.put(sheet, row, 9, verdict, look)
    return _write_batch_totals(pen, sheet, (first, first + len(batches)), result, exceptions)


def _judge(batch: dict[Any, Any], result: Reconciliation) -> tuple[str, str]:
    found = [name for name in (batch["lines_class"], batch["bank_class"]) if name]
    if not found:
        return "三方一致", "good"
    return "、".join(result.wordings[name].label for name in found), "bad" if batch["hold_id"] else "warn"


def _write_batch_totals(
    pen: Pen, sheet: Any, rows: tuple[int, int], result: Reconciliation, exceptions: Placed
) -> int:
    first, row = rows
    breaks = result.breaks
    is_unplaced = breaks["break_class"] == BreakClass.BANK_UNIDENTIFIED
    unplaced = int(breaks.loc[is_unplaced, "bank_fen"].sum())
    label = result.wordings[BreakClass.BANK_UNIDENTIFIED].label
    for number in range(len(_WIDTHS)):
        pen.put(sheet, row, number, label if number == 1 else None, "text")
        pen.put(sheet, row + 1, number, "合计" if number == 0 else None, "total_text")
    area, where = exceptions.column(workbook_exceptions.BANK), exceptions.column(workbook_exceptions.CLASS)
    found = sum_exact(area, (where, xl_rowcol_to_cell(row, 1)))
    pen.put(sheet, row, 7, Formula(found, yuan(unplaced)), "money")
    pen.put(sheet, row, 8, Formula(f"={xl_rowcol_to_cell(row, 7)}", yuan(unplaced)), "difference")
    count = Formula(f"=SUM({span(first, row, 3)})", int(result.batches["line_count"].sum()))
    pen.put(sheet, row + 1, 3, count, "total_integer")
    controls = result.controls
    sums = {
        4: controls["cover_fen"],
        5: controls["statement_fen"],
        6: controls["statement_fen"] - controls["cover_fen"],
        7: controls["bank_fen"],
        8: controls["bank_fen"] - controls["cover_fen"],
    }
    for number, fen in sums.items():
        total = Formula(f"=ROUND(SUM({span(first, row, number)}),2)", yuan(fen))
        pen.put(sheet, row + 1, number, total, "total_difference" if number in {6, 8} else "total_money")
    for name, number in (("批次列表合计", 4), ("结算单合计", 5), ("银行到账合计", 7)):
        name_cell(pen, sheet, name, row + 1, number)
    return row + 2


def _write_set_aside(pen: Pen, sheet: Any, row: int, result: Reconciliation) -> None:
    row = start_block(pen, sheet, row, "另置：读到但不参加本期对账的记录", ["来源", "原因", "", "笔数"])
    sources = {"bank_receipts": "银行流水", "premium_dues": "保费清单", "statement_lines": "结算明细"}
    counted = result.set_aside.groupby(["dataset", "reason"], as_index=False).agg(count=("code", "size"))
    for found in counted.to_dict("records"):
        pen.put(sheet, row, 0, sources[found["dataset"]], "text")
        sheet.merge_range(row, 1, row, 2, "", pen.look("text"))
        pen.put(sheet, row, 1, found["reason"], "text")
        pen.put(sheet, row, 3, found["count"], "integer")
        row += 1


def _minus(row: int, minuend: int, subtrahend: int, fen: int) -> Formula:
    left, right = xl_rowcol_to_cell(row, minuend), xl_rowcol_to_cell(row, subtrahend)
    return Formula(f"=ROUND({left}-{right},2)", yuan(fen))
