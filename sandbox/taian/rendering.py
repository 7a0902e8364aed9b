"""Pages as bytes: GBK inside, gb2312 on the label, as the old portals do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.amounts import yuan
from sandbox.portal_faults import PortalFaults

ACTION = "操作"
_EXTRA = "渠道标识"

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["yuan"] = yuan


def render_gbk(page: str, /, **values: Any) -> bytes:
    """The page's text in GBK; UnicodeEncodeError for a character that GBK lacks."""
    return _PAGES.get_template(page).render(**values).encode("gbk")


def answer(page: str, /, **values: Any) -> Response:
    """A page as the portal sends it."""
    return Response(render_gbk(page, **values), media_type="text/html; charset=gb2312")


def spoil_columns(
    headers: Sequence[str], rows: Sequence[Sequence[str]], faults: PortalFaults
) -> tuple[list[str], list[list[str]]]:
    """The same table as the faults show it: a column gone, one with a new title, one that nobody knows."""
    kept = [place for place, header in enumerate(headers) if header != faults.missing_column]
    shown = [
        f"新{headers[place]}" if headers[place] == faults.renamed_column else headers[place] for place in kept
    ]
    cells = [[row[place] for place in kept if place < len(row)] for row in rows]
    if faults.extra_column:
        end = shown.index(ACTION) if ACTION in shown else len(shown)
        shown.insert(end, _EXTRA)
        cells = [[*row[:end], "ZJ", *row[end:]] for row in cells]
    return shown, cells
