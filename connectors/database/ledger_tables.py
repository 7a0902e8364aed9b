"""The firm's ledger: insurers, products, agents, policies, premiums, endorsements, rates."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from connectors.database.columns import Base, EncryptedText, Fen

InsurerKey = Annotated[str, mapped_column(ForeignKey("insurers.slug"), primary_key=True)]
TextKey = Annotated[str, mapped_column(primary_key=True)]
NumberKey = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]
DateKey = Annotated[date, mapped_column(primary_key=True)]
Lookup = Annotated[str | None, mapped_column(index=True)]
LandingId = Annotated[int | None, mapped_column(ForeignKey("landing_files.id"))]


class Insurer(Base):
    """A life insurer; ``payer_names`` are the account names it pays commissions from."""

    __tablename__ = "insurers"

    slug: Mapped[TextKey]
    name: Mapped[str]
    payer_names: Mapped[list[str]]


class Product(Base):
    """A product version."""

    __tablename__ = "products"

    insurer_slug: Mapped[InsurerKey]
    product_code: Mapped[TextKey]
    product_name: Mapped[str]
    cooling_off_days: Mapped[int]
    valid_from: Mapped[DateKey]
    valid_to: Mapped[date | None]


class Agent(Base):
    """An agent's rank and upline during a validity; rank 1 to 5, 5 highest; status active or left."""

    __tablename__ = "agents"

    agent_no: Mapped[TextKey]
    name: Mapped[str | None] = mapped_column(EncryptedText("agents.name"))
    id_no: Mapped[str | None] = mapped_column(EncryptedText("agents.id_no"))
    id_no_lookup: Mapped[Lookup]
    phone: Mapped[str | None] = mapped_column(EncryptedText("agents.phone"))
    phone_lookup: Mapped[Lookup]
    bank_account: Mapped[str | None] = mapped_column(EncryptedText("agents.bank_account"))
    bank_account_lookup: Mapped[Lookup]
    branch: Mapped[str | None]
    rank: Mapped[int]
    upline_agent_no: Mapped[str | None]
    status: Mapped[str]
    valid_from: Mapped[DateKey]
    valid_to: Mapped[date | None]
    sealed_digest: Mapped[str | None]


class Policy(Base):
    """A policy as its insurer's portal shows it; ``pay_years`` 0 is a single premium.

    status: in_force, cooling_off_cancelled, surrendered, lapsed. currency: CNY, HKD.
    """

    __tablename__ = "policies"

    insurer_slug: Mapped[InsurerKey]
    policy_no: Mapped[TextKey]
    product_code: Mapped[str]
    product_name: Mapped[str | None]
    policyholder_name: Mapped[str | None] = mapped_column(EncryptedText("policies.policyholder_name"))
    policyholder_id_no: Mapped[str | None] = mapped_column(EncryptedText("policies.policyholder_id_no"))
    policyholder_id_no_lookup: Mapped[Lookup]
    policyholder_phone: Mapped[str | None] = mapped_column(EncryptedText("policies.policyholder_phone"))
    policyholder_phone_lookup: Mapped[Lookup]
    insured_name: Mapped[str | None] = mapped_column(EncryptedText("policies.insured_name"))
    pay_years: Mapped[int]
    issue_date: Mapped[date]
    effective_date: Mapped[date]
    receipt_date: Mapped[date | None]
    return_visit_date: Mapped[date | None]
    return_visit_result: Mapped[str | None]
    annual_premium_fen: Mapped[Fen]
    currency: Mapped[str]
    agent_split: Mapped[str]
    status: Mapped[str]
    status_date: Mapped[date | None]
    has_endorsement: Mapped[bool]
    landing_id: Mapped[LandingId]
    updated_at: Mapped[datetime]
    sealed_digest: Mapped[str | None]


class PremiumDue(Base):
    """A premium due, one per policy year."""

    __tablename__ = "premium_dues"

    insurer_slug: Mapped[InsurerKey]
    policy_no: Mapped[TextKey]
    policy_year: Mapped[NumberKey]
    due_date: Mapped[date]
    premium_fen: Mapped[Fen]
    currency: Mapped[str]


class PremiumReceipt(Base):
    """A premium that the insurer received."""

    __tablename__ = "premium_receipts"

    insurer_slug: Mapped[InsurerKey]
    receipt_no: Mapped[TextKey]
    policy_no: Mapped[str] = mapped_column(index=True)
    policy_year: Mapped[int]
    received_date: Mapped[date]
    premium_fen: Mapped[Fen]
    currency: Mapped[str]


class Endorsement(Base):
    """A change of a policy (批单) with the premium before and after it."""

    __tablename__ = "endorsements"

    insurer_slug: Mapped[InsurerKey]
    endorsement_no: Mapped[TextKey]
    policy_no: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    effective_date: Mapped[date]
    premium_before_fen: Mapped[Fen]
    premium_after_fen: Mapped[Fen]


class CommissionRate(Base):
    """The rate the insurer pays the firm, by the policy's issue date."""

    __tablename__ = "commission_rates"

    insurer_slug: Mapped[InsurerKey]
    product_code: Mapped[TextKey]
    pay_years: Mapped[NumberKey]
    policy_year: Mapped[NumberKey]
    rate_bp: Mapped[int]
    valid_from: Mapped[DateKey]
    valid_to: Mapped[date | None]


class CommissionCap(Base):
    """The filed upper limit of a rate (报行合一), by the policy's issue date."""

    __tablename__ = "commission_caps"

    insurer_slug: Mapped[InsurerKey]
    product_code: Mapped[TextKey]
    pay_years: Mapped[NumberKey]
    policy_year: Mapped[NumberKey]
    max_rate_bp: Mapped[int]
    valid_from: Mapped[DateKey]
    valid_to: Mapped[date | None]
