"""Commission: statements, bank receipts, breaks, settlements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002_commission"
down_revision: str | None = "0001_ledger"

_JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Create the tables in the order of their foreign keys."""
    _create_statements()
    _create_statement_lines()
    _create_bank_receipts()
    _create_settlements()
    _create_settlement_lines()
    _create_breaks()


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("cutoff_date", sa.Date(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("cover_total_fen", sa.BigInteger(), nullable=False),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("landing_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_statements_insurer_slug_insurers"
        ),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landing_files.id"], name="fk_statements_landing_id_landing_files"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "batch_no", name="pk_statements"),
    )
    op.create_index("ix_statements_period", "statements", ["period"])


def _create_statement_lines() -> None:
    op.create_table(
        "statement_lines",
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text()),
        sa.Column("policy_year", sa.Integer(), nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("endorsement_no", sa.Text()),
        sa.Column("agent_no", sa.Text()),
        sa.Column("share_bp", sa.Integer()),
        sa.Column("premium_fen", sa.BigInteger(), nullable=False),
        sa.Column("rate_bp", sa.Integer()),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text()),
        sa.Column("landing_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["insurer_slug", "batch_no"],
            ["statements.insurer_slug", "statements.batch_no"],
            name="fk_statement_lines_insurer_slug_statements",
        ),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landing_files.id"], name="fk_statement_lines_landing_id_landing_files"
        ),
        sa.PrimaryKeyConstraint("insurer_slug", "batch_no", "line_no", name="pk_statement_lines"),
    )
    op.create_index("ix_statement_lines_policy_no", "statement_lines", ["policy_no"])


def _create_bank_receipts() -> None:
    op.create_table(
        "bank_receipts",
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("transaction_no", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger()),
        sa.Column("summary", sa.Text()),
        sa.Column("payer_name", sa.Text()),
        sa.Column("payer_account", sa.Text()),
        sa.Column("payer_account_lookup", sa.Text()),
        sa.Column("landing_id", sa.Integer()),
        sa.Column("sealed_digest", sa.Text()),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landing_files.id"], name="fk_bank_receipts_landing_id_landing_files"
        ),
        sa.PrimaryKeyConstraint("bank", "transaction_no", name="pk_bank_receipts"),
    )
    op.create_index("ix_bank_receipts_payer_account_lookup", "bank_receipts", ["payer_account_lookup"])


def _create_settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("agent_no", sa.Text(), nullable=False),
        sa.Column("payable_fen", sa.BigInteger(), nullable=False),
        sa.Column("held_fen", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("flow_run_id", sa.Text()),
        sa.PrimaryKeyConstraint("period", "agent_no", name="pk_settlements"),
    )


def _create_settlement_lines() -> None:
    op.create_table(
        "settlement_lines",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("insurer_slug", sa.Text(), nullable=False),
        sa.Column("policy_no", sa.Text(), nullable=False),
        sa.Column("policy_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_type", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_agent_no", sa.Text(), nullable=False),
        sa.Column("agent_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("share_bp", sa.Integer()),
        sa.Column("base_fen", sa.BigInteger()),
        sa.Column("rate_bp", sa.Integer()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("break_id", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["insurer_slug"], ["insurers.slug"], name="fk_settlement_lines_insurer_slug_insurers"
        ),
        sa.PrimaryKeyConstraint(
            "period",
            "insurer_slug",
            "policy_no",
            "policy_year",
            "item_type",
            "role",
            "generation",
            "source_agent_no",
            name="pk_settlement_lines",
        ),
    )
    op.create_index("ix_settlement_lines_agent_no", "settlement_lines", ["agent_no"])


def _create_breaks() -> None:
    op.create_table(
        "breaks",
        sa.Column("break_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("break_class", sa.Text(), nullable=False),
        sa.Column("insurer_slug", sa.Text()),
        sa.Column("policy_no", sa.Text()),
        sa.Column("policy_year", sa.Integer()),
        sa.Column("item_type", sa.Text()),
        sa.Column("batch_no", sa.Text()),
        sa.Column("line_no", sa.Integer()),
        sa.Column("transaction_no", sa.Text()),
        sa.Column("own_fen", sa.BigInteger()),
        sa.Column("statement_fen", sa.BigInteger()),
        sa.Column("bank_fen", sa.BigInteger()),
        sa.Column("difference_fen", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("suggested_action", sa.Text(), nullable=False),
        sa.Column("evidence", _JSON),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("first_seen_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("break_id", name="pk_breaks"),
    )
    op.create_index("ix_breaks_period", "breaks", ["period"])
