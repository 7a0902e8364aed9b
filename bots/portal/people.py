"""What a portal asks a person in the middle of a login: one-time codes and captchas. The bot solves none."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bots.errors import BusinessError


class AnswerMissing(BusinessError):
    """A portal asks for a code or a captcha, and nobody can be asked or nobody answered in time."""

    title = "需要有人输入验证码"


@dataclass(frozen=True, slots=True)
class PersonQuestion:
    """One question: ``shown`` tells this code from others, ``picture`` is a captcha's PNG.

    The answer is worth something for ``seconds``. ``said`` is what the portal said to the answer before.
    """

    place: str
    shown: str
    picture: bytes | None
    seconds: int
    said: str = ""

    @property
    def kind(self) -> str:
        """In a word."""
        return "图形验证码" if self.picture else "短信验证码"

    @property
    def name(self) -> str:
        """``短信验证码（编号 K7Q2）``."""
        return f"{self.kind}（{self.shown}）" if self.shown else self.kind


Asker = Callable[[PersonQuestion], str]
"""Gets a person's answer; raises AnswerMissing when none comes in time."""


def shown_text(pattern: str, text: str) -> str:
    """What names the code on a page: ``编号 {id}`` -> ``编号 K7Q2``; empty without a pattern or match."""
    if not pattern:
        return ""
    parts = [r"\s*".join(map(re.escape, part.split())) for part in pattern.split("{id}")]
    found = re.search(r"\s*[\w-]+".join(parts), text)
    return " ".join(found[0].split()) if found else ""
