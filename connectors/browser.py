"""The browser that portals are driven with: found on the machine, opened for one run."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bots.errors import SetupInvalid
from config.settings import TIME_ZONE, Settings, has_display

# Chromium without windows takes less CPU and memory; Playwright too prefers it where nobody looks.
_WITHOUT_WINDOWS = ("chromium-headless-shell", "chrome-headless-shell")
_COMMANDS = (
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
)
_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# The pages of Chromium's address bar cost a process of 50 MB in each browser. Chromium obeys the last list
# of features alone, so Playwright's own list stands here again (a test compares them with a running browser).
_UNUSED_FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
_FLAGS = (
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-gpu",
    f"--disable-features={','.join(_UNUSED_FEATURES)}",
)
_REMEDY = (
    "安装 Chrome、Chromium 或 Edge，或运行 playwright install chromium；也可设置 BROKERFLOW_BROWSER_PATH"
)
NO_DISPLAY_REMEDY = "在有图形界面的电脑上运行，或安装 xvfb 后在命令前加 xvfb-run -a"


def find_browser(*, headed: bool = False) -> Path | None:
    """The first installed of Chromium without windows (not if ``headed``), Chrome, Chromium and Edge.

    Else the Chromium that Playwright downloaded, else None.
    """
    for command in _COMMANDS if headed else _WITHOUT_WINDOWS + _COMMANDS:
        found = shutil.which(command)
        if found:
            return Path(found)
    installed = next((Path(path) for path in _APPLICATIONS if Path(path).is_file()), None)
    return installed or _playwrights_own()


def _playwrights_own() -> Path | None:
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


@contextmanager
def open_browser(settings: Settings, *, headed: bool = False) -> Iterator[Browser]:
    """A running browser, closed at the end; one at a time in a thread.

    ``headed`` shows its window. Raises SetupInvalid when no browser is installed, it does not start, or
    there is no screen to show a window on.
    """
    if headed and not has_display():
        raise SetupInvalid("这台机器没有图形界面，打不开浏览器窗口。", remedy=NO_DISPLAY_REMEDY)
    path = settings.browser_path or find_browser(headed=headed)
    if path is None or not path.is_file():
        raise SetupInvalid(f"没有找到浏览器{f'：{path}' if path else ''}。", remedy=_REMEDY)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=list(_FLAGS), chromium_sandbox=not _is_root(), headless=not headed
            )
        except PlaywrightError as error:
            reason = error.message.splitlines()[0]
            raise SetupInvalid(f"浏览器 {path} 无法启动：{reason}。", remedy=_REMEDY) from error
        with browser:
            yield browser


def new_context(browser: Browser) -> BrowserContext:
    """A fresh context: cookies of its own, Chinese, Shanghai's time. Whoever asks closes it."""
    return browser.new_context(
        locale="zh-CN",
        timezone_id=TIME_ZONE,
        accept_downloads=True,
        viewport={"width": 1280, "height": 900},
    )


@contextmanager
def open_context(settings: Settings, *, headed: bool = False) -> Iterator[BrowserContext]:
    """A fresh context in a browser of its own; both are closed at the end. Raises as ``open_browser``."""
    with open_browser(settings, headed=headed) as browser:
        context = new_context(browser)
        try:
            yield context
        finally:
            with suppress(PlaywrightError):  # a browser that just died must not hide the error that says so
                context.close()


def _is_root() -> bool:
    """Chromium refuses its sandbox to root; everybody else gets it, for portals are foreign pages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
