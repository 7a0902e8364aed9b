"""What evidence of a portal may show: the recipe's own words, and names that are no person's."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bots.portal.recipe import Recipe
from bots.portal.table import plain_title

_HIDDEN = "**"
_PLAIN = re.compile(r"[A-Za-z_-]+\d{0,2}(\.[A-Za-z]+\d?)?", re.ASCII)
_NAMES = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class KnownWords:
    """``titles`` are those whose values may be seen, ``said`` what the recipe expects a portal to say.

    ``names`` stand in the recipe: keys of answers, parts of addresses.
    """

    titles: Collection[str]
    said: Collection[str]
    names: Collection[str]

    def shows_title(self, title: str) -> bool:
        """Whether the values under a title may be seen."""
        return plain_title(title) in self.titles

    def message(self, text: str) -> str:
        """A message as far as it is the recipe's own words: around them it may speak of anybody."""
        found = [mark for mark in self.said if mark in text]
        return text if text in found else _HIDDEN.join(["", *found, ""]) if found else _HIDDEN

    def name(self, text: str) -> str:
        """A key or a part of an address: hidden unless the recipe has it or it is a plain ASCII word."""
        return text if text in self.names or _PLAIN.fullmatch(text) else _HIDDEN


def known_words(recipe: Recipe, titles: Collection[str]) -> KnownWords:
    """What a recipe knows, ``titles`` being those of columns that are no person's."""
    rules = recipe.session
    said = [*rules.refused, *rules.expired, *rules.unavailable, *rules.password_expired]
    written = [text for text in _texts(recipe.model_dump()) if text]
    return KnownWords(titles, said, {name for text in written for name in [text, *_NAMES.findall(text)]})


def _texts(value: Any) -> Iterator[str]:
    """All texts and keys of a recipe."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (str(key) for key in value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
