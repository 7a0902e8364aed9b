"""Dates as insurers write them."""

import re
from datetime import date

_SHAPES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T].*)?"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?: .*)?"),
    re.compile(r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def parse_date(text: str) -> date:
    """``2026-10-01``, ``2026/10/1``, ``2026年10月1日``, ``20261001`` -> date; ValueError otherwise."""
    plain = text.strip()
    for shape in _SHAPES:
        match = shape.fullmatch(plain)
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    raise ValueError(f"不是日期：{text!r}")
