"""A downloaded file -> rows that add up to its footer or its control file, or no row at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bots.errors import ExtractionIncomplete, SourceFileInvalid
from bots.masking import mask_text
from bots.portal.claims import FileControl, FileFooter
from bots.portal.control_files import read_controlled
from bots.portal.datasets import DownloadDataset, FileDataset
from bots.portal.file_grids import AGAIN, Grid, read_grid
from bots.portal.sheet import Totals
from bots.portal.table import TableRow, check_titles, decode_row, plain_title
from bots.portal.tally import Tally, read_footer
from bots.portal.verbs import filled

_SHOWN_TEXT = 80

FileRules = DownloadDataset | FileDataset


@dataclass(frozen=True, slots=True)
class FileTable:
    """A whole file: its data rows and the totals of its footer or its control file."""

    rows: list[TableRow]
    totals: Totals


def read_file(raw: bytes, rules: FileRules, encoding: str, place: str, asked: Mapping[str, Any]) -> FileTable:
    """Read and prove one file; ``place`` names portal, dataset and file in errors.

    ``asked`` is what the file was asked for: the carried columns of a list's row, which come into each of the
    file's rows, or the parameters of a whole list. Raises SourceFileInvalid when the file is of another kind,
    breaks off, answers another question or disagrees with its footer or control file; PageChanged when a
    column is missing or new.
    """
    claim = rules.completeness
    if isinstance(claim, FileControl):
        grid, totals = read_controlled(raw, claim.control, encoding, place, asked)
    else:
        grid = read_grid(raw, encoding, place)
    header = _find_header(grid, rules, place)
    width = _width(grid[header])
    titles = check_titles(grid[header][:width], rules, place)
    _prove_asked(grid[:header], rules, place, asked)
    below = [_cut(cells, width) for cells in grid[header + 1 :] if any(cells)]
    body = _without_titles(below, grid[header][:width])
    if isinstance(claim, FileFooter):
        totals = _take_footer(body, titles, rules, claim, place)
    carried = asked if isinstance(rules, DownloadDataset) else {}
    rows = [
        decode_row(cells, titles, rules, row_no=row_no, index=header + row_no, carried=carried)
        for row_no, cells in enumerate(body, 1)
    ]
    _prove(rows, totals, rules, place)
    return FileTable(rows, totals)


def _find_header(grid: Grid, rules: FileRules, place: str) -> int:
    """The row that holds most of the recipe's titles."""
    wanted = {plain_title(title) for title in (*rules.columns, *rules.ignore)}
    matches = [len(wanted & {plain_title(cell) for cell in cells}) for cells in grid]
    if not any(matches):
        raise SourceFileInvalid(f"{place} 里没有一行是表头，共 {len(grid)} 行。", remedy=AGAIN)
    return matches.index(max(matches))


def _width(header: Sequence[str]) -> int:
    """Columns up to the last title: a sheet is as wide as its widest row."""
    return max(place for place, title in enumerate(header, 1) if title)


def _cut(cells: list[str], width: int) -> list[str]:
    return cells if any(cells[width:]) else cells[:width]


def _without_titles(rows: Grid, header: list[str]) -> Grid:
    """The rows without those that print the titles again, as each page of a PDF does."""
    return [cells for cells in rows if cells != header]


def _prove_asked(preamble: Grid, rules: FileRules, place: str, asked: Mapping[str, Any]) -> None:
    """The lines above the header must name the list row or the question that the file was asked for."""
    said = [plain_title(cell) for cells in preamble for cell in cells if cell]
    if isinstance(rules, DownloadDataset):
        wanted = [f"{label}：{asked[name]}" for name, label in rules.same.items()]
        missing = [text for text in wanted if plain_title(text) not in said]
    else:
        wanted = [filled(rules.says, asked)]
        missing = [text for text in wanted if not any(plain_title(text) in line for line in said)]
    if missing:
        raise SourceFileInvalid(
            f"{place} 文件开头没有“{missing[0]}”，写的是：{mask_text('、'.join(said))[:_SHOWN_TEXT]}。",
            remedy=AGAIN,
        )


def _take_footer(
    rows: Grid, titles: Sequence[str], rules: FileRules, claim: FileFooter, place: str
) -> Totals:
    """Take the footer row off the end, where it must be, and read it."""
    if not rows or not rows[-1][0].startswith(claim.footer):
        raise SourceFileInvalid(
            f"{place} 不完整：最后一行不是“{claim.footer}”，读到 {len(rows)} 行。", remedy=AGAIN
        )
    try:
        return read_footer(rows.pop(), titles, rules, claim, place, remedy=AGAIN)
    except ExtractionIncomplete as error:
        raise SourceFileInvalid(error.what, remedy=AGAIN) from None


def _prove(rows: list[TableRow], claimed: Totals, rules: FileRules, place: str) -> None:
    tally = Tally(rules, rules.completeness.summed, place)
    try:
        tally.add(rows)
    except ExtractionIncomplete as error:
        raise SourceFileInvalid(error.what, remedy=AGAIN) from None
    said = tally.disagreements(claimed.count, claimed.sums)
    if said:
        where = "控制文件" if isinstance(rules.completeness, FileControl) else "文件末尾的合计"
        raise SourceFileInvalid(f"{place} 与{where}不符：{'；'.join(said)}。", remedy=AGAIN)
