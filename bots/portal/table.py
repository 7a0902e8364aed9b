"""A table of texts -> rows in hub columns, and rows set aside with their reason."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bots.errors import PageChanged
from bots.portal.recipe import DatasetRules
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


def check_titles(titles: Sequence[str], rules: DatasetRules, place: str) -> list[str]:
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
    rules: DatasetRules,
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


def read_table(
    rows: Sequence[list[str]],
    headers: Sequence[bool],
    rules: DatasetRules,
    place: str,
    *,
    summary_rows: Sequence[str] = (),
    carried: Mapping[str, Any] | None = None,
) -> list[TableRow]:
    """Data rows under the one header row; rows whose first text starts with a summary label are left out."""
    header = _only_header(rows, headers, place)
    titles = check_titles(rows[header], rules, place)
    body = _body(rows, header, summary_rows)
    return [
        decode_row(cells, titles, rules, row_no=row_no, index=index, carried=carried or {})
        for row_no, (index, cells) in enumerate(body, 1)
    ]


def _only_header(rows: Sequence[list[str]], headers: Sequence[bool], place: str) -> int:
    places = [index for index, is_header in enumerate(headers) if is_header]
    if len(places) != 1:
        raise PageChanged(
            f"{place} 表头应有 1 行，找到 {len(places)} 行（共 {len(rows)} 行）。", remedy=_REMEDY
        )
    return places[0]


def _body(
    rows: Sequence[list[str]], header: int, summary_rows: Sequence[str]
) -> Iterator[tuple[int, list[str]]]:
    for index, cells in enumerate(rows[header + 1 :], header + 1):
        first = next((cell for cell in cells if cell), "")
        if first and not any(first.startswith(label) for label in summary_rows):
            yield index, cells
