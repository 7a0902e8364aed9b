"""The page as verbs and datasets see it: frames, clicks, answers; every failure becomes an error of ours."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from playwright.sync_api import BrowserContext, Download, Frame, Locator, Page, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import ApplicationError, PageChanged, PortalUnavailable
from bots.masking import mask_text
from bots.portal.browser_errors import CHANGED_REMEDY, browser_error
from bots.portal.deadlines import within
from bots.portal.dialogs import DialogWatch
from bots.portal.documents import DocumentWatch
from bots.portal.exchanges import Exchange
from bots.portal.overlays import OverlayWatch
from bots.portal.pace import Pace
from bots.portal.page_life import PageLife, open_addresses
from bots.portal.patience import reload_patiently
from bots.portal.people import Asker
from bots.portal.portal_words import LATER_REMEDY, PortalWords
from bots.portal.recipe import Recipe
from bots.portal.script_answers import ScriptAnswers, ends_request, spoken_text
from bots.portal.selectors import Element, Fallbacks, either, first_shown, named
from bots.portal.session_client import SessionClient
from bots.portal.verbs import TOP

_POLL_MS = 20
_GRACE_SECONDS = 10
_SHOWN_TEXT = 80
_SERVER_ERROR = 500
_MOVING_MS = 2_000
_SHOWN_NOW = "() => (document.body || document.documentElement).innerText || ''"
_BLANK = "about:blank"
_MOST_MOVES = 5
_KEPT_ASKED = 4
_SETTLING_MS = 200
_TIDY_EVERY = 10


class Screen:
    """Drives one page of one portal; counts calls to the browser in ``round_trips``."""

    def __init__(
        self, context: BrowserContext, recipe: Recipe, base_url: str, asker: Asker | None = None
    ) -> None:
        self.asker = asker
        self.recipe = recipe
        self.newest_answer = ""
        self.context = context
        self.client: SessionClient = context.request
        self.round_trips = 0
        self._pauses = 0
        self.place = f"{recipe.name}（{recipe.slug}）"
        self.words = PortalWords(recipe, self.place)
        self.fallbacks = Fallbacks(self.place)
        self.pace = Pace(recipe.rows_per_minute, recipe.pause_ms)
        self.downloads: list[Download] = []
        self.asked: deque[Exchange] = deque(maxlen=_KEPT_ASKED)
        self._base_url = base_url.removesuffix("/") + "/"
        self.timeout_ms = recipe.timeout_seconds * 1000
        self.dialogs = DialogWatch(context, recipe)
        context.on("page", self._watch_page)
        self.page: Page = context.new_page()
        self.overlays = OverlayWatch(self.page, recipe, self.place)
        self._life = PageLife(context, self.page)
        self.documents = DocumentWatch(context, self.page)
        self.answers = ScriptAnswers(context, self._base_url, recipe.encoding)

    @property
    def is_lost(self) -> bool:
        """Whether the page is gone: closed with its browser, or the process behind it died."""
        return self._life.is_over

    def _watch_page(self, page: Page) -> None:
        page.on("download", self._note_download)

    def _note_download(self, download: Download) -> None:
        self.downloads.append(download)

    def pause(self, *, by_page: bool = True) -> None:
        """Keep the recipe's distance and ceiling of rows; behind what the page asks the browser tidies up."""
        self.answers.forget()
        self._pauses += by_page
        if by_page and self._pauses % _TIDY_EVERY == 0:
            with suppress(PlaywrightTimeout):
                within(self.recipe.timeout_seconds, self.page, "request_gc")
        wait_ms = self.pace.left_ms()
        if wait_ms:
            self.page.wait_for_timeout(wait_ms)

    def start_over(self) -> None:
        """Forget what was seen and close the windows that a failure left open."""
        self._leave_page()
        self.documents.forget()
        self.answers.forget()
        self.newest_answer = ""
        self.downloads.clear()
        self.dialogs.take_stray()
        self.overlays.forget()
        for page in self.context.pages:
            if page is not self.page:
                page.close()

    def _leave_page(self) -> None:
        """A page that lost its session may be showing an alert, or be just moving itself to the login."""
        for _ in range(_MOST_MOVES):
            try:
                self.page.goto(_BLANK, timeout=self.timeout_ms)
            except PlaywrightError as error:
                if self.is_lost:
                    raise self.translated("离开页面", error) from None
                self.page.wait_for_timeout(_SETTLING_MS)
            else:
                return

    def frame(self, name: str) -> Frame:
        """The frame of that name, waited for."""
        if name == TOP:
            return self.page.main_frame
        found = self.page.frame(name)
        deadline = time.monotonic() + self.recipe.timeout_seconds
        while found is None and time.monotonic() < deadline:
            self.page.wait_for_timeout(_POLL_MS)
            found = self.page.frame(name)
        if found is None:
            names = "、".join(frame.name for frame in self.page.frames if frame.name) or "（无）"
            raise PageChanged(f"{self.place} 没有框架 {name}；有：{names}。", remedy=CHANGED_REMEDY)
        return found

    def address(self, path: str) -> str:
        """An address relative to the portal's base."""
        return self._base_url + path

    def path_of(self, address: str) -> str | None:
        """What ``address`` would make the same address of; None for another place's."""
        path = address.removeprefix(self._base_url)
        return None if path == address else path

    def has(self, frame: str, element: str) -> bool:
        """Whether the element is there now; not waited for."""
        with self.guarded(f"查看 {element}"):
            return self.frame(frame).locator(element).count() > 0

    def shown_text(self, frame: Frame | None = None) -> str:
        """What a person can read on the page itself, or in a frame, now; empty while it is moving."""
        target, seconds = frame or self.page.main_frame, self.recipe.timeout_seconds
        try:
            return str(within(seconds, target, "evaluate", _SHOWN_NOW, None))
        except PlaywrightError:
            return ""

    def find(self, frame: str, element: Element, doing: str, within_ms: float | None = None) -> Locator:
        """The first of an element's selectors that can be seen; several are waited for together.

        One alone is not waited for here. Call it ``guarded``; ``doing`` is said where a fallback is used.
        """
        target = self.frame(frame)
        if isinstance(element, str):
            return target.locator(element)
        shown = either(target, element).filter(visible=True)
        shown.first.wait_for(timeout=within_ms or self.timeout_ms)
        used = first_shown(target, element) or element[0]
        self.fallbacks.note(doing, element, used)
        return target.locator(used)

    def shows(self, frame: str, element: Element) -> bool:
        """Whether the element can be seen now; not waited for."""
        with self.guarded(f"查看 {named(element)}"):
            used = first_shown(self.frame(frame), element)
            if used:
                self.fallbacks.note("等待", element, used)
            return used is not None

    @contextmanager
    def answer_from(self, url: str, *, may_leave: bool = False) -> Iterator[list[bytes]]:
        """The body that a request made inside the block gets from an address that holds ``url``.

        ``may_leave``: it is empty where the page has moved on meanwhile, as after a login.
        Raises PortalUnavailable when no such answer comes, SessionExpired when it says so.
        """
        bodies: list[bytes] = []
        with self.guarded(f"等待 {url} 的应答"):
            try:
                ends = partial(ends_request, url=url)
                with self.page.expect_response(ends, timeout=self.timeout_ms) as expected:
                    yield bodies
                answer = expected.value
                bodies.append(self._body(answer, may_leave=may_leave))
            except PlaywrightTimeout:
                self.raise_known_trouble()
                self.raise_script_trouble()
                raise PortalUnavailable(
                    f"{self.place} {self.recipe.timeout_seconds:g} 秒内没有 {url} 的应答。",
                    remedy=LATER_REMEDY,
                ) from None
        self.words.raise_answer(answer, spoken_text(bodies[-1], self.recipe.encoding), answer.url)
        if answer.status >= _SERVER_ERROR:
            raise PortalUnavailable(f"{self.place} {url} 应答 HTTP {answer.status}。", remedy=LATER_REMEDY)

    def _body(self, answer: Response, *, may_leave: bool) -> bytes:
        try:
            return bytes(within(self.recipe.timeout_seconds, answer, "body"))
        except PlaywrightError as error:
            if isinstance(error, PlaywrightTimeout) or not may_leave or self.page.is_closed():
                raise
            return b""

    @contextmanager
    def answered(self, frame: str | None) -> Iterator[None]:
        """Wait for the server's new document in a frame, parsed to its end.

        What the block itself waits for in vain is its own affair: its timeout is passed on.
        """
        if frame is None:
            yield
            return
        target, is_asked = self.frame(frame), False
        try:
            with target.expect_navigation(wait_until="domcontentloaded", timeout=self.timeout_ms):
                yield
                is_asked = True
        except PlaywrightTimeout:
            if not is_asked:
                raise
            self.raise_known_trouble()
            raise self.unanswered("没有应答") from None
        reload_patiently(self, target)
        self.raise_known_trouble()

    def source_of(self, frame: Frame) -> bytes:
        """A frame's HTML as it stands."""
        with self.guarded("读取网页源码"):
            source: str = within(self.recipe.timeout_seconds, frame, "content")
        return source.encode("utf-8")

    def reading_question(self) -> dict[str, Any]:
        """What each of our reading scripts is told: how the session's end shows, how long to wait."""
        return self.words.marks | {"timeout": self.timeout_ms}

    @contextmanager
    def guarded(self, doing: str) -> Iterator[None]:
        """Turn the browser's errors into ours; an unexpected dialog fails too."""
        self.round_trips += 1
        try:
            yield
        except PlaywrightError as error:
            if not self.is_lost:
                self._raise_stray_dialog()
                self.raise_known_trouble(error)
            raise self.translated(doing, error) from None
        self._raise_stray_dialog()

    def translated(self, doing: str, error: PlaywrightError) -> ApplicationError | PageChanged:
        """Our error for one of the browser's."""
        return browser_error(error, self.place, doing, self._life)

    def raise_known_trouble(self, error: PlaywrightError | None = None) -> None:
        """Raise what the portal itself said: a 5xx status, a lost session; nothing when it said nothing."""
        self.raise_failing_status()
        said = self.documents.newest_text(self.recipe.encoding)
        self.words.raise_unavailable(said)
        self.words.raise_end(said)
        self.words.raise_outside(open_addresses(self.context))
        if error is not None:
            self.raise_script_trouble()
            is_login = self._shows_login_form()
            self.words.raise_outside(open_addresses(self.context))
            if is_login:
                raise self.words.expired(self.recipe.session.login_form)

    def unanswered(self, what: str) -> PortalUnavailable:
        """The error for a portal that is too slow."""
        seconds = f"{self.recipe.timeout_seconds:g}"
        return PortalUnavailable(f"{self.place} {seconds} 秒内{what}。", remedy=LATER_REMEDY)

    def raise_failing_status(self) -> None:
        """Raise PortalUnavailable when a page or window got 5xx or 429 since the last question."""
        self.words.raise_refusal(self.documents.take_refusal(), "应答")

    def raise_script_trouble(self) -> None:
        """Raise what the page's scripts were answered since the last pause, when that explains a failure."""
        reason = self.answers.failing_reason()
        if reason:
            raise PortalUnavailable(f"{self.place} 网页的请求没有应答：{reason}。", remedy=LATER_REMEDY)
        self.words.raise_refusal(self.answers.refusal(), "网页的请求得到", may_wait=True)
        for said in [*self.answers.texts(), *self.overlays.said()]:
            self.words.raise_unavailable(said)
            self.words.raise_end(said)
        self.words.raise_outside(self.answers.addresses())
        self.overlays.raise_stuck()

    def _shows_login_form(self) -> bool:
        """Also when a script is just moving the top window there."""
        form = self.page.locator(self.recipe.session.login_form)
        try:
            form.wait_for(state="attached", timeout=_MOVING_MS)
        except PlaywrightError:
            return False
        return True

    def _raise_stray_dialog(self) -> None:
        said = self.dialogs.take_stray()
        if said is None:
            return
        self.words.raise_said(said)
        what = f"{self.place} 弹出配方没有登记的对话框：{mask_text(said)[:_SHOWN_TEXT]}"
        raise PageChanged(what, remedy=CHANGED_REMEDY)

    def exchanges(self) -> list[Exchange]:
        """The last answers: to the page and its frames, to scripts, to the session's own client."""
        return [*self.documents.exchanges(), *self.answers.exchanges(), *self.asked]

    def wait_briefly(self) -> None:
        """Let events come in; a lost session or an unexpected dialog among them fails."""
        with self.guarded("等待"):
            self.page.wait_for_timeout(_POLL_MS)
        self.raise_known_trouble()

    def ask(self, frame: Frame, script: str, question: Any, doing: str) -> Any:
        """Run one of our own scripts in a frame."""
        with self.guarded(doing):
            return self._evaluate(frame, script, question)

    def _evaluate(self, frame: Frame, script: str, question: Any) -> Any:
        """Our scripts end by themselves; a page that hangs does not."""
        return within(self.recipe.timeout_seconds + _GRACE_SECONDS, frame, "evaluate", script, question)

    def close(self) -> None:
        """Stop listening, close the page and what it opened."""
        self.dialogs.stop()
        self.context.remove_listener("page", self._watch_page)
        self._life.stop()
        self.documents.stop()
        self.answers.stop()
        for page in self.context.pages:
            with suppress(PlaywrightError):
                within(_GRACE_SECONDS, page, "close", False, None)
