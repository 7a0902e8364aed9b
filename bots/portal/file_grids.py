"""Files that portals hand out: bytes -> one grid of texts; the content tells the format, not the name."""

import csv
import io
from datetime import date, datetime
from typing import Any

from lxml import html
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from bots.errors import SourceFileInvalid
from bots.portal.archives import MOST_BYTES, has_error_cells, is_workbook, only_file

AGAIN = "在保司系统里重新导出这一批并核对；若仍不一致，请与保司结算人员联系"
_OTHER_FORMAT = "保司换了导出格式：请 IT 为这种格式增加读取方法"
_ZIP, _OLD_EXCEL, _PDF, _BOM = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xef\xbb\xbf"
_EXACT_DIGITS = 15

Grid = list[list[str]]


def read_grid(raw: bytes, encoding: str, place: str, *, in_archive: bool = False) -> Grid:
    """Rows of texts of an HTML table, a workbook (xlsx, xls), a CSV, a PDF, or of the one file in a zip.

    ``encoding`` is that of texts without a byte order mark. Raises SourceFileInvalid naming ``place`` when
    the file breaks off or is of another kind.
    """
    if len(raw) > MOST_BYTES:
        raise SourceFileInvalid(f"{place} 有 {len(raw)} 字节，大得不合理。", remedy=AGAIN)
    if raw.startswith(_ZIP):
        if is_workbook(raw, place):
            return _workbook_grid(raw, place)
        if in_archive:
            raise SourceFileInvalid(f"{place} 是压缩包里的压缩包。", remedy=_OTHER_FORMAT)
        name, content = only_file(raw, place)
        return read_grid(content, encoding, f"{place}（{name}）", in_archive=True)
    if raw.startswith(_OLD_EXCEL):
        return _workbook_grid(raw, place)
    if raw.startswith(_PDF):
        from bots.portal.pdf_grids import read_pdf  # noqa: PLC0415 - most nights need no PDF reader's memory

        return read_pdf(raw, place)
    text = decode_text(raw, encoding, place)
    return _html_grid(text, place) if text.lstrip().startswith("<") else _csv_grid(text, place)


def decode_text(raw: bytes, encoding: str, place: str) -> str:
    """A file's text, in UTF-8 where a mark says so. Raises SourceFileInvalid where it is no such text."""
    if raw.startswith(_BOM):
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceFileInvalid(
            f"{place} 第 {error.start + 1} 字节起不是 {encoding} 文字，文件可能只下载了一半。", remedy=AGAIN
        ) from None


def _html_grid(text: str, place: str) -> Grid:
    """Rows of the file's largest table; a merged cell is followed by empty ones."""
    if "</table>" not in text.lower():
        raise SourceFileInvalid(f"{place} 不完整：表格没有结束，共 {len(text)} 字。", remedy=AGAIN)
    tables = html.document_fromstring(text).findall(".//table")
    if not tables:
        raise SourceFileInvalid(f"{place} 是一个没有表格的网页，文件没有下载成功。", remedy=AGAIN)
    grids = [[_html_cells(row) for row in table.iter("tr")] for table in tables]
    return max(grids, key=len)


def _html_cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("td", "th"):
        cells.append(_clean(cell.text_content()))
        cells.extend([""] * (int(cell.get("colspan") or 1) - 1))
    return cells


def _csv_grid(text: str, place: str) -> Grid:
    """Rows of a comma-separated file; a quote that is not closed is a file that breaks off."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise SourceFileInvalid(f"{place} 不是完整的 CSV 文件：{error}。", remedy=AGAIN) from None
    return [[_clean(cell) for cell in cells] for cells in rows]


def _workbook_grid(raw: bytes, place: str) -> Grid:
    """Rows of the one visible sheet that holds anything."""
    if raw.startswith(_ZIP) and has_error_cells(raw):
        raise SourceFileInvalid(f"{place} 里有出错的单元格（#N/A、#DIV/0! 之类）。", remedy=AGAIN)
    try:
        sheets = _filled_sheets(raw)
    except (CalamineError, ValueError, OSError) as error:
        raise _unreadable(place, error) from None
    except BaseException as error:  # a broken .xls makes the reader panic, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(place, error) from None
    if len(sheets) != 1:
        names = "、".join(sheets) or "（无）"
        raise SourceFileInvalid(f"{place} 应当只有一张有内容的工作表，有：{names}。", remedy=_OTHER_FORMAT)
    return [[_cell_text(value) for value in cells] for cells in next(iter(sheets.values()))]


def _filled_sheets(raw: bytes) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_object(io.BytesIO(raw)) as workbook:
        names = [
            sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
        ]
        grids = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    return {name: grid for name, grid in grids.items() if any(cell != "" for cells in grid for cell in cells)}


def _unreadable(place: str, error: BaseException) -> SourceFileInvalid:
    what = f"{place} 打不开，文件可能只下载了一半（{str(error)[:60]}）。"
    return SourceFileInvalid(what, remedy=AGAIN)


def _cell_text(value: Any) -> str:
    """A workbook's value as its sheet would show it without a format of its own."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    return value.isoformat() if isinstance(value, date) else _clean(str(value))


def _number_text(value: float) -> str:
    """A workbook keeps fifteen digits of a number: a longer one must not pass for an exact one."""
    if abs(value) >= 10**_EXACT_DIGITS:
        return f"{value:.14E}"
    text = f"{value:.{_EXACT_DIGITS}g}"
    return f"{float(text):.15f}".rstrip("0").rstrip(".") if "e" in text else text


def _clean(text: str) -> str:
    return " ".join(text.split())
