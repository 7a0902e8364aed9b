"""PDF statements: the ruled table of every page -> one grid of texts, below the lines that stand above it."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median_low
from typing import Any

import pdfplumber
from pdfplumber.utils.text import extract_text

from bots.errors import SourceFileInvalid

_AGAIN = "在保司系统里重新导出这一份并核对；若仍不能读取，请与保司结算人员联系"
_OTHER_FORMAT = "请保司结算人员提供电子表格，或由财务人工录入这一份"
_NO_STAMP = "请保司提供没有水印的文件或电子表格，或由财务人工录入这一份"
_END, _END_WITHIN = b"%%EOF", 1_024
_MOST_PAGES, _MOST_LINES = 1_000, 10_000
_PAGE_NUMBER = re.compile(r"第\s*(\d+)\s*页\D{0,3}共\s*(\d+)\s*页")
_LOCKED = "PDFPasswordIncorrect"
_TOUCHING = 1.0
_LEVEL = 0.01
# Titles in a table may be twice as large as its rows; within one cell a statement is of one size.
_WITHIN_TABLE, _WITHIN_CELL = 2.1, 1.25

Rows = list[list[str]]
Box = tuple[float, float, float, float]
Char = dict[str, Any]


def read_pdf(raw: bytes, place: str) -> Rows:
    """Rows of texts: the lines above the first page's table one cell each, then the rows of all pages.

    Each page's largest table between drawn lines counts; a text that is wrapped inside a cell is one text
    again. Raises SourceFileInvalid naming ``place`` for a file that breaks off, has a password, is a scan,
    has no drawn table, a text across its lines or a watermark over it, or whose printed page numbers do not
    follow each other.
    """
    if _END not in raw[-_END_WITHIN:]:
        raise SourceFileInvalid(f"{place} 的 PDF 没有结尾，文件可能只下载了一半。", remedy=_AGAIN)
    try:
        return list(_rows(raw, place))
    except SourceFileInvalid:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged PDF makes its reader raise anything
        raise _unreadable(place, error) from None


def _unreadable(place: str, error: Exception) -> SourceFileInvalid:
    if _LOCKED in repr(error):
        return SourceFileInvalid(f"{place} 的 PDF 有密码。", remedy=_OTHER_FORMAT)
    what = f"{place} 的 PDF 打不开，文件可能已损坏（{type(error).__name__}）。"
    return SourceFileInvalid(what, remedy=_AGAIN)


def _rows(raw: bytes, place: str) -> Iterator[list[str]]:
    """Page by page: what was drawn on a page is forgotten before the next one is read."""
    has_table = False
    with pdfplumber.open(io.BytesIO(raw)) as pdf:
        pages = len(pdf.pages)
        if pages > _MOST_PAGES:
            raise SourceFileInvalid(f"{place} 的 PDF 有 {pages} 页，多得不合理。", remedy=_AGAIN)
        for number, page in enumerate(pdf.pages, 1):
            where = f"{place} 的 PDF 第 {number} 页"
            _refuse_scan(page, where)
            lines, table = _parts(page, where)
            _prove_number(lines, number, pages, place)
            if not has_table:
                yield from ([line] for line in lines)
            yield from table
            has_table = has_table or bool(table)
            page.close()
    if not has_table:
        what = f"{place} 的 PDF 里没有画线的表格，不能确定每个字属于哪一栏。"
        raise SourceFileInvalid(what, remedy=_OTHER_FORMAT)


def _refuse_scan(page: Any, where: str) -> None:
    if page.images and not page.chars:
        raise SourceFileInvalid(f"{where}没有文字，是扫描件。", remedy=_OTHER_FORMAT)


def _parts(page: Any, where: str) -> tuple[list[str], Rows]:
    """Lines of text outside the page's largest table, and the table's cells."""
    if len(page.edges) > _MOST_LINES:  # a drawing: looking for its cells would take minutes
        raise SourceFileInvalid(f"{where}有 {len(page.edges)} 条线，不是表格。", remedy=_OTHER_FORMAT)
    tables = page.find_tables()
    if not tables:
        return page.extract_text().splitlines(), []
    table = max(tables, key=lambda found: len(found.cells))
    _refuse_stamp((char for char in page.chars if _holds(table.bbox, char)), _WITHIN_TABLE, where)
    held = _share_out(page.chars, table, where)
    for box, chars in held.items():
        if box:
            _refuse_stamp(chars, _WITHIN_CELL, where)
    texts = {box: extract_text(chars) for box, chars in held.items()}
    rows = [[_join(texts.get(box, "")) if box else "" for box in row.cells] for row in table.rows]
    return texts.get(None, "").splitlines(), rows


def _refuse_stamp(chars: Iterable[Char], factor: float, where: str) -> None:
    """Refuse what is turned or of another size: a watermark over cells would become part of their texts."""
    written = [char for char in chars if char["text"].strip()]
    usual = median_low(char["size"] for char in written) if written else 0
    if any(_is_turned(char) or not usual / factor <= char["size"] <= usual * factor for char in written):
        what = f"{where}的表格上盖有水印或印章文字（字是斜的，或大小与周围不同），不能确定哪些字属于表格。"
        raise SourceFileInvalid(what, remedy=_NO_STAMP)


def _is_turned(char: Char) -> bool:
    """Whether its line does not run level from left to right; a slanted letter on a level line may."""
    along, up, _, height, *_ = char["matrix"]
    return bool(along <= 0 or height <= 0 or abs(up) > along * _LEVEL)


def _share_out(chars: list[Char], table: Any, where: str) -> dict[Box | None, list[Char]]:
    """Each character's cell, None outside the table; a text that runs over a line belongs to no cell."""
    rows = [(row.bbox, row.cells) for row in table.rows]
    held: dict[Box | None, list[Char]] = defaultdict(list)
    last: tuple[Char, Box | None] | None = None
    for char in chars:
        box = next(
            (cell for bbox, cells in rows if _holds(bbox, char) for cell in cells if _holds(cell, char)), None
        )
        if char["text"].strip():
            is_lost = box is None and _holds(table.bbox, char)
            if is_lost or (last and last[1] != box and _goes_on(last[0], char)):
                raise SourceFileInvalid(
                    f"{where}有文字越过了表格线，不能确定它属于哪一栏。", remedy=_OTHER_FORMAT
                )
            last = (char, box)
        held[box].append(char)
    return held


def _holds(box: Box | None, char: Char) -> bool:
    """Whether the character's middle lies in a box of left, top, right and bottom."""
    if box is None:
        return False
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across < box[2] and box[1] <= down < box[3])


def _goes_on(before: Char, char: Char) -> bool:
    """Whether a character was drawn right behind another one, on the same line."""
    is_level = abs(before["top"] - char["top"]) < _TOUCHING
    return bool(is_level and abs(char["x0"] - before["x1"]) < _TOUCHING)


def _join(text: str) -> str:
    """A wrapped text as one line: only between two Latin letters does a line's end stand for a space."""
    return " ".join(re.sub(r"(?<![A-Za-z])\n|\n(?![A-Za-z])", "", text).split())


def _prove_number(lines: list[str], number: int, pages: int, place: str) -> None:
    """Where a page says 第 2 页/共 5 页 it must be the second of five."""
    printed = next((found for line in lines if (found := _PAGE_NUMBER.search(line))), None)
    if printed and (int(printed[1]), int(printed[2])) != (number, pages):
        what = f"{place} 的 PDF 缺页：文件里第 {number} 页（共 {pages} 页）印着“{printed[0]}”。"
        raise SourceFileInvalid(what, remedy=_AGAIN)
