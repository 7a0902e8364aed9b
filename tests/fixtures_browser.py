"""One Chromium for the browser tests of a process, and a context of its own for each of them."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext

from config.settings import get_settings
from connectors.browser import new_context, open_browser


class SharedBrowser:
    """Starts when it is first asked for, and again when the last one is gone."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._browser: Browser | None = None

    def get(self) -> Browser:
        """A browser that answers."""
        if self._browser is None or not self._browser.is_connected():
            self.close()
            self._browser = self._opened.enter_context(open_browser(get_settings()))
        return self._browser

    def close(self) -> None:
        """End it, if it runs."""
        self._browser = None
        self._opened.close()


SHARED = pytest.StashKey[SharedBrowser]()


def pytest_configure(config):
    config.stash[SHARED] = SharedBrowser()


def pytest_unconfigure(config):
    config.stash[SHARED].close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Playwright lives once in a thread, its event loop with it: other tests meet neither."""
    if "browser" not in getattr(item, "fixturenames", ()):
        item.config.stash[SHARED].close()


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """The shared browser, without a context of anybody's before and after the test."""
    shared = pytestconfig.stash[SHARED]
    browser = shared.get()
    yield browser
    left = [page.url for context in browser.contexts for page in context.pages]
    if browser.contexts:
        shared.close()
    assert not left, "pages of this test are still open"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh context in the shared browser."""
    with new_context(browser) as context:
        yield context
