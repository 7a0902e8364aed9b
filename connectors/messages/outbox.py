"""The outbox: one row per (what, whom, channel, occasion); what goes in, and what a person decides about it.

waiting -> sending -> sent | failed | unknown; a refused or rate limited row waits or fails, a row whose
address is not set up is held. Only sender.py sends.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bots.errors import BusinessError
from bots.records import Notice
from connectors.database.tables import OutboxMessage
from connectors.messages.message_book import Letter, MessageBook

_KEY = ("what", "whom", "channel", "occasion")


class NotUnknown(BusinessError):
    """Somebody decides about a message whose fate is no question (any more)."""

    title = "消息无需裁定"


def enqueue(session: Session, notice: Notice, book: MessageBook, now: datetime) -> int:
    """Put a notice into the outbox, one row per receiver; the number of rows that were not there yet.

    A row that is there stays as it is, whatever its state. A letter that its channel cannot carry is
    stored as failed with the reason, the others go. Raises RecipeInvalid (see MessageBook).
    """
    rows = [_row(notice, letter, now) for letter in book.write_letters(notice)]
    if not rows:
        return 0
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(OutboxMessage).values(rows).on_conflict_do_nothing(index_elements=_KEY)
    return len(session.scalars(statement.returning(OutboxMessage.id)).all())


def list_messages(session: Session, state: str | None = None, limit: int = 100) -> Sequence[OutboxMessage]:
    """The newest messages first, of one state or of all."""
    newest = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
    return session.scalars(newest.where(OutboxMessage.state == state) if state else newest).all()


def release_held(session: Session) -> int:
    """Let held messages wait again, after their secret has been set; how many."""
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.state == "held")
        .values(state="waiting", attempts=0, not_before=None, error=None)
        .returning(OutboxMessage.id)
    )
    return len(session.scalars(statement).all())


def decide_unknown(session: Session, message_id: int, *, has_arrived: bool) -> None:
    """A person's word on a message of unknown fate: it arrived, or what is missing of it is to be sent.

    Raises NotUnknown when the message is in another state.
    """
    values: dict[str, Any] = {"state": "sent"}
    if not has_arrived:
        values = {"state": "waiting", "attempts": 0, "not_before": None, "sent_at": None}
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state == "unknown")
        .values(error=None, **values)
        .returning(OutboxMessage.id)
    )
    if session.scalar(statement) is None:
        raise NotUnknown(
            f"消息 {message_id} 不处于“结果未知”状态。", remedy="先用 brokerflow messages list 核对编号"
        )


def _row(notice: Notice, letter: Letter, now: datetime) -> dict[str, Any]:
    return {
        "what": notice.what,
        "whom": letter.whom,
        "channel": letter.channel.value,
        "occasion": notice.occasion,
        "severity": notice.severity.value,
        "payload": letter.payload,
        "state": "failed" if letter.refusal else "waiting",
        "error": str(letter.refusal) if letter.refusal else None,
        "attempts": 0,
        "created_at": now,
    }
