"""The demo's hub as acceptance reads it: with sqlite3 alone, past all code of ours."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

TABLES = (
    *("policies", "premium_dues", "premium_receipts", "endorsements", "agents", "products"),
    *("commission_rates", "commission_caps", "statements", "statement_lines", "bank_receipts"),
    *("breaks", "settlements", "settlement_lines", "outbox"),
)
_OF_THE_RUN = {"flow_run_id", "landing_id", "updated_at", "created_at"}
_PLACE = ("insurer_slug", "break_class", "policy_no", "policy_year", "item_type", "batch_no", "line_no")
_AMOUNTS = ("own_fen", "statement_fen", "bank_fen", "difference_fen")


@dataclass(frozen=True, slots=True)
class TableContent:
    """Number of rows, and a hash of all their values but those that name the run that wrote them."""

    rows: int
    digest: str


def read_content(hub: Path) -> dict[str, TableContent]:
    """Each table's content; ciphertexts are compared as they stand: an unchanged person keeps his."""
    with sqlite3.connect(hub) as connection:
        return {table: _read_table(connection, table) for table in TABLES}


def read_breaks(hub: Path) -> Counter[tuple[Any, ...]]:
    """Open breaks as (place..., amounts...) with their number."""
    return Counter(_rows(hub, f"SELECT {', '.join((*_PLACE, *_AMOUNTS))} FROM breaks WHERE status = 'open'"))  # noqa: S608 - our own names


def true_breaks(truth: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """The planted breaks in the same shape."""
    rows = [row | {"insurer_slug": row["insurer"]} for row in truth["breaks"]]
    return Counter(tuple(row[name] for name in (*_PLACE, *_AMOUNTS)) for row in rows)


def read_settlements(hub: Path) -> dict[str, tuple[int, int]]:
    """Agent (HOUSE included) -> payable and held fen."""
    rows = _rows(hub, "SELECT agent_no, payable_fen, held_fen FROM settlements")
    return {agent: (payable, held) for agent, payable, held in rows}


def read_figures(hub: Path) -> dict[str, Any]:
    """The figures stored beside the newest workbook."""
    return dict(json.loads(_rows(hub, "SELECT figures FROM workbooks ORDER BY id DESC LIMIT 1")[0][0]))


def _rows(hub: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(hub) as connection:
        return connection.execute(query).fetchall()


def _read_table(connection: sqlite3.Connection, table: str) -> TableContent:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
    kept = [number for number, column in enumerate(cursor.description) if column[0] not in _OF_THE_RUN]
    rows = sorted(repr([row[number] for number in kept]) for row in cursor)
    return TableContent(len(rows), sha256("\n".join(rows).encode()).hexdigest())
