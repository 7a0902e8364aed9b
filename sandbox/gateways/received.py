"""Everything that reached a phone or a group, in order of arrival."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RobotMessage:
    """A message in a group: ``text`` as people read it, ``payload`` as it came."""

    received_at: datetime
    robot_key: str
    group: str
    kind: str
    text: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextMessage:
    """An SMS on one phone."""

    received_at: datetime
    phone: str
    sign_name: str
    template_code: str
    parameters: dict[str, str]
    text: str
    out_id: str
    biz_id: str


@dataclass(slots=True)
class Received:
    """The record; ``files`` maps media id -> (name, bytes)."""

    robot_messages: list[RobotMessage] = field(default_factory=list)
    text_messages: list[TextMessage] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget everything."""
        self.robot_messages.clear()
        self.text_messages.clear()
        self.files.clear()

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """All messages as plain data."""
        return {
            "wecom": [_plain(message) for message in self.robot_messages],
            "sms": [_plain(message) for message in self.text_messages],
        }


def _plain(message: RobotMessage | TextMessage) -> dict[str, Any]:
    return asdict(message) | {"received_at": message.received_at.isoformat(timespec="seconds")}
