"""How the house works: landing, rows set aside, queues, outbox, workbooks, desk."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from connectors.database.columns import Base, EncryptedJson
from connectors.database.ledger_tables import NumberKey, TextKey


def _now() -> datetime:
    return datetime.now(UTC)


class LandingFile(Base):
    """Raw bytes from outside, sealed in ``path`` under their own data key; no key, no way back."""

    __tablename__ = "landing_files"
    __table_args__ = (UniqueConstraint("sha256", "source", "dataset", "name", "business_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    source: Mapped[str]
    dataset: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    wrapped_key: Mapped[str | None]
    path: Mapped[str]
    business_date: Mapped[date]
    flow_run_id: Mapped[str | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class QuarantinedRow(Base):
    """A row that was set aside, sealed as it came, with place, code and reason."""

    __tablename__ = "quarantined_rows"

    insurer_slug: Mapped[TextKey]
    dataset: Mapped[TextKey]
    landing_id: Mapped[int] = mapped_column(
        ForeignKey("landing_files.id"), primary_key=True, autoincrement=False
    )
    row_no: Mapped[NumberKey]
    page_no: Mapped[int | None]
    column: Mapped[str]
    code: Mapped[str]
    reason: Mapped[str]
    raw_row: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("quarantined_rows.raw_row"))
    sealed_digest: Mapped[str | None]


class Leased(Base):
    """Rows that workers claim one at a time (see leases.py)."""

    __abstract__ = True
    held_state: ClassVar[str]
    expired_state: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    lease_owner: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class WorkItem(Leased):
    """A unit of work: waiting, claimed, done, failed; a dead worker's item waits again."""

    __tablename__ = "work_items"
    __table_args__ = (UniqueConstraint("queue", "item_key"),)
    held_state = "claimed"
    expired_state = "waiting"

    queue: Mapped[str]
    item_key: Mapped[str]
    payload: Mapped[dict[str, Any] | None]
    checkpoint: Mapped[dict[str, Any] | None]
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)


class OutboxMessage(Leased):
    """One message to one receiver on one channel for one occasion.

    waiting, sending, sent, failed, unknown, held. A dead sender's message becomes unknown: it may have
    gone out.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("what", "whom", "channel", "occasion"),)
    held_state = "sending"
    expired_state = "unknown"

    what: Mapped[str]
    whom: Mapped[str]
    channel: Mapped[str]
    occasion: Mapped[str]
    severity: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("outbox.payload"))
    receipt: Mapped[str | None]
    error: Mapped[str | None]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Workbook(Base):
    """A workbook in ``out/``; a new run of the same kind and period replaces the row."""

    __tablename__ = "workbooks"
    __table_args__ = (UniqueConstraint("kind", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    period: Mapped[str]
    file_name: Mapped[str]
    path: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    flow_run_id: Mapped[str | None]
    created_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]


class DeskUser(Base):
    """A person who may log in at the desk; role ops, finance, manager or admin."""

    __tablename__ = "desk_users"

    username: Mapped[TextKey]
    password_hash: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class DeskEvent(Base):
    """Who did what at the desk, when."""

    __tablename__ = "desk_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    action: Mapped[str]
    target: Mapped[str | None]
    at: Mapped[datetime]
