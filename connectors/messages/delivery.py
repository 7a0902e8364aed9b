"""What the outbox asks of a channel."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

Payload = dict[str, Any]
"""What one channel needs to send one message, as JSON values (see message_book.py)."""

RecordPart = Callable[[int, int, str], None]
"""Called as (parts taken so far, parts in all, receipt) after each part that the service took."""


class Receipt(StrEnum):
    """What a service says became of a message."""

    ARRIVED = "arrived"
    FAILED = "failed"
    OPEN = "open"


class Transport(Protocol):
    """One channel. ``whom`` is the name of the secret that holds the address (robot key, phone)."""

    def send(
        self, whom: str, payload: Payload, *, parts_sent: int, now: datetime, record_part: RecordPart
    ) -> None:
        """Send what follows the first ``parts_sent`` parts; report each part taken to ``record_part``.

        Raises RateLimited, MessageRefused, FateUnknown, ApplicationError or SecretMissing.
        """

    def read_receipt(self, whom: str, payload: Payload, *, sent_at: datetime, now: datetime) -> Receipt:
        """What became of a message that left at ``sent_at``; OPEN where the service keeps no receipts."""
