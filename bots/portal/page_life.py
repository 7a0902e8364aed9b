"""Whether the page that everything happens on still lives, and which window beside it closed last."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.masking import mask_text
from bots.portal.deadlines import within

_ANSWER_SECONDS = 10


def open_addresses(context: BrowserContext) -> list[str]:
    """Where the pages, their frames and the windows beside them stand; no call to the browser."""
    return [frame.url for page in context.pages for frame in page.frames]


class PageLife:
    """Listens to the ends of one page and of the windows opened beside it."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._context, self._page = context, page
        self._has_crashed = False
        self.closed_window = ""
        page.on("crash", self._note_crash)
        context.on("page", self._watch_window)

    @property
    def is_over(self) -> bool:
        """Whether the page is known to be gone: closed with its browser, or the process behind it died."""
        return self._has_crashed or self._page.is_closed()

    def is_over_now(self) -> bool:
        """The same by asking the page itself: the news of its end may come after an error that it caused."""
        if self.is_over:
            return True
        try:
            within(_ANSWER_SECONDS, self._page, "title")
        except PlaywrightError as error:
            return not isinstance(error, PlaywrightTimeout)
        return False

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("page", self._watch_window)

    def _note_crash(self, _page: Page) -> None:
        self._has_crashed = True

    def _watch_window(self, window: Page) -> None:
        window.on("close", self._note_closed)

    def _note_closed(self, window: Page) -> None:
        self.closed_window = mask_text(urlsplit(window.url).path)
