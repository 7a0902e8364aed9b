"""Tables on a sheet: header, totals above the rows so that they stay in sight, filter, print set-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from bots.commission.workbook_cells import Formula, Pen

_PAPER_A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, width in characters, look of its cells, values; ``looks`` overrides per row."""

    title: str
    width: float
    look: str
    values: Sequence[Any]
    looks: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table's rows stand: first and last row, from 0; an empty table keeps one blank row."""

    sheet_name: str
    first_row: int
    last_row: int

    def column(self, number: int) -> str:
        """Absolute range of column ``number`` with the sheet's name, for formulas."""
        area = xl_range_abs(self.first_row, number, self.last_row, number)
        return f"'{self.sheet_name}'!{area if ':' in area else f'{area}:{area}'}"


def write_table(pen: Pen, sheet: Any, header_row: int, columns: Sequence[Column]) -> Placed:
    """Header at ``header_row``, then one row per value; returns where the rows stand."""
    for number, column in enumerate(columns):
        pen.put(sheet, header_row, number, column.title, "header")
        looks = column.looks or [column.look] * len(column.values)
        for offset, (value, look) in enumerate(zip(column.values, looks, strict=True), start=1):
            pen.put(sheet, header_row + offset, number, value, look)
    count = max(1, *(len(column.values) for column in columns))
    return Placed(sheet.get_name(), header_row + 1, header_row + count)


def set_widths(sheet: Any, columns: Sequence[Column]) -> None:
    """Column widths of a sheet whose main table starts in column A."""
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)


def write_total_row(
    pen: Pen, sheet: Any, row: int, *, label: str, columns: Sequence[Column], totals: dict[int, Formula]
) -> None:
    """A row of totals above a table's header; ``totals`` is column number -> formula."""
    for number, column in enumerate(columns):
        if number in totals:
            look = "total_difference" if column.look == "difference" else "total_money"
            pen.put(sheet, row, number, totals[number], look)
        else:
            pen.put(sheet, row, number, None, "total_text")
    sheet.merge_range(row, 0, row, 2, "", pen.look("total_text"))
    pen.put(sheet, row, 0, label, "total_text")


def total_of_filtered(placed: Placed, sums: dict[int, float]) -> dict[int, Formula]:
    """Totals of what a filter leaves; ``sums`` is column number -> the sum of all rows."""
    return {
        number: Formula(f"=ROUND(SUBTOTAL(109,{placed.column(number)}),2)", value)
        for number, value in sums.items()
    }


def set_up_print(sheet: Any, title: str, *, landscape: bool, header_row: int | None = None) -> None:
    """A4, one page wide, page numbers, header row repeated."""
    sheet.set_paper(_PAPER_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L&8{title}&C&8内部资料 注意保密&R&8第 &P 页 共 &N 页")
    sheet.hide_gridlines(2)
    if header_row is not None:
        sheet.repeat_rows(header_row)


def start_block(pen: Pen, sheet: Any, row: int, heading: str, titles: Sequence[str]) -> int:
    """A heading at ``row`` with its column titles below; returns the first row for values.

    An empty title belongs to the one before it: their cells are merged.
    """
    for number in range(len(titles)):
        pen.put(sheet, row, number, heading if number == 0 else None, "heading")
    starts = [number for number, title in enumerate(titles) if title]
    for start, end in zip(starts, [*starts[1:], len(titles)], strict=True):
        if end - start > 1:
            sheet.merge_range(row + 1, start, row + 1, end - 1, "", pen.look("header"))
        pen.put(sheet, row + 1, start, titles[start], "header")
    sheet.set_row(row, 20)
    return row + 2


def name_cell(pen: Pen, sheet: Any, name: str, row: int, column: int) -> None:
    """Give a total a name, so that the cover's formulas read as sentences."""
    cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    pen.book.define_name(name, f"='{sheet.get_name()}'!{cell}")


def span(first: int, last: int, column: int) -> str:
    """Cells of ``column`` from row ``first`` to ``last``, both included, as a relative range."""
    area = xl_range(first, column, last, column)
    return area if ":" in area else f"{area}:{area}"
