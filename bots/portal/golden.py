"""A golden: what a recipe read from saved answers, compared with what it reads today."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bots.errors import ExtractionIncomplete
from bots.portal.recipe import Recipe
from bots.portal.session import PortalSession

Parameters = Mapping[str, Mapping[str, str]]
_REMEDY = "页面读法变了：不该变就改回；该变就运行 brokerflow portal golden {slug} --accept 并在提交里说明"


class GoldenDiffers(ExtractionIncomplete):
    """The rows read are not those of the golden."""

    title = "与样本不符"
    who = "IT"


@dataclass(slots=True)
class GoldenRows:
    """Rows of one dataset as JSON has them; rows set aside with column, code and reason."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    set_aside: list[dict[str, Any]] = field(default_factory=list)


def read_datasets(session: PortalSession, recipe: Recipe, parameters: Parameters) -> dict[str, GoldenRows]:
    """Every dataset, lists with their children in one walk, as the night reads them."""
    read: dict[str, GoldenRows] = {}
    for name in starts_of(recipe):
        for part in (name, *recipe.children_of(name)):
            read[part] = GoldenRows()
        for page in session.extract(name, parameters.get(name, {}), with_children=True):
            read[page.dataset].rows += [_plain(row) for row in page.rows]
            read[page.dataset].set_aside += [
                {
                    "page_no": page.page_no,
                    "row_no": aside.row_no,
                    "column": aside.column,
                    "code": aside.code,
                    "reason": aside.reason,
                    **{f"raw {title}": text for title, text in aside.row.items()},
                }
                for aside in page.set_aside
            ]
    return read


def starts_of(recipe: Recipe) -> list[str]:
    """Datasets that a walk starts from; the others are found behind their rows."""
    found_there = {child for name in recipe.datasets for child in recipe.children_of(name)}
    return [name for name in recipe.datasets if name not in found_there]


def compare(slug: str, expected: Mapping[str, GoldenRows], found: Mapping[str, GoldenRows]) -> None:
    """Raises GoldenDiffers that names dataset, row and column of the first difference."""
    said = _first_difference(expected, found)
    if said:
        raise GoldenDiffers(f"{slug} {said}。", remedy=_REMEDY.format(slug=slug))


def _first_difference(expected: Mapping[str, GoldenRows], found: Mapping[str, GoldenRows]) -> str | None:
    if list(expected) != list(found):
        return f"数据集应为 {'、'.join(expected)}，现在是 {'、'.join(found)}"
    for name, wanted in expected.items():
        said = _rows_differ(f"{name}", wanted.rows, found[name].rows)
        said = said or _rows_differ(f"{name} 搁置的行", wanted.set_aside, found[name].set_aside)
        if said:
            return said
    return None


def _rows_differ(
    place: str, wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> str | None:
    for number, (old, new) in enumerate(zip(wanted, found, strict=False), 1):
        for column in dict.fromkeys([*old, *new]):
            if (column in old, old.get(column)) != (column in new, new.get(column)):
                was, now = _shown(old, column), _shown(new, column)
                return f"{place} 第 {number} 行 {column}：应为 {was}，读到 {now}"
    if len(wanted) != len(found):
        return f"{place} 应有 {len(wanted)} 行，读到 {len(found)} 行"
    return None


def _shown(row: Mapping[str, Any], column: str) -> str:
    return json.dumps(row[column], ensure_ascii=False) if column in row else "（没有这一栏）"


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def write_rows(read: Mapping[str, GoldenRows]) -> str:
    """JSON with one row a line, so that a change shows as the lines it touches."""
    parts = [
        f'{json.dumps(name)}: {{\n"rows": [{_lines(each.rows)}],\n"set_aside": [{_lines(each.set_aside)}]\n}}'
        for name, each in read.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    return "\n" + ",\n".join(lines) + "\n" if lines else ""


def parse_rows(text: str) -> dict[str, GoldenRows]:
    """What ``write_rows`` wrote."""
    return {name: GoldenRows(**each) for name, each in json.loads(text).items()}
