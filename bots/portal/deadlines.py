"""An end for Playwright's calls that have none: a transfer that stalls, a page that hangs, a lost browser."""

import asyncio
from typing import Any

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout


def within(seconds: float, target: Any, call: str, *arguments: Any) -> Any:
    """What ``target.call(*arguments)`` gives, PlaywrightTimeout after ``seconds``.

    The public calls take no timeout, so their own coroutine is awaited with one. Arguments and result are
    plain values.
    """
    coroutine = getattr(target._impl_obj, call)(*arguments)  # noqa: SLF001 - see above
    try:
        return target._sync(asyncio.wait_for(coroutine, seconds))  # noqa: SLF001
    except TimeoutError:
        raise PlaywrightTimeout(f"{call}: {seconds:g} s") from None


def opened_page(seconds: float, context: BrowserContext) -> Page:
    """A new page of the context, PlaywrightTimeout after ``seconds``."""
    opened = within(seconds, context, "new_page")
    return next(page for page in context.pages if page._impl_obj is opened)  # noqa: SLF001
