"""What 客户通 keeps between two requests, beside its sessions."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.kehutong.captcha import Captchas
from sandbox.kehutong.codes import Codes
from sandbox.kehutong.records import FollowUp
from sandbox.portal_sessions import Account, Sessions

ACCOUNT = Account("brokerflow", "kehutong-demo-2026")
DEVICE_SECONDS = 30 * 24 * 3600


@dataclass(slots=True)
class State:
    """``devices`` maps a device's token to the second it was remembered."""

    codes: Codes = field(default_factory=Codes)
    captchas: Captchas = field(default_factory=Captchas)
    clock: Callable[[], float] = time.monotonic
    password: str = ACCOUNT.password
    wrong_passwords: int = 0
    is_password_expired: bool = False
    has_newcomer: bool = False
    devices: dict[str, float] = field(default_factory=dict)
    notes: dict[str, list[FollowUp]] = field(default_factory=dict)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)

    def knows_device(self, token: str | None) -> bool:
        """Whether this device was remembered within the last 30 days."""
        remembered_at = self.devices.get(token or "")
        return remembered_at is not None and self.clock() - remembered_at <= DEVICE_SECONDS

    def reset(self) -> None:
        """A first day again."""
        self.codes.clear()
        self.captchas.clear()
        self.password = ACCOUNT.password
        self.wrong_passwords = 0
        self.is_password_expired = self.has_newcomer = False
        self.devices.clear()
        self.notes.clear()
        self.uploads.clear()


def forget_together(sessions: Sessions, state: State) -> None:
    """Tie the state's reset to that of the sessions: the sandbox starts those over and knows of no more."""
    reset_sessions = sessions.reset

    def reset() -> None:
        reset_sessions()
        state.reset()

    sessions.reset = reset
