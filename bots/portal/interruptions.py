"""What may come between two steps, and what a recipe answers it: models, no browser."""

import re
from typing import Literal

from pydantic import field_validator, model_validator

from bots.portal.readings import Text
from bots.portal.strict import Strict

_ANY = "{any}"
_HOLE = re.compile(r"\{[^{}]*\}")
_FEWEST_FIXED = 4


class DialogRule(Strict):
    """The answer to a dialog of the browser whose whole message is ``says``, with ``{any}`` for what varies.

    ``answer`` presses a button of an alert() or confirm(), ``type`` writes into a prompt(). ``leave`` is for
    the browser's own question whether to leave the page: it has no text of the portal's.
    """

    says: Text | None = None
    answer: Literal["ok", "cancel", "leave"] | None = None
    type: Text | None = None

    @field_validator("says")
    @classmethod
    def _is_certain(cls, says: str | None) -> str | None:
        """A rule of few characters would answer what nobody has read."""
        for hole in _HOLE.findall(says or ""):
            if hole != _ANY:
                raise ValueError(f"没有占位符 {hole}；会变的部分写 {_ANY}")
        fixed = "".join((says or "").replace(_ANY, "").split())
        if _ANY in (says or "") and len(fixed) < _FEWEST_FIXED:
            raise ValueError(f"除了 {_ANY} 至少要写 {_FEWEST_FIXED} 个固定的字：说得太少会答错别的对话框")
        return says

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
        is_written_into = self.type is not None
        return is_written_into == (kind == "prompt") and _is_whole(self.says, message)


def _is_whole(says: str, message: str) -> bool:
    """Whether it is all that the message says; runs of white space count as one space."""
    fixed = [re.escape(part) for part in _folded(says).split(_ANY)]
    return re.fullmatch(".+".join(fixed), _folded(message)) is not None


def _folded(text: str) -> str:
    return " ".join(text.split())


class Overlay(Strict):
    """A layer of the page that may show at any time; ``close`` is the button inside it."""

    element: Text
    close: Text
