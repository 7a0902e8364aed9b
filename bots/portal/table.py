"""A table of texts -> rows in hub columns, and rows set aside with their reason."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bots.errors import PageChanged
from bots.portal.datasets import Titled
from bots.records import Row, SetAside

ROW_SHAPE = "ROW_SHAPE"
BAD_VALUE = "BAD_VALUE"
VALUE_EMPTIED = "VALUE_EMPTIED"
_REMEDY = "对照页面修改配方里这个数据集的 columns 或 ignore，再用 brokerflow portal try 试跑"
_WIDE = str.maketrans("（）：／　", "():/ ")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One data row: ``row_no`` counts data rows of the page from 1, ``index`` all rows of the table from 0.

    Exactly one of ``values`` and ``set_aside`` is there; ``raw`` holds the cells by title.
    ``emptied`` are cells of an accepted row that could not be read and may be missing.
    """

    row_no: int
    index: int
    cells: list[str]
    raw: dict[str, str]
    values: Row | None
    set_aside: SetAside | None
    emptied: list[SetAside] = field(default_factory=list)


def plain_title(title: str) -> str:
    """A column title without white space, full-width signs as half-width ones."""
    return re.sub(r"\s+", "", title.translate(_WIDE))


def check_titles(titles: Sequence[str], rules: Titled, place: str) -> list[str]:
    """The recipe's spelling of each title on the page, in the page's order.

    Raises PageChanged that names the place, the column and the columns found: when one is missing, doubled,
    or neither used nor ignored by name.
    """
    known = {plain_title(title): title for title in (*rules.columns, *rules.ignore)}
    found = [plain_title(title) for title in titles]
    missing = [title for plain, title in known.items() if plain not in found and title in rules.columns]
    extra = [title for title, plain in zip(titles, found, strict=True) if plain not in known]
    doubled = [title for title, count in Counter(found).items() if count > 1]
    faults = [
        f"{what}：{'、'.join(names)}"
        for what, names in (("缺少栏目", missing), ("多出栏目", extra), ("栏目重复", doubled))
        if names
    ]
    if faults:
        raise PageChanged(f"{place} {'；'.join(faults)}。页面上的栏目：{'、'.join(titles)}。", remedy=_REMEDY)
    return [known[plain] for plain in found]


def decode_row(
    cells: list[str],
    titles: Sequence[str],
    rules: Titled,
    *,
    row_no: int,
    index: int,
    carried: Mapping[str, Any],
) -> TableRow:
    """Read one row; ``carried`` columns are put before its own.

    A cell that its kind refuses sets the row aside, unless its column says ``on_fault: empty``.
    """
    if len(cells) != len(titles):
        raw = {str(number): cell for number, cell in enumerate(cells, 1)}
        reason = f"有 {len(cells)} 格，表头有 {len(titles)} 栏"
        aside = SetAside(row=dict(raw), row_no=row_no, column="", code=ROW_SHAPE, reason=reason)
        return TableRow(row_no, index, cells, raw, None, aside)
    raw = dict(zip(titles, cells, strict=True))
    values: Row = dict(carried)
    faults: dict[str, str] = {}
    for title, column in rules.columns.items():
        try:
            values[column.name] = column.parse(raw[title])
        except ValueError as error:
            faults[title] = str(error)
    grave = [title for title in faults if rules.columns[title].on_fault == "set_aside"]
    if grave:
        reason = "；".join(f"{title}：{what}" for title, what in faults.items())
        aside = SetAside(row=dict(raw), row_no=row_no, column=grave[0], code=BAD_VALUE, reason=reason)
        return TableRow(row_no, index, cells, raw, None, aside)
    values |= {rules.columns[title].name: None for title in faults}
    emptied = [
        SetAside({title: raw[title]}, row_no, title, VALUE_EMPTIED, f"{title}：{what}")
        for title, what in faults.items()
    ]
    return TableRow(row_no, index, cells, raw, values, None, emptied)


def add_cells(row: TableRow, texts: Mapping[str, str], rules: Titled) -> TableRow:
    """An accepted row with more columns that were read elsewhere; a bad cell sets the whole row aside."""
    more = decode_row(
        list(texts.values()), list(texts), rules, row_no=row.row_no, index=row.index, carried=row.values or {}
    )
    labels = {label: f"详情 {label}" if label in row.raw else label for label in texts}
    raw = row.raw | {labels[label]: text for label, text in texts.items()}
    if more.set_aside is None:
        return replace(row, raw=raw, values=more.values, emptied=[*row.emptied, *more.emptied])
    aside = replace(more.set_aside, row=dict(raw), column=labels[more.set_aside.column])
    return replace(row, raw=raw, values=None, set_aside=aside, emptied=[])


def find_body(
    rows: Sequence[list[str]], headers: Sequence[bool], place: str, summary_rows: Sequence[str]
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Titles, and the rows below them with their places in the table.

    A header of several rows (merged cells repeated) must stand in one piece; its last row holds the titles.
    Raises PageChanged when there is none, or more than one.
    """
    places = [index for index, is_header in enumerate(headers) if is_header]
    if not places or places[-1] - places[0] + 1 != len(places):
        raise PageChanged(
            f"{place} 表头应当只有一处，找到 {len(places)} 行（共 {len(rows)} 行）。", remedy=_REMEDY
        )
    return rows[places[-1]], _body(rows, places[-1], summary_rows)


def _body(
    rows: Sequence[list[str]], header: int, summary_rows: Sequence[str]
) -> Iterator[tuple[int, list[str]]]:
    for index, cells in enumerate(rows[header + 1 :], header + 1):
        first = next((cell for cell in cells if cell), "")
        if first and not any(first.startswith(label) for label in summary_rows):
            yield index, cells
