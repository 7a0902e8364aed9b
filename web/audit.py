"""The audit trail of the desk: who did what to what, when."""

from datetime import datetime

from sqlalchemy.orm import Session

from connectors.database.tables import DeskEvent

UNKNOWN_PERSON = "-"
"""Stands for a name that no account has: what was typed may be a password in the wrong field."""


def record(session: Session, username: str, action: str, target: str | None = None, *, at: datetime) -> None:
    """Write one line to desk_events; ``session`` commits it."""
    session.add(DeskEvent(username=username, action=action, target=target, at=at))
