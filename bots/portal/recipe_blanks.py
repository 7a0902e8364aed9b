"""Places of a new recipe that nobody has filled in yet: ``〔填写：查询按钮〕``."""

import re
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
_BLANK = re.compile(r"〔填写：?(.*?)〕")


def find_blanks(node: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Keys and texts that are still blank: (place in the file, what is wanted there)."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _blanks_in(key, (*place, key))
            yield from find_blanks(value, (*place, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from find_blanks(value, (*place, index))
    elif isinstance(node, str):
        yield from _blanks_in(node, place)


def _blanks_in(text: str, place: Place) -> Iterator[tuple[Place, str]]:
    for wanted in _BLANK.findall(text):
        yield place, wanted
