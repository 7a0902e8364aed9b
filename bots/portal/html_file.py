"""Files that call themselves .xls and are HTML tables: bytes -> rows that add up to the file's own footer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import html

from bots.errors import ExtractionIncomplete, SourceFileInvalid
from bots.portal.printed import read_numbers
from bots.portal.recipe import DownloadDataset
from bots.portal.table import TableRow, check_titles, decode_row, plain_title
from bots.portal.tally import Tally, Totals

_BINARY_KINDS = {
    b"PK\x03\x04": "Excel 工作簿（xlsx）或压缩包",
    b"\xd0\xcf\x11\xe0": "老式 Excel 文件（xls）",
    b"%PDF": "PDF",
}
_AGAIN = "在保司系统里重新导出这一批并核对；若仍不一致，请与保司结算人员联系"

Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class HtmlFile:
    """A whole exported table: its data rows and the totals of its footer."""

    rows: list[TableRow]
    totals: Totals


def read_html_file(
    raw: bytes, rules: DownloadDataset, encoding: str, place: str, carried: Mapping[str, Any]
) -> HtmlFile:
    """Read and prove one file; ``place`` names portal, dataset and file in errors.

    Raises SourceFileInvalid when the file is of another kind, breaks off, belongs to another row of the list
    or disagrees with its own footer; PageChanged when a column is missing or new.
    """
    grid = _read_grid(_decode(raw, encoding, place), place)
    header = _find_header(grid, rules)
    titles = check_titles(grid[header], rules, place)
    _prove_same(grid[:header], rules, place, carried)
    body, footer = _cut_footer(grid[header + 1 :], rules, place)
    rows = [
        decode_row(cells, titles, rules, row_no=row_no, index=header + row_no, carried=carried)
        for row_no, cells in enumerate(body, 1)
    ]
    totals = _footer_totals(footer, titles, rules, place)
    _prove_totals(rows, totals, rules, place)
    return HtmlFile(rows, totals)


def _decode(raw: bytes, encoding: str, place: str) -> str:
    kind = next((name for magic, name in _BINARY_KINDS.items() if raw.startswith(magic)), None)
    if kind:
        raise SourceFileInvalid(
            f"{place} 是{kind}，不是网页表格。", remedy="保司换了导出格式：请 IT 为这种格式增加读取方法"
        )
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceFileInvalid(
            f"{place} 第 {error.start + 1} 字节起不是 {encoding} 文字，文件可能只下载了一半。", remedy=_AGAIN
        ) from None


def _read_grid(text: str, place: str) -> Grid:
    """Rows of the file's largest table; a merged cell is followed by empty ones."""
    if "</table>" not in text.lower():
        raise SourceFileInvalid(f"{place} 不完整：表格没有结束，共 {len(text)} 字。", remedy=_AGAIN)
    tables = html.document_fromstring(text).findall(".//table")
    grids = [[_cells(row) for row in table.iter("tr")] for table in tables]
    return max(grids, key=len)


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("td", "th"):
        cells.append(" ".join(cell.text_content().split()))
        cells.extend([""] * (int(cell.get("colspan") or 1) - 1))
    return cells


def _find_header(grid: Grid, rules: DownloadDataset) -> int:
    """The row that holds most of the recipe's titles."""
    wanted = {plain_title(title) for title in (*rules.columns, *rules.ignore)}
    matches = [len(wanted & {plain_title(cell) for cell in cells}) for cells in grid]
    return matches.index(max(matches))


def _prove_same(preamble: Grid, rules: DownloadDataset, place: str, carried: Mapping[str, Any]) -> None:
    """The lines above the header must name the list row that the file was asked for."""
    said = [plain_title(cell) for cells in preamble for cell in cells if cell]
    for name, label in rules.same.items():
        if plain_title(f"{label}：{carried[name]}") not in said:
            raise SourceFileInvalid(
                f"{place} 文件开头没有“{label}：{carried[name]}”，写的是：{'、'.join(said)}。", remedy=_AGAIN
            )


def _cut_footer(rows: Grid, rules: DownloadDataset, place: str) -> tuple[Grid, list[str]]:
    """Data rows, and the footer row, which must be the last one."""
    label = rules.completeness.footer
    filled = [cells for cells in rows if any(cells)]
    if not filled or not filled[-1][0].startswith(label):
        raise SourceFileInvalid(
            f"{place} 不完整：最后一行不是“{label}”，读到 {len(filled)} 行。", remedy=_AGAIN
        )
    return filled[:-1], filled[-1]


def _footer_totals(footer: list[str], titles: Sequence[str], rules: DownloadDataset, place: str) -> Totals:
    numbers = read_numbers(rules.completeness.count, " ".join(footer))
    if numbers is None:
        raise SourceFileInvalid(f"{place} 合计行没有“{rules.completeness.count}”。", remedy=_AGAIN)
    try:
        sums = {
            name: int(rules.column_names[name].parse(footer[titles.index(rules.titles[name])]))
            for name in rules.completeness.sums
        }
    except (ValueError, TypeError, IndexError):
        raise SourceFileInvalid(
            f"{place} 合计行的金额无法识别：{'、'.join(footer)}。", remedy=_AGAIN
        ) from None
    return Totals(numbers["count"], sums)


def _prove_totals(rows: list[TableRow], totals: Totals, rules: DownloadDataset, place: str) -> None:
    tally = Tally(rules, rules.completeness.sums, place)
    try:
        tally.add(rows)
    except ExtractionIncomplete as error:
        raise SourceFileInvalid(error.what, remedy=_AGAIN) from None
    said = tally.disagreements(totals.count, totals.sums)
    if said:
        raise SourceFileInvalid(f"{place} 与文件末尾的合计不符：{'；'.join(said)}。", remedy=_AGAIN)
