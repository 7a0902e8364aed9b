"""What a recipe's verbs do to the page: one method per verb."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date

from playwright.sync_api import FilePayload, Frame, Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.dates import parse_date
from bots.errors import PageChanged, RecipeInvalid
from bots.portal.asking import PersonsAnswer
from bots.portal.calendars import Calendar
from bots.portal.patience import reload_patiently
from bots.portal.screen import Screen
from bots.portal.script_answers import spoken_text
from bots.portal.selectors import Element, either, named
from bots.portal.verbs import Ask, Verb

_LOOK_AGAIN_MS = 1_500
_POLL_MS = 20
_MOST_TURNS = 400
_REMEDY = "打开保司系统对照页面，修改配方里的这一步，再用 brokerflow portal try 试跑"
_IS_SELECT = "element => element.matches('select')"
_SHOWN_TEXT = """all => all.map((element) => {
  const field = element.matches("input, select") ? element : element.querySelector("input");
  if (!field) return element.innerText;
  return field.selectedOptions ? field.selectedOptions[0]?.text : field.value || field.placeholder;
}).join(" ").trim()"""
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
            reload_patiently(self._screen, self._screen.page.main_frame)
        self._screen.raise_known_trouble()

    def click(self, frame: str, element: Element, answer_in: str | None, times: int) -> None:
        """Click so many times, and wait for a new document in the frame ``answer_in``."""
        with self._screen.guarded(f"点击 {named(element)}"):
            target = self._screen.find(frame, element, "点击")
            self._await_reachable(target)
            with self._screen.answered(answer_in):
                # A slow answer is the portal's fault, not the click's: ``answered`` alone waits for it.
                target.click(
                    timeout=self._screen.timeout_ms, click_count=times, no_wait_after=answer_in is not None
                )

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

    def send(self, frame: str, element: Element, answer_from: str) -> str:
        """Click, and wait for what an address answers to the page's own request; its text."""
        with self._screen.answer_from(answer_from, may_leave=True) as answers:
            self.click(frame, element, None, 1)
        self._screen.newest_answer = spoken_text(answers[-1], self._screen.recipe.encoding)
        return self._screen.newest_answer

    def fill(self, frame: str, element: Element, text: str) -> None:
        """Replace the text of an input."""
        with self._screen.guarded(f"填写 {named(element)}"):
            self._screen.find(frame, element, "填写").fill(text, timeout=self._screen.timeout_ms)

    def choose(self, frame: str, element: Element, option: str, answer_in: str | None) -> None:
        """Choose an option of a select or a radio group, and wait for a new document in ``answer_in``."""
        with self._screen.guarded(f"在 {named(element)} 里选择 {option}"):
            target, timeout = self._screen.find(frame, element, "选择"), self._screen.timeout_ms
            with self._screen.answered(answer_in):
                if target.evaluate(_IS_SELECT, timeout=timeout):
                    target.select_option(option, timeout=timeout)
                else:
                    target.get_by_role("radio", name=option, exact=True).check(timeout=timeout)

    def choose_item(self, frame: str, element: Element, items: str, option: str) -> None:
        """Open a list that the page draws itself, click the item of that text, and see that it is shown."""
        with self._screen.guarded(f"在 {named(element)} 里选择 {option}"):
            target, timeout = self._screen.find(frame, element, "选择"), self._screen.timeout_ms
            target.click(timeout=timeout)
            _shown(self._screen.frame(frame), items).filter(has_text=_whole(option)).click(timeout=timeout)
            self._prove_shown(target, named(element), option)

    def _prove_shown(self, target: Locator, element: str, wanted: str) -> None:
        """Wait until an element shows the text; PageChanged when it shows another one."""
        deadline = time.monotonic() + self._screen.recipe.timeout_seconds
        while (shown := target.evaluate_all(_SHOWN_TEXT)) != wanted:
            if time.monotonic() > deadline:
                self._screen.raise_known_trouble()
                self._screen.raise_script_trouble()
                what = f"{self._screen.place} {element} 选了 {wanted}，页面上仍是“{shown}”。"
                raise PageChanged(what, remedy=_REMEDY)
            self._screen.page.wait_for_timeout(_POLL_MS)

    def hover(self, frame: str, element: Element) -> None:
        """Move the mouse over an element."""
        with self._screen.guarded(f"移到 {named(element)}"):
            self._screen.find(frame, element, "移到").hover(timeout=self._screen.timeout_ms)

    def dismiss(self, frame: str, element: Element, within_ms: int) -> None:
        """Click an element if it shows in time; what does not come is not missed."""
        shown = either(self._screen.frame(frame), element)
        with self._screen.guarded(f"关闭 {named(element)}"):
            try:
                shown.filter(visible=True).first.wait_for(timeout=within_ms)
            except PlaywrightTimeout:
                return
            self._screen.find(frame, element, "关闭").click(timeout=self._screen.timeout_ms)

    def upload(self, frame: str, element: Element, file_name: str, text: str) -> None:
        """Put a file with this text into a file input."""
        content = f"{text}\n".encode(self._screen.recipe.encoding)
        file = FilePayload(name=file_name, mimeType="text/plain", buffer=content)
        with self._screen.guarded(f"上传 {file_name} 到 {named(element)}"):
            target = self._screen.find(frame, element, "上传")
            target.set_input_files(file, timeout=self._screen.timeout_ms)

    def set_value(self, frame: str, element: Element, text: str) -> None:
        """Write into an input by script and tell the page that it changed."""
        with self._screen.guarded(f"写入 {named(element)}"):
            target = self._screen.find(frame, element, "写入")
            target.evaluate(_SET_VALUE, text, timeout=self._screen.timeout_ms)

    def pick_day(self, frame: str, element: Element, text: str, opens: str, calendar: Calendar) -> None:
        """Click through a calendar to a date, which the input must show in the end."""
        place, timeout, day = self._screen.frame(frame), self._screen.timeout_ms, self._day(text)
        with self._screen.guarded(f"在 {opens} 的日历里选择 {text}"):
            place.locator(opens).click(timeout=timeout)
            self._turn_to(place, calendar, day)
            _shown(place, calendar.days).filter(has_text=_whole(str(day.day))).click(timeout=timeout)
            self._prove_shown(self._screen.find(frame, element, "写入"), named(element), text)

    def _day(self, text: str) -> date:
        try:
            return parse_date(text)
        except ValueError:
            what = f"{self._screen.place} 的 pick_date 要在日历里选“{text}”，这不是日期。"
            raise RecipeInvalid(what, remedy=_REMEDY) from None

    def _turn_to(self, place: Frame, calendar: Calendar, day: date) -> None:
        """Press the calendar's arrows until it shows the day's month."""
        deadline, before = time.monotonic() + self._screen.recipe.timeout_seconds, ""
        for _ in range(_MOST_TURNS):
            while (shown := _shown(place, calendar.shows).evaluate_all(_SHOWN_TEXT)) == before:
                if time.monotonic() > deadline:
                    raise self._calendar_stuck(shown, day)
                self._screen.page.wait_for_timeout(_POLL_MS)
            try:
                arrow = calendar.arrow_to(shown, day)
            except ValueError:
                raise self._calendar_stuck(shown, day) from None
            if arrow is None:
                return
            _shown(place, arrow).click(timeout=self._screen.timeout_ms)
            deadline, before = time.monotonic() + self._screen.recipe.timeout_seconds, shown
        raise self._calendar_stuck(shown, day)

    def _calendar_stuck(self, shown: str, day: date) -> PageChanged:
        self._screen.raise_known_trouble()
        self._screen.raise_script_trouble()
        what = f"{self._screen.place} 的日历翻不到 {day:%Y-%m}，停在“{shown}”。"
        return PageChanged(what, remedy=_REMEDY)

    def ask_person(self, question: Ask) -> None:
        """Type a person's answer to a one-time code or a captcha, if one is asked for."""
        PersonsAnswer(self._screen, question, self).get_in()

    def wait_for(self, frame: str, element: Element, within_ms: float | None = None) -> None:
        """Wait until an element is visible and everything on the page is loaded."""
        timeout = within_ms or self._screen.timeout_ms
        with self._screen.guarded(f"等待 {named(element)}"):
            self._screen.find(frame, element, "等待", timeout).wait_for(state="visible", timeout=timeout)
            self._screen.page.wait_for_load_state("load", timeout=timeout)

    def is_gone(self, frame: str, element: str, within_ms: float) -> bool:
        """Whether such an element can be seen no more before the time is over."""
        with self._screen.guarded(f"等待 {element} 消失"):
            try:
                self._screen.frame(frame).locator(element).wait_for(state="hidden", timeout=within_ms)
            except PlaywrightTimeout:
                return False
        return True

    def wait_gone(self, frame: str, element: Element) -> None:
        """Wait until no such element can be seen."""
        with self._screen.guarded(f"等待 {named(element)} 消失"):
            for found in either(self._screen.frame(frame), element).all():
                try:
                    found.wait_for(state="hidden", timeout=self._screen.timeout_ms)
                except PlaywrightTimeout as error:
                    self._screen.raise_known_trouble(error)
                    raise self._screen.unanswered(f"{named(element)} 没有消失") from None


def _shown(place: Frame, selector: str) -> Locator:
    """Elements in sight: pages keep the closed lists and calendars of their other inputs."""
    return place.locator(selector).filter(visible=True)


def _whole(text: str) -> re.Pattern[str]:
    """A text that is all an element says."""
    return re.compile(rf"^\s*{re.escape(text)}\s*$")
