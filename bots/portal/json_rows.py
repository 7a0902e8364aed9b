"""Rows in a JSON answer -> titles and cells of text, as a table would show them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bots.errors import PageChanged
from bots.masking import mask_text
from bots.portal.datasets import DatasetRules
from bots.portal.readings import ListTotals
from bots.portal.sheet import Sheet, Totals

_SHOWN_TEXT = 80
_REMEDY = "对照保司网站的应答修改配方里的路径，再用 brokerflow portal try 试跑"


def read_answer(body: bytes, place: str) -> Any:
    """The decoded answer; numbers stay as written. Raises PageChanged when it is no JSON."""
    try:
        return json.loads(body, parse_float=str)
    except ValueError:
        raise PageChanged(f"{place} 的应答不是 JSON。", remedy=_REMEDY) from None


def find_path(answer: Any, path: str, place: str) -> Any:
    """What stands at ``data.records``; raises PageChanged naming the first part that is not there."""
    found = answer
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            what = f"{place} 的应答里没有 {path}（缺 {part}）；应答写着：{_said(answer)}"
            raise PageChanged(what, remedy=_REMEDY)
        found = found[part]
    return found


def json_sheet(answer: Any, rows_at: str, rules: DatasetRules, totals: Totals, place: str) -> Sheet:
    """A page of rows. Keys of nested objects are joined by a dot; a key that a row lacks is an empty cell.

    A key that every row lacks is a missing column, which the titles do not hold.
    """
    rows = find_path(answer, rows_at, place)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise PageChanged(f"{place} 的应答里 {rows_at} 不是行的列表。", remedy=_REMEDY)
    flat = [_flatten(row) for row in rows]
    titles = _titles(flat) if flat else list(rules.columns)
    body = [(index, [row.get(title, "") for title in titles]) for index, row in enumerate(flat)]
    return Sheet(titles, body, totals)


def _titles(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Every key of any row; an object that is null in some rows is no column beside its own parts."""
    keys = dict.fromkeys(key for row in rows for key in row)
    parents = {key[:end] for key in keys for end, sign in enumerate(key) if sign == "."}
    filled = {key for row in rows for key, text in row.items() if text}
    return [key for key in keys if key not in parents or key in filled]


def json_totals(answer: Any, completeness: ListTotals, rules: DatasetRules, place: str) -> Totals:
    """Count and sums as the answer claims them; sums are written like their columns."""
    count = _count(answer, completeness.count_at, place) if completeness.count_at else None
    sums = {
        name: _amount(find_path(answer, path, place), rules, name, place)
        for name, path in completeness.sums_at.items()
    }
    return Totals(count, sums)


def _count(answer: Any, path: str, place: str) -> int:
    count = find_path(answer, path, place)
    if not isinstance(count, int) or isinstance(count, bool):
        raise PageChanged(f"{place} 的应答里 {path} 不是整数。", remedy=_REMEDY)
    return count


def _said(answer: Any) -> str:
    """The answer's own numbers and texts: often the portal's error in its words."""
    if not isinstance(answer, Mapping):
        return _text(answer)[:_SHOWN_TEXT]
    plain = [f"{key} {value}" for key, value in answer.items() if isinstance(value, str | int)]
    return mask_text("、".join(plain) or "、".join(answer))[:_SHOWN_TEXT]


def _amount(value: Any, rules: DatasetRules, name: str, place: str) -> int:
    try:
        return int(rules.column_names[name].parse(_text(value)))
    except (ValueError, TypeError):
        raise PageChanged(f"{place} 的应答里 {name} 的合计不是金额。", remedy=_REMEDY) from None


def _flatten(row: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = _text(value)
    return flat


def _text(value: Any) -> str:
    """A value as a cell shows it; lists stay JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
