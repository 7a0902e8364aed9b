"""Pages as bytes: GBK inside, gb2312 on the label, as the old portals do."""

from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.amounts import yuan

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


def drop_column(headers: list[str], rows: list[list[str]], header: str) -> tuple[list[str], list[list[str]]]:
    """The same table without one column; unchanged when there is no such header."""
    if header not in headers:
        return headers, rows
    place = headers.index(header)
    return headers[:place] + headers[place + 1 :], [row[:place] + row[place + 1 :] for row in rows]
