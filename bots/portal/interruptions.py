"""What may come between two steps, and what a recipe answers it: models, no browser."""

from typing import Literal

from pydantic import model_validator

from bots.portal.readings import Text
from bots.portal.strict import Strict


class DialogRule(Strict):
    """The answer to a dialog of the browser whose message contains ``says``.

    ``answer`` presses a button of an alert() or confirm(), ``type`` writes into a prompt(). ``leave`` is for
    the browser's own question whether to leave the page: it has no text of the portal's.
    """

    says: Text | None = None
    answer: Literal["ok", "cancel", "leave"] | None = None
    type: Text | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> "DialogRule":
        if (self.answer is None) == (self.type is None):
            raise ValueError("answer 和 type 必须写且只写一个")
        if (self.says is None) != (self.answer == "leave"):
            raise ValueError("says 必须写；只有 answer: leave 不写：是否离开由浏览器自己问，文字不由网页定")
        return self

    def fits(self, kind: str, message: str) -> bool:
        """Whether it answers a dialog of that kind (Playwright's word) and message."""
        if kind == "beforeunload" or self.says is None:
            return kind == "beforeunload" and self.answer == "leave"
        return self.says in message and (self.type is not None) == (kind == "prompt")


class Overlay(Strict):
    """A layer of the page that may show at any time; ``close`` is the button inside it."""

    element: Text
    close: Text
