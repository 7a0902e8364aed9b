"""One-time codes: sent to a phone, good for two minutes, three tries, once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sandbox.scene import SEED

CODE_SECONDS = 120
_TRIES = 3
# No 0 and O, no 1 and I: people read the number aloud.
CLEAR_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class CodeResult(StrEnum):
    """Answer to a code; the value is what the page says."""

    OK = ""
    WRONG = "验证码错误"
    LATE = "验证码已过期"
    OVER = "请重新登录"


@dataclass(slots=True)
class _Waiting:
    code: str
    sent_at: float
    wrong: int = 0


class Codes:
    """Logins that wait for their code; ``clock`` counts seconds."""

    def __init__(
        self,
        code_seconds: float = CODE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        seed: int = SEED,
    ) -> None:
        self.code_seconds = code_seconds
        self._clock = clock
        self._rng = Random(f"{seed}/kehutong/codes")
        self._waiting: dict[str, _Waiting] = {}

    def send(self, instead_of: str | None = None) -> tuple[str, str]:
        """The number and the code of a new message; the one it replaces counts no longer, its tries do."""
        before = self._waiting.pop(instead_of or "", None)
        code_id = "".join(self._rng.choices(CLEAR_SIGNS, k=4))
        code = f"{self._rng.randrange(10**6):06d}"
        self._waiting[code_id] = _Waiting(code, self._clock(), before.wrong if before else 0)
        return code_id, code

    def is_waiting(self, code_id: str) -> bool:
        """Whether a login still waits for this message's code."""
        return code_id in self._waiting

    def judge(self, code_id: str, code: str) -> CodeResult:
        """Take a code; right or wrong for the third time, the login waits no longer."""
        waiting = self._waiting.get(code_id)
        if waiting is None:
            return CodeResult.OVER
        if self._clock() - waiting.sent_at > self.code_seconds:
            return CodeResult.LATE
        if code == waiting.code:
            del self._waiting[code_id]
            return CodeResult.OK
        waiting.wrong += 1
        if waiting.wrong < _TRIES:
            return CodeResult.WRONG
        del self._waiting[code_id]
        return CodeResult.OVER

    def clear(self) -> None:
        """Nobody waits; the next codes are new ones all the same."""
        self._waiting.clear()
        self.code_seconds = CODE_SECONDS
