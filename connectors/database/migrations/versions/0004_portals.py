"""Rows of datasets without a table, portal accounts, questions to people; any source may set rows aside."""

import sqlalchemy as sa
from alembic import op

revision = "0004_portals"
down_revision: str | None = "0003_operations"

_INSURER_OF_ROWS = "fk_quarantined_rows_insurer_slug_insurers"


def upgrade() -> None:
    """Create the tables; a CRM's row that was set aside belongs to no insurer."""
    _create_portal_rows()
    _create_portal_accounts()
    _create_questions()
    with op.batch_alter_table("quarantined_rows") as table:
        table.drop_constraint(_INSURER_OF_ROWS, type_="foreignkey")


def _create_portal_rows() -> None:
    op.create_table(
        "portal_rows",
        sa.Column("source_slug", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("landing_id", sa.Integer(), nullable=False),
        sa.Column("first_seen_date", sa.Date(), nullable=False),
        sa.Column("row", sa.Text()),
        sa.Column("sealed_digest", sa.Text()),
        sa.ForeignKeyConstraint(
            ["landing_id"], ["landing_files.id"], name="fk_portal_rows_landing_id_landing_files"
        ),
        sa.PrimaryKeyConstraint("source_slug", "dataset", "row_key", name="pk_portal_rows"),
    )


def _create_portal_accounts() -> None:
    op.create_table(
        "portal_accounts",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("password_changed_date", sa.Date()),
        sa.Column("password_days", sa.Integer()),
        sa.Column("credentials", sa.Text()),
        sa.Column("words", sa.Text()),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.Column("cleared_by", sa.Text()),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
        sa.Column("kept", sa.Text()),
        sa.Column("kept_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("slug", name="pk_portal_accounts"),
    )


def _create_questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_slug", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text()),
        sa.Column("flow_run_id", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.UniqueConstraint("token", name="uq_questions_token"),
    )
    op.create_index("ix_questions_state", "questions", ["state"])
