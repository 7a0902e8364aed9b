"""A page read without the browser: the same titles, rows and texts that read_page.js would find in it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from bots.portal.documents import decoded_page
from bots.portal.selectors import Element, in_order
from bots.portal.snapshot import Snapshot

_UNSEEN = {"title", "script", "style", "noscript", "option", "template"}
# What lxml and the browser find alike: ``:contains`` and ``!=`` are lxml's own, ``:hover`` needs a mouse.
_ALIKE = {
    *("not", "has", "is", "where", "root", "empty", "first-child", "last-child", "only-child"),
    *("first-of-type", "last-of-type", "only-of-type"),
    *("nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"),
}
_QUOTED = re.compile(r"""\\.|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'""")
_PSEUDO = re.compile(r":([\w-]+)")
_OTHERWISE = re.compile(r"!=|\|(?!=)")
_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"
_STRING = etree.XPath("string()")
_IS_MERGED = etree.XPath("boolean(*/@rowspan | */@colspan)")


def is_css(selector: str) -> bool:
    """Whether a selector finds the same without a browser, by a page's script and by Playwright."""
    try:
        _css(selector)
    except (SelectorError, etree.XPathError):
        return False
    bare = _QUOTED.sub("", selector)
    return not _OTHERWISE.search(bare) and _ALIKE.issuperset(map(str.lower, _PSEUDO.findall(bare)))


def read_html(
    body: bytes, encoding: str, table: Element, *, login_form: str, leave_out: str, spread: bool = True
) -> Snapshot:
    """What a page says; ``stop`` is the login form where it shows, ``text`` leaves out what the page hides.

    A merged cell stands in every place that it covers, without ``spread`` only in its own. The selectors must
    be CSS. What a style sheet or a script hides is not known here.
    """
    root = _parse(body, encoding)
    found = {way: _css(way)(root) for way in in_order(table)}
    used = next((way for way, nodes in found.items() if nodes), "")
    node = found[used][0] if used else None
    rows = node.xpath(_ROWS) if node is not None else []
    left_out = set(_css(leave_out)(root)) if leave_out else set()
    return Snapshot(
        has_table=node is not None,
        table=used,
        header="",
        is_page=True,
        is_busy=False,
        pages=None,
        stop=login_form if _css(login_form)(root) else "",
        text=_clean(" ".join(_texts(root, node))),
        labels={},
        headers=[row.find("th") is not None for row in rows],
        rows=[
            [""] * len(cells) if row in left_out else cells
            for row, cells in zip(rows, _spread(rows) if spread else map(_cells, rows), strict=True)
        ],
        above=0,
        html="",
    )


@cache
def _css(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _parse(body: bytes, encoding: str) -> Any:
    """An answer without anything in it is a page without a table."""
    text = decoded_page(body, encoding).encode("utf-8")
    root = etree.fromstring(text, parser=etree.HTMLParser(encoding="utf-8"))
    return etree.Element("html") if root is None else root


def _texts(element: Any, skipped: Any) -> Iterator[str]:
    """What stands outside one element, in order."""
    is_seen = isinstance(element.tag, str) and element.tag not in _UNSEEN and not _is_hidden(element)
    if element is skipped or not is_seen:
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child, skipped)
        yield child.tail or ""


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style


def _cells(row: Any) -> list[str]:
    return [_text(cell) for cell in row.iterchildren("td", "th")]


def _spread(rows: Sequence[Any]) -> list[list[str]]:
    """A merged cell stands in every place that it covers, so that rows and titles keep their columns."""
    return _matrix(rows) if any(map(_IS_MERGED, rows)) else [_cells(row) for row in rows]


def _matrix(rows: Sequence[Any]) -> list[list[str]]:
    grid: list[dict[int, str]] = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row.iterchildren("td", "th"):
            while x in grid[y]:
                x += 1
            down, right = _span(cell, "rowspan"), _span(cell, "colspan") or 1
            text = _text(cell)
            for below in grid[y : y + down if down else None]:
                below.update(dict.fromkeys(range(x, x + right), text))
            x += right
    return [[cells.get(x, "") for x in range(max(cells, default=-1) + 1)] for cells in grid]


def _span(cell: Any, name: str) -> int:
    """0 reaches down to the end; what is no number counts as 1."""
    written = cell.get(name, "1").strip()
    return int(written) if written.isdecimal() else 1


def _text(cell: Any) -> str:
    """Most cells hold nothing but text; only the others are walked through."""
    return _clean(_STRING(cell) if len(cell) else cell.text or "")


def _clean(text: str) -> str:
    return " ".join(text.split())
