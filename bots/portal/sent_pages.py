"""A page's table read from the bytes that the server sent; what stands around it may end the session."""

from bots.errors import PageChanged
from bots.masking import mask_text
from bots.portal.html_page import read_html
from bots.portal.screen import Screen
from bots.portal.script_answers import spoken_text
from bots.portal.selectors import Element, named
from bots.portal.snapshot import Snapshot

_SHOWN_TEXT = 80


def read_sent_page(
    screen: Screen,
    body: bytes,
    table: Element,
    place: str,
    *,
    doing: str,
    remedy: str,
    leave_out: str = "",
    spread: bool = True,
) -> Snapshot:
    """The table in a page's bytes, as ``read_html`` reads it; ``doing`` is said in notes of fallbacks.

    Raises SessionExpired, PasswordExpired, PortalUnavailable by what stands outside the table, on a page
    without it anywhere; PageChanged with the remedy when there is no such table.
    """
    recipe = screen.recipe
    form = recipe.session.login_form
    found = read_html(body, recipe.encoding, table, login_form=form, leave_out=leave_out, spread=spread)
    if found.stop:
        raise screen.words.expired(found.stop)
    screen.words.raise_said(found.text)
    if not found.has_table:
        screen.words.raise_said(spoken_text(body, recipe.encoding))
        shown = mask_text(found.text)[:_SHOWN_TEXT]
        raise PageChanged(f"{place} 没有表格 {named(table)}；页面写着：{shown}", remedy=remedy)
    screen.fallbacks.note(doing, table, found.table)
    return found
