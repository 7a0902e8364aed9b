"""Texts that a portal prints, written as patterns in a recipe: ``共 {count} 条 第 {page}/{pages} 页``."""

import re
from functools import lru_cache

from bots.money import parse_fen

_NUMBER = r"\d[\d,]*"
_HOLES = {
    "count": _NUMBER,
    "page": _NUMBER,
    "pages": _NUMBER,
    "amount": r"[-(（]?\s*[\d,]+(?:\.\d+)?\s*[)）]?",
}
_BETWEEN = re.compile(r"[\s,]")
_HOLE = re.compile(r"\{(\w*)\}")


def holes(pattern: str) -> set[str]:
    """Names of the placeholders in a pattern."""
    return set(_HOLE.findall(pattern))


def unknown_holes(pattern: str) -> set[str]:
    """Placeholders that no pattern may use."""
    return holes(pattern) - set(_HOLES)


@lru_cache(maxsize=256)
def as_regex(pattern: str) -> str:
    """The pattern as a regular expression that Python understands; white space is optional everywhere."""
    parts = _HOLE.split(pattern)
    spoken = [
        f"(?P<{part}>{_HOLES[part]})" if index % 2 else _literal(part) for index, part in enumerate(parts)
    ]
    return r"\s*".join(part for part in spoken if part)


def as_script_regex(pattern: str) -> str:
    """The same for the page's own script, which names groups without the P."""
    return as_regex(pattern).replace("(?P<", "(?<")


def read_numbers(pattern: str, text: str) -> dict[str, int] | None:
    """The numbers that stand in the placeholders of ``pattern``; amounts are fen. None when absent."""
    match = re.search(as_regex(pattern), text)
    return _numbers(match) if match else None


def texts_that_fit(pattern: str, text: str) -> list[str]:
    """Each text that fits ``pattern`` once: white space and commas in numbers make no other one."""
    found = [match[0] for match in re.finditer(as_regex(pattern), text)]
    return list({_BETWEEN.sub("", said): said for said in found}.values())


def read_line_numbers(pattern: str, text: str) -> dict[str, int] | None:
    """The same where ``pattern`` is a whole line; None too where two lines are of that kind."""
    lines = [match for line in text.splitlines() if (match := re.fullmatch(as_regex(pattern), line.strip()))]
    return _numbers(lines[0]) if len(lines) == 1 else None


def _numbers(match: re.Match[str]) -> dict[str, int]:
    return {
        name: parse_fen(value) if name == "amount" else int(value.replace(",", ""))
        for name, value in match.groupdict().items()
    }


def _literal(text: str) -> str:
    return r"\s*".join(re.escape(word) for word in text.split())
