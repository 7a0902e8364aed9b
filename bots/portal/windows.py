"""What a click brings beside the page: a new window, a downloaded file."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Download, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import PortalUnavailable, SessionExpired, SourceFileInvalid
from bots.portal.deadlines import within
from bots.portal.screen import Screen

_REMEDY = "稍后重新运行；持续出现时请与保司系统管理员联系"


@contextmanager
def opened_window(screen: Screen, press: Callable[[], None], place: str) -> Iterator[Page]:
    """The window that ``press`` opens, loaded; closed at the end, but left open as evidence of a failure."""
    timeout = screen.recipe.timeout_seconds * 1000
    with screen.guarded(f"打开 {place} 的窗口"):
        with screen.context.expect_page(timeout=timeout) as opened:
            press()
        window = opened.value
        window.wait_for_load_state("domcontentloaded", timeout=timeout)
        screen.raise_failing_status()
    try:
        yield window
    except SessionExpired:
        window.close()
        raise
    window.close()


def take_download(screen: Screen, place: str, *, named: str = "") -> bytes:
    """Bytes of the file that the last click downloads, whichever window it comes through.

    Raises SessionExpired when the portal answers with its login instead, SourceFileInvalid when the transfer
    breaks off or the portal's own name of the file is not ``named``, PortalUnavailable when nothing comes in
    time.
    """
    deadline = time.monotonic() + screen.recipe.timeout_seconds
    while not screen.downloads:
        if time.monotonic() > deadline:
            raise PortalUnavailable(
                f"{place} {screen.recipe.timeout_seconds:g} 秒内没有文件。", remedy=_REMEDY
            )
        screen.wait_briefly()
    download = screen.downloads.pop()
    failure = _ended(screen, download, place)
    if failure:
        raise SourceFileInvalid(
            f"{place} 下载中断：{failure}。", remedy="重新运行；再次出现时在保司系统里手工导出核对"
        )
    if named and download.suggested_filename != named:
        raise SourceFileInvalid(
            f"{place} 下载到的文件叫 {download.suggested_filename}，应当叫 {named}。", remedy="稍后重新采集"
        )
    with screen.guarded(f"读取 {place} 的文件"):
        raw = Path(within(screen.recipe.timeout_seconds, download, "path")).read_bytes()
        download.delete()
    return raw


def _ended(screen: Screen, download: Download, place: str) -> str | None:
    """Why the transfer failed, None when it came to its end; PortalUnavailable when it stands still."""
    seconds = screen.recipe.timeout_seconds
    try:
        failure: str | None = within(seconds, download, "failure")
    except PlaywrightTimeout:
        raise PortalUnavailable(f"{place} {seconds:g} 秒内没有下载完。", remedy=_REMEDY) from None
    return failure
