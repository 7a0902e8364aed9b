"""What a browser may keep of a long session."""

import pytest

from bots.portal.screen import Screen
from tests.portal.recipes import parse_taian

PAUSES = 10


@pytest.mark.browser
def test_pages_left_behind_are_let_go(context):
    """Nobody's objects are cleared away with the pauses between pages, without which they would pile up."""
    screen = Screen(context, parse_taian(), "http://127.0.0.1:9/")
    screen.page.evaluate("() => { window.left = new WeakRef(document.createElement('table')); }")
    assert screen.page.evaluate("() => window.left.deref() !== undefined")
    for _ in range(PAUSES):
        screen.pause()
    assert screen.page.evaluate("() => window.left.deref() === undefined")
