"""The verb ``ask``: a person's answer goes into the page; a wrong one is asked for again, twice at most."""

import time
from typing import Protocol

from bots.errors import LoginRefused
from bots.portal.entry_marks import shows_mark
from bots.portal.people import AnswerMissing, PersonQuestion, shown_text
from bots.portal.screen import Screen
from bots.portal.verbs import Ask

_TRIES = 3
_NOBODY = "在能回答的地方运行：brokerflow portal try，或由 Prefect 运行的“采集单家保司”"
_AGAIN = "重新运行，收到新的验证码后马上填写"
_REFUSED = "由账号负责人手工登录一次，确认收码的手机和账号都正常，再运行；系统不会自动重试，以免锁定账号"
# A picture that is still on its way would be asked about as an empty box.
_PICTURE_IS_THERE = "image => image.decode ? image.decode().catch(() => undefined) : undefined"


class Sender(Protocol):
    """What sends an answer: the hands that do the other verbs."""

    def fill(self, frame: str, element: str, text: str) -> None:
        """Replace the text of an input."""

    def send(self, frame: str, element: str, answer_from: str) -> str:
        """Click, and wait for what an address answers."""


class PersonsAnswer:
    """One step that asks a person; the bot never answers by itself."""

    def __init__(self, screen: Screen, rules: Ask, sender: Sender) -> None:
        self._screen, self._rules, self._sender = screen, rules, sender
        self._frame = screen.frame(rules.frame)

    def get_in(self) -> None:
        """Ask, type, send; nothing when nobody asks.

        Raises AnswerMissing, and LoginRefused after too many wrong answers.
        """
        said = ""
        for _ in range(_TRIES):
            if not self._is_asked_for():
                break
            question = self._question(said)
            self._type(self._answer(question))
            answer = self._sender.send(self._rules.frame, self._rules.submit, self._rules.answer_from)
            self._raise_late(answer, question)
            said = next((text for text in self._rules.wrong_answer if text in answer), "")
            if not said:
                return
        if said:
            raise LoginRefused(f"{self._screen.place} 填写的验证码不被接受：{said}。", remedy=_REFUSED)

    def _is_asked_for(self) -> bool:
        """Whether the input shows in time; not waited for once the login is through."""
        mark = self._screen.recipe.session.logged_in
        deadline = time.monotonic() + self._rules.within_ms / 1000
        with self._screen.guarded(f"等待 {self._rules.element}"):
            while not self._frame.locator(self._rules.element).is_visible():
                if time.monotonic() > deadline or shows_mark(self._screen, mark):
                    return False
                self._screen.page.wait_for_timeout(50)
        return True

    def _question(self, said: str) -> PersonQuestion:
        timeout, picture = self._screen.timeout_ms, None
        with self._screen.guarded("读取验证码的编号或图片"):
            text = self._frame.locator("body").inner_text(timeout=timeout)
            if self._rules.picture:
                image = self._frame.locator(self._rules.picture)
                image.evaluate(_PICTURE_IS_THERE, timeout=timeout)
                picture = image.screenshot(timeout=timeout)
        shown = shown_text(self._rules.shown, text)
        return PersonQuestion(self._screen.place, shown, picture, self._rules.seconds, said)

    def _answer(self, question: PersonQuestion) -> str:
        what = f"{self._screen.place} 要求{question.name}"
        if self._screen.asker is None:
            raise AnswerMissing(f"{what}，这里没有人可以问。", remedy=_NOBODY)
        asked_at = time.monotonic()
        answer = self._screen.asker(question).strip()
        if not answer:
            raise AnswerMissing(f"{what}，没有人回答。", remedy=_AGAIN)
        if time.monotonic() - asked_at > question.seconds:
            raise AnswerMissing(f"{what}，回答晚于 {question.seconds} 秒，没有填写。", remedy=_AGAIN)
        return answer

    def _type(self, answer: str) -> None:
        self._sender.fill(self._rules.frame, self._rules.element, answer)
        if self._rules.remember:
            with self._screen.guarded(f"勾选 {self._rules.remember}"):
                self._frame.locator(self._rules.remember).check(timeout=self._screen.timeout_ms)

    def _raise_late(self, answer: str, question: PersonQuestion) -> None:
        said = next((text for text in self._rules.late_answer if text in answer), None)
        if said:
            what = f"{self._screen.place} 的{question.name}填写得太晚：{said}。"
            raise AnswerMissing(what, remedy=_AGAIN)
