"""The workbook that finance opens: 封面 汇总 异常 明细 经纪人, live formulas with stored values."""

from datetime import datetime, time
from io import BytesIO
from typing import Any

import openpyxl
import xlsxwriter

from bots.commission import (
    workbook_agents,
    workbook_cover,
    workbook_detail,
    workbook_exceptions,
    workbook_summary,
)
from bots.commission.reconciling import Reconciliation
from bots.commission.workbook_cells import Pen
from bots.commission.workbook_cover import SourceFile, WorkbookMeta

__all__ = ["SourceFile", "WorkbookMeta", "read_figures", "write_workbook"]
_SHEETS = [module.SHEET for module in (workbook_cover, workbook_summary)]
_SHEETS += [module.SHEET for module in (workbook_exceptions, workbook_detail, workbook_agents)]
_TAB_COLOURS = ("#1F3A5F", "#1F3A5F", "#B42318", "#667085", "#067647")
# Text from insurers must never become a formula, a link or a number.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(result: Reconciliation, meta: WorkbookMeta) -> bytes:
    """The workbook's bytes; the same result and meta give the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties(
        {
            "title": f"佣金对账 {meta.period}",
            "author": "BrokerFlow",
            "created": datetime.combine(meta.business_date, time()),
        }
    )
    book.set_calc_mode("auto")
    pen = Pen(book)
    sheets = {name: book.add_worksheet(name) for name in _SHEETS}
    for sheet, colour in zip(sheets.values(), _TAB_COLOURS, strict=True):
        sheet.set_tab_color(colour)
    exceptions = workbook_exceptions.write_exceptions(pen, sheets[workbook_exceptions.SHEET], result)
    detail = workbook_detail.write_detail(pen, sheets[workbook_detail.SHEET], result)
    workbook_agents.write_agents(pen, sheets[workbook_agents.SHEET], result, meta.agent_names)
    workbook_summary.write_summary(pen, sheets[workbook_summary.SHEET], result, exceptions, detail)
    workbook_cover.write_cover(pen, sheets[workbook_cover.SHEET], result, meta, exceptions)
    book.close()
    return buffer.getvalue()


def read_figures(raw: bytes) -> dict[str, Any]:
    """The named totals of a workbook as stored: name -> yuan; reads values, computes nothing."""
    book = openpyxl.load_workbook(BytesIO(raw), data_only=True)
    figures: dict[str, Any] = {}
    for name, defined in book.defined_names.items():
        for sheet_name, cell in defined.destinations:
            figures[name] = book[sheet_name][cell.replace("$", "")].value
    return figures
