"""The table on a page, read in one call once it is there."""

from collections.abc import Mapping

from playwright.sync_api import Frame

from bots.errors import PageChanged, PortalUnavailable
from bots.masking import mask_text
from bots.portal.browser_errors import CHANGED_REMEDY
from bots.portal.portal_words import LATER_REMEDY
from bots.portal.printed import as_script_regex
from bots.portal.readings import Paging
from bots.portal.screen import Screen
from bots.portal.selectors import Element, choices, in_order, named
from bots.portal.snapshot import READ_PAGE, Snapshot

_SHOWN_TEXT = 80


def read_table(
    screen: Screen,
    frame: Frame,
    table: Element,
    *,
    header: Element | None = None,
    leave_out: str = "",
    empty: str = "",
    paging: Paging | None = None,
    page_no: int = 1,
    within: str = "",
    labels: Mapping[str, str] | None = None,
    as_shown: bool = False,
) -> Snapshot:
    """Everything about a page in one call, once its table, page number and labels' texts are there.

    ``within`` is the element that holds the labels, ``as_shown`` asks for the HTML too. A label that
    says something else at the end of the time is the caller's to judge.
    """
    question = screen.reading_question() | {
        "tables": in_order(table),
        "headers": choices(header),
        "leaveOut": leave_out,
        "empty": empty if header else "",
        "within": within,
        "labels": dict(labels or {}),
        "page": as_script_regex(paging.page) if paging and paging.page else "",
        "pageAt": (paging and paging.page_at) or "",
        "pagesAt": (paging and paging.pages_at) or "",
        "idle": (paging and paging.idle) or "",
        "pageNo": page_no,
        "asShown": as_shown,
    }
    snapshot = Snapshot.from_json(screen.ask(frame, READ_PAGE, question, f"读取表格 {named(table)}"))
    if snapshot.stop:
        raise screen.words.expired(snapshot.stop)
    if snapshot.is_busy or not (snapshot.has_table and snapshot.is_page):
        screen.words.raise_unavailable(snapshot.text)
        screen.raise_known_trouble()
        screen.raise_script_trouble()
        raise _not_shown(screen, snapshot, named(table), page_no)
    screen.fallbacks.note("读取表格", table, snapshot.table)
    screen.fallbacks.note("读取表头", header, snapshot.header)
    return snapshot


def _not_shown(
    screen: Screen, snapshot: Snapshot, table: str, page_no: int
) -> PageChanged | PortalUnavailable:
    if snapshot.is_busy:
        what = f"{screen.place} {screen.recipe.timeout_seconds:g} 秒内没有画完第 {page_no} 页。"
        return PortalUnavailable(what, remedy=LATER_REMEDY)
    what = f"没有出现第 {page_no} 页" if snapshot.has_table else f"没有表格 {table}"
    text = mask_text(snapshot.text)[:_SHOWN_TEXT]
    return PageChanged(f"{screen.place} {what}；页面写着：{text}", remedy=CHANGED_REMEDY)
