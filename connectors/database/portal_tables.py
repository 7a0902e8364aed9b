"""What the portal bot needs between runs: rows without a table of their own, accounts, questions."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from connectors.database.columns import Base, EncryptedJson, EncryptedText
from connectors.database.ledger_tables import TextKey


def _now() -> datetime:
    return datetime.now(UTC)


class PortalRow(Base):
    """A row of a dataset that feeds no table of its own, sealed as its recipe names the columns.

    ``row_key`` holds an HMAC of the recipe's key: names and phones may be part of it.
    """

    __tablename__ = "portal_rows"

    source_slug: Mapped[TextKey]
    dataset: Mapped[TextKey]
    row_key: Mapped[TextKey]
    landing_id: Mapped[int] = mapped_column(ForeignKey("landing_files.id"))
    first_seen_date: Mapped[date]
    row: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("portal_rows.row"))
    sealed_digest: Mapped[str | None]


class PortalAccount(Base):
    """The firm's account at a portal: ``ok``, ``asked`` (its password must be changed), ``locked`` (refused).

    ``credentials`` is an HMAC of those that were refused, ``kept`` the sealed session of the last run.
    """

    __tablename__ = "portal_accounts"

    slug: Mapped[TextKey]
    state: Mapped[str] = mapped_column(default="ok")
    owner: Mapped[str | None]
    password_changed_date: Mapped[date | None]
    password_days: Mapped[int | None]
    credentials: Mapped[str | None]
    words: Mapped[str | None]
    stopped_at: Mapped[datetime | None]
    cleared_by: Mapped[str | None]
    cleared_at: Mapped[datetime | None]
    kept: Mapped[str | None] = mapped_column(EncryptedText("portal_accounts.kept"))
    kept_at: Mapped[datetime | None]


class Question(Base):
    """Something that only a person may answer: today a code that a portal asks for at login.

    ``open``, ``answered``, ``expired``. ``identifier`` tells one code from another (编号 K7Q2);
    ``picture`` is a captcha's PNG in base64.
    """

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    kind: Mapped[str]
    source_slug: Mapped[str]
    place: Mapped[str]
    identifier: Mapped[str]
    picture: Mapped[str | None] = mapped_column(EncryptedText("questions.picture"))
    flow_run_id: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open", index=True)
    answer: Mapped[str | None] = mapped_column(EncryptedText("questions.answer"))
    answered_by: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
