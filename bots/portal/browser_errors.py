"""Playwright's errors in words for people: the portal is away, the browser is gone, the page has changed."""

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import ApplicationError, BrowserLost, PageChanged, PortalUnavailable
from bots.portal.page_life import PageLife
from bots.portal.portal_words import LATER_REMEDY

CHANGED_REMEDY = "打开保司系统对照页面，修改配方里的选择器，再用 brokerflow portal try 试跑"
_LOST = ("crashed", "Connection closed")
_CLOSED = "has been closed"
_LOST_REMEDY = "重新运行；再次出现时请 IT 查看内存"


def browser_error(
    error: PlaywrightError, place: str, doing: str, life: PageLife
) -> ApplicationError | PageChanged:
    """Our error for one of the browser's; a window that closed itself is no lost browser."""
    first_line = error.message.splitlines()[0]
    is_closed = _CLOSED in first_line
    is_lost = life.is_over_now() if is_closed else life.is_over
    if "net::ERR_" in first_line or "chrome-error://" in first_line:
        return PortalUnavailable(f"{place} {doing}失败：{first_line}。", remedy=LATER_REMEDY)
    if is_lost or any(words in first_line for words in _LOST):
        return BrowserLost(f"{place} {doing}时浏览器关闭了。", remedy=_LOST_REMEDY)
    if is_closed:
        what = f"{place} {doing}时窗口 {life.closed_window} 自己关闭了。"
        return PortalUnavailable(what, remedy=LATER_REMEDY)
    if isinstance(error, PlaywrightTimeout) and "goto" in first_line:
        return PortalUnavailable(f"{place} {doing}超时。", remedy=LATER_REMEDY)
    return PageChanged(f"{place} {doing}失败：页面上没有它，或者不能操作。", remedy=CHANGED_REMEDY)
