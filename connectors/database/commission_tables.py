"""Commission: statements, bank receipts, breaks, settlements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from connectors.database.columns import Base, EncryptedText, Fen
from connectors.database.ledger_tables import InsurerKey, LandingId, Lookup, NumberKey, TextKey


class Statement(Base):
    """A commission statement batch; ``cover_total_fen`` is the amount on the portal's batch list."""

    __tablename__ = "statements"

    insurer_slug: Mapped[InsurerKey]
    batch_no: Mapped[TextKey]
    period: Mapped[str] = mapped_column(index=True)
    cutoff_date: Mapped[date]
    line_count: Mapped[int]
    cover_total_fen: Mapped[Fen]
    is_tax_included: Mapped[bool]
    landing_id: Mapped[LandingId]


class StatementLine(Base):
    """A line of a statement as the insurer wrote it; item_type FYC or RYC."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["insurer_slug", "batch_no"], ["statements.insurer_slug", "statements.batch_no"]
        ),
    )

    insurer_slug: Mapped[TextKey]
    batch_no: Mapped[TextKey]
    line_no: Mapped[NumberKey]
    policy_no: Mapped[str] = mapped_column(index=True)
    product_code: Mapped[str | None]
    policy_year: Mapped[int]
    item_type: Mapped[str]
    endorsement_no: Mapped[str | None]
    agent_no: Mapped[str | None]
    share_bp: Mapped[int | None]
    premium_fen: Mapped[Fen]
    rate_bp: Mapped[int | None]
    amount_fen: Mapped[Fen]
    currency: Mapped[str]
    remark: Mapped[str | None]
    landing_id: Mapped[LandingId]


class BankReceipt(Base):
    """A movement on the firm's account; ``booked_at`` is the bank's local time as printed."""

    __tablename__ = "bank_receipts"

    bank: Mapped[TextKey]
    transaction_no: Mapped[TextKey]
    booked_at: Mapped[datetime] = mapped_column(DateTime())
    direction: Mapped[str]
    amount_fen: Mapped[Fen]
    balance_fen: Mapped[Fen | None]
    summary: Mapped[str | None]
    payer_name: Mapped[str | None]
    payer_account: Mapped[str | None] = mapped_column(EncryptedText("bank_receipts.payer_account"))
    payer_account_lookup: Mapped[Lookup]
    landing_id: Mapped[LandingId]
    sealed_digest: Mapped[str | None]


class Settlement(Base):
    """What one agent gets for a period."""

    __tablename__ = "settlements"

    period: Mapped[TextKey]
    agent_no: Mapped[TextKey]
    payable_fen: Mapped[Fen]
    held_fen: Mapped[Fen]
    line_count: Mapped[int]
    flow_run_id: Mapped[str | None]


class SettlementLine(Base):
    """One share of one commission item: SELLER, OVERRIDE (generation 1 up) or HOUSE; payable or held."""

    __tablename__ = "settlement_lines"

    period: Mapped[TextKey]
    insurer_slug: Mapped[InsurerKey]
    policy_no: Mapped[TextKey]
    policy_year: Mapped[NumberKey]
    item_type: Mapped[TextKey]
    role: Mapped[TextKey]
    generation: Mapped[NumberKey]
    source_agent_no: Mapped[TextKey]
    agent_no: Mapped[str] = mapped_column(index=True)
    amount_fen: Mapped[Fen]
    share_bp: Mapped[int | None]
    base_fen: Mapped[Fen | None]
    rate_bp: Mapped[int | None]
    state: Mapped[str]
    break_id: Mapped[str | None]
    reason: Mapped[str | None]


class Break(Base):
    """A difference between ledger, statement and bank; an upsert never moves ``first_seen_date``."""

    __tablename__ = "breaks"

    break_id: Mapped[TextKey]
    period: Mapped[str] = mapped_column(index=True)
    break_class: Mapped[str]
    insurer_slug: Mapped[str | None]
    policy_no: Mapped[str | None]
    policy_year: Mapped[int | None]
    item_type: Mapped[str | None]
    batch_no: Mapped[str | None]
    line_no: Mapped[int | None]
    transaction_no: Mapped[str | None]
    own_fen: Mapped[Fen | None]
    statement_fen: Mapped[Fen | None]
    bank_fen: Mapped[Fen | None]
    difference_fen: Mapped[Fen]
    sentence: Mapped[str]
    suggested_action: Mapped[str]
    evidence: Mapped[dict[str, Any] | None]
    status: Mapped[str]
    first_seen_date: Mapped[date]
