"""YAML text -> Recipe; every error names file, line and key."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from bots.errors import RecipeInvalid
from bots.portal.recipe import Recipe
from bots.portal.recipe_blanks import find_blanks
from bots.portal.recipe_checks import find_faults

Place = tuple[str | int, ...]
_SENTENCES = {
    "missing": "缺少这个必填的键",
    "string_type": "应当是文字",
    "int_type": "应当是整数",
    "bool_type": "应当是 true 或 false",
    "list_type": "应当是列表（- 开头）",
    "dict_type": "应当是键值",
    "model_type": "应当是键值",
    "string_too_short": "不能为空",
    "too_short": "不能为空",
    "string_pattern_mismatch": "只能用小写字母、数字和下划线，字母开头",
    "union_tag_not_found": "缺少 kind",
}
_LIMITS = {
    "less_than_equal": ("不能大于", "le"),
    "greater_than_equal": ("不能小于", "ge"),
    "greater_than": ("必须大于", "gt"),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """A plain tree, and the line where each of its places stands."""

    tree: dict[str, Any]
    lines: dict[Place, str]


def parse_recipe(text: str, file_name: str, families: Mapping[str, str]) -> Recipe:
    """The recipe in ``text``; ``families`` maps a family's name to its YAML.

    Raises RecipeInvalid that names ``file_name:line: key`` for every fault found.
    """
    source = _read_yaml(text, file_name)
    blanks = [
        _at(source, place, f"还没有填写：{wanted}", file_name) for place, wanted in find_blanks(source.tree)
    ]
    if blanks:
        raise _invalid(blanks)
    family = source.tree.get("family")
    if family is not None:
        source = _inherit(source, file_name, str(family), families)
    try:
        recipe = Recipe.model_validate(source.tree)
    except ValidationError as error:
        raise _invalid([_sentence(source, detail, file_name) for detail in error.errors()]) from None
    faults = [_at(source, place, what, file_name) for place, what in find_faults(recipe)]
    if faults:
        raise _invalid(faults)
    return recipe


def _inherit(source: _Source, file_name: str, family: str, families: Mapping[str, str]) -> _Source:
    if family not in families:
        known = "、".join(sorted(families)) or "（无）"
        raise _invalid([_at(source, ("family",), f"没有家族 {family}；可用：{known}", file_name)])
    base = _read_yaml(families[family], f"_families/{family}.yaml")
    return _Source(tree=_merge(base.tree, source.tree), lines={**base.lines, **source.lines})


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Own keys win; mappings merge key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both else value
    return merged


def _read_yaml(text: str, file_name: str) -> _Source:
    try:
        loaded = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _invalid([f"{file_name}:{line}: 不是正确的 YAML：{error.problem}"]) from None
    if not isinstance(loaded, CommentedMap):
        raise _invalid([f"{file_name}:1: 文件应当由键值组成"])
    lines: dict[Place, str] = {(): f"{file_name}:1"}
    return _Source(tree=_plain(loaded, (), file_name, lines), lines=lines)


def _plain(node: Any, place: Place, file_name: str, lines: dict[Place, str]) -> Any:
    """Plain dicts, lists and scalars; fills ``lines`` on the way."""
    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*place, str(key))] = f"{file_name}:{_line(node, key, mapping=True)}"
        return {str(key): _plain(value, (*place, str(key)), file_name, lines) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*place, index)] = f"{file_name}:{_line(node, index, mapping=False)}"
        return [_plain(value, (*place, index), file_name, lines) for index, value in enumerate(node)]
    return str(node) if isinstance(node, str) else node


def _line(node: Any, key: Any, *, mapping: bool) -> int:
    """Line of a key or item, counted from 1; an inherited ``<<`` key stands at its mapping."""
    positions = node.lc.data or {}
    if key not in positions:
        return int(node.lc.line) + 1
    line, _column = node.lc.key(key) if mapping else node.lc.item(key)
    return int(line) + 1


def _sentence(source: _Source, detail: ErrorDetails, file_name: str) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        what = "未知的键" + _suggestion(str(detail["loc"][-1]), detail["loc"])
    elif kind in ("literal_error", "enum"):
        what = f"只能是 {context['expected']}".replace(" or ", " 或 ")
    elif kind == "union_tag_invalid":
        what = f"kind 只能是 {context['expected_tags']}"
    elif kind in _LIMITS:
        word, limit = _LIMITS[kind]
        what = f"{word} {context[limit]:g}"
    elif kind == "value_error":
        what = str(context["error"])
    else:
        what = _SENTENCES.get(kind, f"值不合适（{detail['msg']}）")
    return _at(source, detail["loc"], what, file_name)


def _suggestion(key: str, loc: Sequence[str | int]) -> str:
    names = {name for model in _models() for name in model}
    close = [name for name in difflib.get_close_matches(key, names, n=1) if name != key]
    return f"，是不是 {close[0]}？" if close and loc else ""


def _models() -> list[list[str]]:
    definitions = Recipe.model_json_schema()["$defs"].values()
    return [list(Recipe.model_fields), *(list(model.get("properties", ())) for model in definitions)]


def _at(source: _Source, loc: Sequence[str | int], what: str, file_name: str) -> str:
    """``file:line: key: what``; tags that pydantic puts into a location are not in the file."""
    place: Place = ()
    for token in loc:
        if (*place, token) in source.lines:
            place = (*place, token)
    shown = list(place)
    if loc and what == _SENTENCES["missing"] and loc[-1] not in place[-1:]:
        shown.append(loc[-1])
    where = source.lines.get(place, f"{file_name}:1")
    return f"{where}: {'.'.join(map(str, shown))}: {what}"


def _invalid(sentences: Sequence[str]) -> RecipeInvalid:
    return RecipeInvalid(
        "；".join(sentences), remedy="按 docs/recipe.md 改正所指的行，再运行 brokerflow portal check"
    )
