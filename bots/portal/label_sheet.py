"""A sheet of labels and values on a page, read in one call: of a row's details, or a dataset of one row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Frame

from bots.errors import PageChanged
from bots.masking import mask_text
from bots.portal.screen import Screen
from bots.portal.selectors import Element, in_order, named
from bots.portal.snapshot import READ_SHEET
from bots.portal.table import plain_title

_PAIR = 2
_SHOWN_TEXT = 80


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """Labels and values in the order found, the text around them, the HTML as it was read."""

    pairs: Sequence[tuple[str, str]]
    text: str
    html: str


def read_sheet(
    screen: Screen,
    frame: Frame,
    element: Element,
    place: str,
    *,
    doing: str,
    remedy: str,
    same: Mapping[str, str] | None = None,
) -> LabelSheet:
    """The sheet in ``element``: a table, a <dl>, or what holds several; ``doing`` is said in notes.

    Waited for until it says the values of ``same`` beside their labels; one that says something else at the
    end of the time is the caller's to judge.
    Raises SessionExpired, PortalUnavailable, and PageChanged with the remedy when there is no such sheet.
    """
    question = screen.reading_question() | {
        "tables": in_order(element),
        "same": {plain_title(label): value for label, value in (same or {}).items()},
    }
    found: dict[str, Any] = json.loads(screen.ask(frame, READ_SHEET, question, f"{doing} {named(element)}"))
    if found["stop"]:
        raise screen.words.expired(found["stop"])
    if not found["hasTable"]:
        screen.words.raise_unavailable(found["text"])
        screen.raise_known_trouble()
        shown = mask_text(found["text"])[:_SHOWN_TEXT]
        raise PageChanged(f"{place} 没有表格 {named(element)}；页面写着：{shown}", remedy=remedy)
    screen.fallbacks.note(doing, element, found["table"])
    pairs = list(label_pairs(found["rows"], f"{place} {doing.removeprefix('读取')}", remedy))
    return LabelSheet(pairs, found["text"], found["html"])


def label_pairs(rows: Sequence[Sequence[str]], place: str, remedy: str) -> Iterable[tuple[str, str]]:
    """Cells of a sheet in turn as (label without its colon, value); an empty pair fills up a last row.

    Raises PageChanged for a row with a label or a value too many, and for a value without a label.
    """
    for cells in rows:
        pairs = list(zip(cells[::_PAIR], cells[1::_PAIR], strict=False))
        if len(cells) % _PAIR or any(value and not label for label, value in pairs):
            what = f"{place}里有一行不是一格名称一格内容，共 {len(cells)} 格。"
            raise PageChanged(what, remedy=remedy)
        yield from ((label.rstrip(":："), value) for label, value in pairs if label)
