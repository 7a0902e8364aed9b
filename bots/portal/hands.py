"""What a recipe's verbs do to the page: one method per verb."""

import time
from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.portal.asking import PersonsAnswer
from bots.portal.screen import Screen
from bots.portal.script_answers import spoken_text
from bots.portal.verbs import Ask, Verb

_LOOK_AGAIN_MS = 1_500
_SET_VALUE = """(field, text) => {
  field.value = text;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}"""


def run_steps(
    screen: Screen, steps: Sequence[Verb], values: Mapping[str, str], secrets: Mapping[str, str] | None = None
) -> None:
    """Do a recipe's steps in order; ``values`` fill placeholders, ``secrets`` are looked up by name."""
    hands = Hands(screen)
    for step in steps:
        step.run(hands, values, secrets or {})


class Hands:
    """The verbs' hands on one screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def open(self, path: str) -> None:
        """Load an address relative to the portal's base."""
        with self._screen.guarded(f"打开 {path or '首页'}"):
            self._screen.page.goto(
                self._screen.address(path), wait_until="domcontentloaded", timeout=self._screen.timeout_ms
            )
        self._screen.raise_known_trouble()

    def click(self, frame: str, element: str, answer_in: str | None, times: int) -> None:
        """Click so many times, and wait for a new document in the frame ``answer_in``."""
        target = self._screen.frame(frame).locator(element)
        with self._screen.guarded(f"点击 {element}"):
            self._await_reachable(target)
            with self._screen.answered(answer_in):
                target.click(timeout=self._screen.timeout_ms, click_count=times)

    def _await_reachable(self, target: Locator) -> None:
        """Until a click would reach it; a message laid over it that ends the session is told at once."""
        deadline = time.monotonic() + self._screen.recipe.timeout_seconds
        while True:
            left_ms = (deadline - time.monotonic()) * 1_000
            try:
                target.click(trial=True, timeout=max(1, min(left_ms, _LOOK_AGAIN_MS)))
            except PlaywrightTimeout:
                if left_ms <= _LOOK_AGAIN_MS:
                    raise
                self._screen.raise_script_trouble()
            else:
                return

    def send(self, frame: str, element: str, answer_from: str) -> str:
        """Click, and wait for what an address answers to the page's own request; its text."""
        with self._screen.answer_from(answer_from) as answers:
            self.click(frame, element, None, 1)
        self._screen.newest_answer = spoken_text(answers[-1], self._screen.recipe.encoding)
        return self._screen.newest_answer

    def fill(self, frame: str, element: str, text: str) -> None:
        """Replace the text of an input."""
        with self._screen.guarded(f"填写 {element}"):
            self._screen.frame(frame).locator(element).fill(text, timeout=self._screen.timeout_ms)

    def choose(self, frame: str, element: str, option: str, answer_in: str | None) -> None:
        """Choose the option with that value or label, and wait for a new document in ``answer_in``."""
        with self._screen.guarded(f"在 {element} 里选择 {option}"), self._screen.answered(answer_in):
            self._screen.frame(frame).locator(element).select_option(option, timeout=self._screen.timeout_ms)

    def hover(self, frame: str, element: str) -> None:
        """Move the mouse over an element."""
        with self._screen.guarded(f"移到 {element}"):
            self._screen.frame(frame).locator(element).hover(timeout=self._screen.timeout_ms)

    def press(self, frame: str, element: str, key: str, answer_in: str | None) -> None:
        """Press a key in an element, and wait for a new document in ``answer_in``."""
        with self._screen.guarded(f"在 {element} 里按 {key}"), self._screen.answered(answer_in):
            self._screen.frame(frame).locator(element).press(key, timeout=self._screen.timeout_ms)

    def dismiss(self, frame: str, element: str, within_ms: int) -> None:
        """Click an element if it shows in time; what does not come is not missed."""
        target = self._screen.frame(frame).locator(element)
        with self._screen.guarded(f"关闭 {element}"):
            try:
                target.wait_for(state="visible", timeout=within_ms)
            except PlaywrightTimeout:
                return
            target.click(timeout=self._screen.timeout_ms)

    def set_value(self, frame: str, element: str, text: str) -> None:
        """Write into an input by script and tell the page that it changed."""
        with self._screen.guarded(f"写入 {element}"):
            self._screen.frame(frame).locator(element).evaluate(
                _SET_VALUE, text, timeout=self._screen.timeout_ms
            )

    def ask_person(self, question: Ask) -> None:
        """Type a person's answer to a one-time code or a captcha, if one is asked for."""
        PersonsAnswer(self._screen, question, self).get_in()

    def wait_for(self, frame: str, element: str, within_ms: float | None = None) -> None:
        """Wait until an element is visible and everything on the page is loaded."""
        timeout = within_ms or self._screen.timeout_ms
        with self._screen.guarded(f"等待 {element}"):
            self._screen.frame(frame).locator(element).wait_for(state="visible", timeout=timeout)
            self._screen.page.wait_for_load_state("load", timeout=timeout)

    def is_gone(self, frame: str, element: str, within_ms: float) -> bool:
        """Whether such an element can be seen no more before the time is over."""
        with self._screen.guarded(f"等待 {element} 消失"):
            try:
                self._screen.frame(frame).locator(element).wait_for(state="hidden", timeout=within_ms)
            except PlaywrightTimeout:
                return False
        return True

    def wait_gone(self, frame: str, element: str) -> None:
        """Wait until no such element can be seen."""
        with self._screen.guarded(f"等待 {element} 消失"):
            for found in self._screen.frame(frame).locator(element).all():
                try:
                    found.wait_for(state="hidden", timeout=self._screen.timeout_ms)
                except PlaywrightTimeout as error:
                    self._screen.raise_known_trouble(error)
                    raise self._screen.unanswered(f"{element} 没有消失") from None
