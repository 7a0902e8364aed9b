"""The page as verbs and datasets see it: frames, clicks, answers; every failure becomes an error of ours."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Download, Frame, Page
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import ApplicationError, PageChanged, PortalUnavailable, SessionExpired
from bots.masking import mask_text
from bots.portal.documents import DocumentWatch
from bots.portal.recipe import Recipe
from bots.portal.snapshot import READ_PAGE, Snapshot
from bots.portal.verbs import TOP

_POLL_MS = 20
_SHOWN_TEXT = 80
_MOVING_MS = 2_000
_CHANGED_REMEDY = "打开保司系统对照页面，修改配方里的选择器，再用 brokerflow portal try 试跑"
_LATER_REMEDY = "稍后重新运行；持续出现时请与保司系统管理员联系"
_SUBMIT_PAGE = "(field, no) => { field.value = String(no); field.form.submit(); }"


class BrowserLost(ApplicationError):
    """The browser was closed or crashed under us."""

    title = "浏览器意外关闭"


class Screen:
    """Drives one page of one portal; counts calls to the browser in ``round_trips``."""

    def __init__(self, context: BrowserContext, recipe: Recipe, base_url: str) -> None:
        self.recipe = recipe
        self.context = context
        self.round_trips = 0
        self.place = f"{recipe.name}（{recipe.slug}）"
        self.downloads: list[Download] = []
        self._base_url = base_url.removesuffix("/") + "/"
        self._timeout_ms = recipe.timeout_seconds * 1000
        self._confirm: str | None = None
        self._stray_dialog: str | None = None
        context.on("dialog", self._answer_dialog)
        context.on("page", self._watch_page)
        self.page: Page = context.new_page()
        self.documents = DocumentWatch(context, self.page)

    def _watch_page(self, page: Page) -> None:
        page.on("download", self._note_download)

    def _note_download(self, download: Download) -> None:
        self.downloads.append(download)

    def _answer_dialog(self, dialog: Dialog) -> None:
        """Accept the one question that the recipe expects now; everything else is declined and remembered."""
        if self._confirm and self._confirm in dialog.message:
            dialog.accept()
            return
        self._stray_dialog = dialog.message
        dialog.dismiss()

    @contextmanager
    def expecting(self, confirm: str | None) -> Iterator[None]:
        """Answer a confirm() that contains this text with OK."""
        self._confirm = confirm
        try:
            yield
        finally:
            self._confirm = None

    def pause(self) -> None:
        """Keep the recipe's distance between two requests."""
        if self.recipe.pause_ms:
            self.page.wait_for_timeout(self.recipe.pause_ms)

    def start_over(self) -> None:
        """Forget what was seen and close the windows that a failure left open."""
        self.documents.forget()
        self._stray_dialog = None
        for page in self.context.pages:
            if page is not self.page:
                page.close()

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
            raise PageChanged(f"{self.place} 没有框架 {name}；有：{names}。", remedy=_CHANGED_REMEDY)
        return found

    def open(self, path: str) -> None:
        """Load an address relative to the portal's base."""
        with self.guarded(f"打开 {path or '首页'}"):
            self.page.goto(self._base_url + path, wait_until="domcontentloaded", timeout=self._timeout_ms)
        self.raise_known_trouble()

    def click(self, frame: str, element: str, answer_in: str | None) -> None:
        """Click, and wait for a new document in the frame ``answer_in``."""
        target = self.frame(frame).locator(element)
        with self.guarded(f"点击 {element}"):
            target.wait_for(state="visible", timeout=self._timeout_ms)
            with self.answered(answer_in):
                target.click(timeout=self._timeout_ms)

    def fill(self, frame: str, element: str, text: str) -> None:
        """Replace the text of an input."""
        with self.guarded(f"填写 {element}"):
            self.frame(frame).locator(element).fill(text, timeout=self._timeout_ms)

    def choose(self, frame: str, element: str, option: str) -> None:
        """Choose the option with that value or label."""
        with self.guarded(f"在 {element} 里选择 {option}"):
            self.frame(frame).locator(element).select_option(option, timeout=self._timeout_ms)

    def wait_for(self, frame: str, element: str) -> None:
        """Wait until an element is visible and everything on the page is loaded."""
        with self.guarded(f"等待 {element}"):
            self.frame(frame).locator(element).wait_for(state="visible", timeout=self._timeout_ms)
            self.page.wait_for_load_state("load", timeout=self._timeout_ms)

    def press_quickly(self, frame: str, element: str) -> None:
        """Click by script, without the mouse's way there, and wait for the frame's new document."""
        with self.guarded(f"点击 {element}"), self.answered(frame):
            self.frame(frame).locator(element).evaluate("e => e.click()", timeout=self._timeout_ms)

    def submit_page_no(self, frame: str, element: str, page_no: int) -> None:
        """Write a page number into a form's field, submit the form, wait for the frame's new document."""
        with self.guarded(f"跳到第 {page_no} 页（{element}）"), self.answered(frame):
            self.frame(frame).locator(element).evaluate(_SUBMIT_PAGE, page_no, timeout=self._timeout_ms)

    @contextmanager
    def answered(self, frame: str | None) -> Iterator[None]:
        """Wait for the server's new document in a frame, parsed to its end."""
        if frame is None:
            yield
            return
        target = self.frame(frame)
        try:
            with target.expect_navigation(wait_until="domcontentloaded", timeout=self._timeout_ms):
                yield
        except PlaywrightTimeout:
            self.raise_known_trouble()
            seconds = self.recipe.timeout_seconds
            raise PortalUnavailable(
                f"{self.place} {seconds:g} 秒内没有应答。", remedy=_LATER_REMEDY
            ) from None
        self.raise_known_trouble()

    def read(
        self, frame: Frame, table: str, *, page: str = "", page_no: int = 1, labels: Sequence[str] = ()
    ) -> Snapshot:
        """Everything about a page in one call, once its table (and the page number) is there."""
        question = {
            "table": table,
            "labels": list(labels),
            "page": page,
            "pageNo": page_no,
            "stops": self.recipe.session.expired,
            "loginForm": self.recipe.session.login_form,
            "timeout": self._timeout_ms,
        }
        with self.guarded(f"读取表格 {table}"):
            snapshot = Snapshot.from_json(frame.evaluate(READ_PAGE, question))
        if snapshot.stop:
            raise self.expired(snapshot.stop)
        if not snapshot.is_done:
            raise self._not_shown(snapshot, table, page_no)
        return snapshot

    def _not_shown(self, snapshot: Snapshot, table: str, page_no: int) -> PageChanged:
        what = f"没有出现第 {page_no} 页" if snapshot.has_table else f"没有表格 {table}"
        text = mask_text(snapshot.text)[:_SHOWN_TEXT]
        return PageChanged(f"{self.place} {what}；页面写着：{text}", remedy=_CHANGED_REMEDY)

    @contextmanager
    def guarded(self, doing: str) -> Iterator[None]:
        """Turn the browser's errors into ours; an unexpected dialog fails too."""
        self.round_trips += 1
        try:
            yield
        except PlaywrightError as error:
            self.raise_known_trouble(error)
            raise self.translated(doing, error) from None
        self._raise_stray_dialog()

    def translated(self, doing: str, error: PlaywrightError) -> ApplicationError | PageChanged:
        """Our error for one of the browser's."""
        first_line = error.message.splitlines()[0]
        if "net::ERR_" in first_line or "chrome-error://" in first_line:
            return PortalUnavailable(f"{self.place} {doing}失败：{first_line}。", remedy=_LATER_REMEDY)
        if self.page.is_closed() or "has been closed" in first_line:
            return BrowserLost(
                f"{self.place} {doing}时浏览器关闭了。", remedy="重新运行；再次出现时请 IT 查看内存"
            )
        if isinstance(error, PlaywrightTimeout) and "goto" in first_line:
            return PortalUnavailable(f"{self.place} {doing}超时。", remedy=_LATER_REMEDY)
        return PageChanged(f"{self.place} {doing}失败：页面上没有它，或者不能操作。", remedy=_CHANGED_REMEDY)

    def raise_known_trouble(self, error: PlaywrightError | None = None) -> None:
        """Raise what the portal itself said: a 5xx status, a lost session; nothing when it said nothing."""
        status = self.documents.take_failing_status()
        if status is not None:
            raise PortalUnavailable(f"{self.place} 应答 HTTP {status}。", remedy=_LATER_REMEDY)
        said = self.documents.newest_text(self.recipe.encoding)
        mark = next((text for text in self.recipe.session.expired if text in said), None)
        if mark:
            raise self.expired(mark)
        if error is not None and self._shows_login_form():
            raise self.expired(self.recipe.session.login_form)

    def expired(self, mark: str) -> SessionExpired:
        """The error for a session that the portal forgot or displaced."""
        return SessionExpired(f"{self.place} 会话已失效：{mark}。", remedy="系统会在次数限制内自动重新登录")

    def _shows_login_form(self) -> bool:
        """Also when a script is just moving the top window there."""
        form = self.page.locator(self.recipe.session.login_form)
        try:
            form.wait_for(state="attached", timeout=_MOVING_MS)
        except PlaywrightError:
            return False
        return True

    def _raise_stray_dialog(self) -> None:
        said, self._stray_dialog = self._stray_dialog, None
        if said is None:
            return
        if any(text in said for text in self.recipe.session.expired):
            raise self.expired(said)
        what = f"{self.place} 弹出配方没有登记的对话框：{mask_text(said)[:_SHOWN_TEXT]}"
        raise PageChanged(what, remedy=_CHANGED_REMEDY)

    def wait_briefly(self) -> None:
        """Let events come in; a lost session or an unexpected dialog among them fails."""
        with self.guarded("等待"):
            self.page.wait_for_timeout(_POLL_MS)
        self.raise_known_trouble()

    def ask(self, frame: Frame, script: str, question: dict[str, Any], doing: str) -> Any:
        """Run one of our own scripts in a frame."""
        with self.guarded(doing):
            return frame.evaluate(script, question)

    def close(self) -> None:
        """Stop listening, close the page and what it opened."""
        self.context.remove_listener("dialog", self._answer_dialog)
        self.context.remove_listener("page", self._watch_page)
        self.documents.stop()
        for page in self.context.pages:
            page.close()
