"""Browsers die and lines go dead in mid-list: one clear error in bounded time, what evidence there is."""

import time

import pytest

from bots.errors import BrowserLost, PortalUnavailable
from tests.portal.five_portals import LISTS, SECONDS, logged_in
from tests.portal.unlucky import Line, kill_browser, kill_renderers

pytestmark = pytest.mark.browser

# The recipe's patience, what is asked afterwards to explain the failure, and a busy machine.
BOUND_SECONDS = SECONDS + 40


@pytest.fixture
def line(small_sandbox):
    """A line to the portal that can be cut."""
    line = Line(small_sandbox.url)
    yield line
    line.close()


def walk_into(session, slug, misfortune, error):
    """Read page 1, then let it happen; the error, which must come in time."""
    pages = session.extract(LISTS[slug].dataset, LISTS[slug].parameters)
    next(pages)
    misfortune()
    started = time.monotonic()
    with pytest.raises(error) as caught:
        list(pages)
    assert time.monotonic() - started < BOUND_SECONDS
    assert slug in caught.value.what
    return caught.value


@pytest.mark.parametrize("slug", ["taian", "kehutong"])
@pytest.mark.parametrize("kill", [kill_renderers, kill_browser])
def test_a_browser_that_dies_is_told_as_such(context, small_sandbox, evidence, slug, kill):
    """SIGKILL to the page's process or to all of them is no changed page; what was asked last is kept."""
    with logged_in(context, small_sandbox, slug, evidence) as session:
        walk_into(session, slug, kill, BrowserLost)
    answers = evidence.files[f"{slug}-{LISTS[slug].dataset}-answers.txt"].decode("utf-8")
    assert f"/{slug}/" in answers


@pytest.mark.parametrize("slug", LISTS)
def test_a_line_that_is_reset_is_a_portal_out_of_reach(context, small_sandbox, evidence, line, slug):
    """Connections are reset after page 1: whatever way the list is read, the portal is what is missing."""
    with logged_in(context, small_sandbox, slug, evidence, line.url) as session:
        walk_into(session, slug, lambda: line.cut(silent=False), PortalUnavailable)
    assert evidence.files


@pytest.mark.parametrize("slug", ["taian", "ruixiang", "mingde", "kehutong"])
def test_a_line_that_goes_silent_ends_in_time(context, small_sandbox, line, slug):
    """Nothing comes any more and nobody hangs up: the recipe's patience ends it."""
    with logged_in(context, small_sandbox, slug, url=line.url) as session:
        walk_into(session, slug, lambda: line.cut(silent=True), PortalUnavailable)
