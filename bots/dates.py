"""Dates as insurers write them."""

import re
from datetime import date

_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_SHAPES = (
    re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})(?:[ T]{_TIME})?"),
    re.compile(rf"(?P<y>\d{{4}})/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?: {_TIME})?"),
    re.compile(r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def parse_date(text: str) -> date:
    """``2026-10-01``, ``2026/10/1``, ``2026年10月1日``, ``20261001`` -> date; ValueError otherwise.

    A time may follow; anything else after the date is refused, because it may change what is meant.
    """
    plain = text.strip()
    for shape in _SHAPES:
        match = shape.fullmatch(plain)
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    raise ValueError(f"不是日期：{text!r}")
