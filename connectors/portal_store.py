"""A portal's pages in the hub: which dataset feeds which table."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bots.records import PortalPage, Row
from connectors.database.columns import Base
from connectors.database.store import replace, upsert
from connectors.database.tables import (
    Endorsement,
    Policy,
    PremiumDue,
    PremiumReceipt,
    QuarantinedRow,
    Statement,
    StatementLine,
)


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """Where a page came from: insurer and the landed raw bytes."""

    insurer_slug: str
    landing_id: int


def save_page(session: Session, page: PortalPage, origin: PageOrigin) -> None:
    """Upsert a page's rows by natural key and keep what it set aside; same page again changes nothing.

    Raises KeyError for a dataset that feeds no table: a recipe must use the names in DATASETS.
    """
    for table, rows in DATASETS[page.dataset](page.rows, origin):
        if table is StatementLine:
            _replace_batches(session, rows)
        elif rows:
            upsert(session, table, rows)
    aside = [
        {
            "insurer_slug": origin.insurer_slug,
            "dataset": page.dataset,
            "landing_id": origin.landing_id,
            "page_no": page.page_no,
            "row_no": item.row_no,
            "column": item.column,
            "code": item.code,
            "reason": item.reason,
            "raw_row": item.row,
        }
        for item in page.set_aside
    ]
    if aside:
        upsert(session, QuarantinedRow, aside)


def _replace_batches(session: Session, rows: list[Row]) -> None:
    """An insurer that issues a batch again may drop lines: the batch is replaced whole."""
    batches = {(row["insurer_slug"], row["batch_no"]) for row in rows}
    for insurer_slug, batch_no in batches:
        lines = [row for row in rows if row["batch_no"] == batch_no]
        replace(session, StatementLine, lines, insurer_slug=insurer_slug, batch_no=batch_no)


TableRows = list[tuple[type[Base], list[Row]]]


_DUE_COLUMNS = ("policy_no", "policy_year", "due_date", "currency")
_RECEIPT_COLUMNS = ("receipt_no", "policy_no", "policy_year", "received_date", "currency")


def _premiums(rows: list[Row], origin: PageOrigin) -> TableRows:
    insurer = {"insurer_slug": origin.insurer_slug}
    dues = [
        insurer | {key: row[key] for key in _DUE_COLUMNS} | {"premium_fen": row["premium_due_fen"]}
        for row in rows
    ]
    receipts = [
        insurer | {key: row[key] for key in _RECEIPT_COLUMNS} | {"premium_fen": row["premium_received_fen"]}
        for row in rows
        if row["is_received"]
    ]
    return [(PremiumDue, dues), (PremiumReceipt, receipts)]


def _plain(table: type[Base]) -> Callable[[list[Row], PageOrigin], TableRows]:
    def feed(rows: list[Row], origin: PageOrigin) -> TableRows:
        return [(table, [row | {"insurer_slug": origin.insurer_slug} for row in rows])]

    return feed


def _landed(table: type[Base]) -> Callable[[list[Row], PageOrigin], TableRows]:
    def feed(rows: list[Row], origin: PageOrigin) -> TableRows:
        own = {"insurer_slug": origin.insurer_slug, "landing_id": origin.landing_id}
        return [(table, [row | own for row in rows])]

    return feed


DATASETS: dict[str, Callable[[list[Row], PageOrigin], TableRows]] = {
    "policies": _landed(Policy),
    "premiums": _premiums,
    "endorsements": _plain(Endorsement),
    "statements": _landed(Statement),
    "statement_lines": _landed(StatementLine),
}
