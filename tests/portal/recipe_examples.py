"""The examples of docs/recipe*.md as the engine reads them: each fenced block, and which keys it shows."""

import re
from collections.abc import Iterable, Iterator
from inspect import get_annotations
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from bots.portal.recipe import Recipe
from config.settings import PROJECT_ROOT

PAGES = ("recipe.md", "recipe-steps.md", "recipe-lists.md", "recipe-files.md")
_FENCED = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What an example leaves out because it shows something else.
_DATASET = {
    "title": "清单",
    "key": ["policy_no"],
    "columns": {"保单号": {"name": "policy_no", "required": True}},
}
_LIST = {
    "kind": "list",
    "steps": [{"open": "list"}],
    "table": "#list",
    "completeness": {"count": "共 {count} 条"},
}
_SESSION = {
    "login": [{"open": ""}],
    "logged_in": {"element": "#out"},
    "login_form": "#form",
    "refused": ["密码错误"],
    "expired": ["登录超时"],
}


def read_examples() -> dict[str, Any]:
    """``recipe.md:51`` -> the block that begins on that line, as YAML reads it."""
    found = {}
    for page in PAGES:
        text = (PROJECT_ROOT / "docs" / page).read_text("utf-8")
        for block in _FENCED.finditer(text):
            line = text.count("\n", 0, block.start()) + 1
            found[f"{page}:{line}"] = YAML(typ="safe").load(block[1])
    return found


def complete(block: Any) -> Recipe:
    """The recipe that holds the block and what the block leaves out; pydantic's error where it is none."""
    if isinstance(block, list):
        return complete({"example": {**_LIST, "steps": block}})
    if set(block) & set(Recipe.model_fields):
        return _recipe(block)
    if not all(isinstance(rules, dict) and "kind" in rules for rules in block.values()):
        block = {"example": _LIST | block}
    return _recipe({"datasets": {name: _DATASET | _rest(rules) | rules for name, rules in block.items()}})


def _rest(rules: dict[str, Any]) -> dict[str, Any]:
    """What a list needs beside what its example shows."""
    if rules["kind"] != "list":
        return {}
    is_read = bool({"grid", "cards", "fields", "response", "http"} & set(rules))
    return {key: value for key, value in _LIST.items() if not (is_read and key == "table")}


def _recipe(block: dict[str, Any]) -> Recipe:
    rest = {
        "slug": "example",
        "name": "示例",
        "base_url": "http://127.0.0.1/",
        "secrets": ["user", "password"],
    }
    return Recipe.model_validate(
        {**rest, "session": _SESSION, "datasets": {"example": _DATASET | _LIST}} | block
    )


def shown_keys(block: Any) -> set[tuple[str, str]]:
    """(model, key) for each key that the block itself writes, at any depth."""
    recipe = complete(block)
    if isinstance(block, list):
        return set(_keys_of(recipe.datasets["example"].steps))
    if set(block) & set(Recipe.model_fields):
        return set(_keys_of(recipe, block))
    is_whole = set(block) == set(recipe.datasets)
    written = block if is_whole else {"example": block}
    return {found for name, rules in written.items() for found in _keys_of(recipe.datasets[name], rules)}


def _keys_of(value: Any, written: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        for key in value.model_fields_set if written is None else written:
            yield declaring_model(type(value), key), key
            yield from _keys_of(getattr(value, key))
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _keys_of(part)


def declaring_model(model: type[BaseModel], key: str) -> str:
    """The class that brings a key into the language: what all datasets share is shown once."""
    return next(each.__name__ for each in reversed(model.__mro__) if key in get_annotations(each))
