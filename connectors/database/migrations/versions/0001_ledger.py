"""The ledger and the landing files it points to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_ledger"
down_revision: str | None = None

_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables in the order of their foreign keys."""
    _create_landing_files()
    _create_insurers()
    _create_products()
    _create_agents()
    _create_policies()
    _create_premium_dues()
    _create_premium_receipts()
    _create_endorsements()
    _create_commission_rates()
    _create_commission_caps()


def _create_landing_files() -> None:
    op.create_table(
        "landing_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.Text()),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("flow_run_id", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_landing_files"),
        sa.UniqueConstraint(
            "sha256", "source", "dataset", "name", "business_date", name="uq_landing_files_sha256"
        ),
    )


def _create_insurers() -> None:
    op.create_table(
        "insurers",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payer_names", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_insurers"),
    )


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("cooling_off_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_products_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "product_code", "valid_from", name="pk_products"),
    )


def _create_agents() -> None:
    op.create_table(
        "agents",
        sa.Column("agent_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("id_no", sa.Text()),
        sa.Column("id_no_lookup", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("phone_lookup", sa.Text()),
        sa.Column("bank_account", sa.Text()),
        sa.Column("bank_account_lookup", sa.Text()),
        sa.Column("branch", sa.Text()),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("upline_agent_no", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("sealed_digest", sa.Text()),
        sa.PrimaryKeyConstraint("agent_no", "valid_from", name="pk_agents"),
    )
    op.create_index("ix_agents_bank_account_lookup", "agents", ["bank_account_lookup"])
    op.create_index("ix_agents_id_no_lookup", "agents", ["id_no_lookup"])
    op.create_index("ix_agents_phone_lookup", "agents", ["phone_lookup"])


def _create_policies() -> None:
    op.create_table(
        "policies",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text()),
        sa.Column("policyholder_name", sa.Text()),
        sa.Column("policyholder_id_no", sa.Text()),
        sa.Column("policyholder_id_no_lookup", sa.Text()),
        sa.Column("policyholder_phone", sa.Text()),
        sa.Column("policyholder_phone_lookup", sa.Text()),
        sa.Column("insured_name", sa.Text()),
        sa.Column("pay_years", sa.Integer(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("receipt_date", sa.Date()),
        sa.Column("return_visit_date", sa.Date()),
        sa.Column("return_visit_result", sa.Text()),
        sa.Column("annual_premium_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("agent_split", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_date", sa.Date()),
        sa.Column("has_endorsement", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.Integer()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_digest", sa.Text()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_policies_insurer_slug_insurers"
        ),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landing_files.id"], name="fk_policies_landing_id_landing_files"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "policy_no", name="pk_policies"),
    )
    op.create_index("ix_policies_policyholder_id_no_lookup", "policies", ["policyholder_id_no_lookup"])
    op.create_index("ix_policies_policyholder_phone_lookup", "policies", ["policyholder_phone_lookup"])


def _create_premium_dues() -> None:
    op.create_table(
        "premium_dues",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("policy_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("premium_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_premium_dues_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "policy_no", "policy_year", name="pk_premium_dues"),
    )


def _create_premium_receipts() -> None:
    op.create_table(
        "premium_receipts",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("policy_year", sa.Integer(), nullable=False),
        sa.Column("received_date", sa.Date(), nullable=False),
        sa.Column("premium_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_premium_receipts_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "receipt_no", name="pk_premium_receipts"),
    )
    op.create_index("ix_premium_receipts_policy_no", "premium_receipts", ["policy_no"])


def _create_endorsements() -> None:
    op.create_table(
        "endorsements",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("endorsement_no", sa.Text(), nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("premium_before_fen", sa.BigInteger(), nullable=False),
        sa.Column("premium_after_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_endorsements_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "endorsement_no", name="pk_endorsements"),
    )
    op.create_index("ix_endorsements_policy_no", "endorsements", ["policy_no"])


def _create_commission_rates() -> None:
    op.create_table(
        "commission_rates",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("pay_years", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_commission_rates_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint(
            "insurer_slug",
            "product_code",
            "pay_years",
            "policy_year",
            "valid_from",
            name="pk_commission_rates",
        ),
    )


def _create_commission_caps() -> None:
    op.create_table(
        "commission_caps",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("pay_years", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("max_rate_bp", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_commission_caps_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint(
            "insurer_slug",
            "product_code",
            "pay_years",
            "policy_year",
            "valid_from",
            name="pk_commission_caps",
        ),
    )
