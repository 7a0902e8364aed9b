"""The browser of this machine."""

from contextlib import nullcontext
from unittest.mock import MagicMock

import psutil
import pytest
from playwright.sync_api import Error as PlaywrightError

from bots.errors import BrowserLost, SetupInvalid
from config.settings import Settings
from connectors import browser
from connectors.browser import find_browser, open_context


@pytest.mark.browser
def test_found_browser_opens_a_chinese_page_in_shanghai():
    """The browser that is found by itself starts, speaks Chinese and keeps Shanghai's time."""
    found = find_browser()
    assert found is not None
    with open_context(Settings(browser_path=None)) as context:
        page = context.new_page()
        facts = page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]")
    assert facts == ["zh-CN", "Asia/Shanghai"]


def test_a_browser_that_died_while_it_was_closed_does_not_hide_why(monkeypatch):
    """Closing what is dead fails; the error that is told is the one from before."""
    dead = MagicMock()
    dead.close.side_effect = PlaywrightError("Target page, context or browser has been closed")
    dead.__exit__.side_effect = dead.close.side_effect
    monkeypatch.setattr(browser, "open_browser", lambda *_, **__: nullcontext(MagicMock()))
    monkeypatch.setattr(browser, "new_context", lambda _: dead)
    with pytest.raises(BrowserLost), open_context(Settings()):
        raise BrowserLost("taian 浏览器关闭了。", remedy="重新运行")
    dead.close.assert_called_once()


def test_chromium_without_windows_comes_first_where_nobody_looks(tmp_path, monkeypatch):
    """Of both, the one without windows drives the night; a window is shown by the other."""
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == tmp_path / "chromium-headless-shell"
    assert find_browser(headed=True) == tmp_path / "chromium"


def test_wrong_path_says_how_to_mend_it(tmp_path):
    """A browser_path without a browser is an error with the remedy."""
    settings = Settings(browser_path=tmp_path / "no-browser")
    with pytest.raises(SetupInvalid, match="no-browser") as caught, open_context(settings):
        pass
    assert "playwright install chromium" in caught.value.remedy


def test_file_that_is_no_browser_says_so(tmp_path):
    """A path to something else ends in the same error, not in a stack trace."""
    fake = tmp_path / "chrome"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    with pytest.raises(SetupInvalid, match="无法启动"), open_context(Settings(browser_path=fake)):
        pass


@pytest.mark.browser
def test_what_playwright_switches_off_stays_off():
    """Of two lists Chromium obeys the last: ours holds Playwright's, and the address bar has no process."""
    with open_context(Settings(browser_path=None)):
        commands = [process.cmdline() for process in psutil.Process().children(recursive=True)]
    lists = next(
        [set(word.partition("=")[2].split(",")) for word in command if word.startswith("--disable-features=")]
        for command in commands
        if command
        and "--headless" in " ".join(command)
        and not any(word.startswith("--type=") for word in command)
    )
    assert len(lists) == 2
    assert lists[0] <= lists[1]
    assert not any("--top-chrome-webui" in command for command in commands)
