"""Frames for the commission bot out of the hub, and its results back into it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import Engine, func, select, update

from bots.commission.controls import require_tie_outs
from bots.commission.frames import LedgerFrames
from bots.commission.reconciling import Reconciliation
from bots.commission.workbook import SourceFile
from connectors.database.engine import session
from connectors.database.store import read_frame, replace, upsert
from connectors.database.tables import (
    Agent,
    BankReceipt,
    Break,
    CommissionCap,
    CommissionRate,
    Endorsement,
    Insurer,
    LandingFile,
    Policy,
    PremiumDue,
    PremiumReceipt,
    Product,
    Settlement,
    SettlementLine,
    Statement,
    StatementLine,
    Workbook,
)
from connectors.files import write_out

WORKBOOK_KIND = "commission"


@dataclass(frozen=True, slots=True)
class PeriodSources:
    """Everything a period is reconciled from, columns as in the hub, personal columns left sealed."""

    ledger: LedgerFrames
    statements: pd.DataFrame
    statement_lines: pd.DataFrame
    bank_receipts: pd.DataFrame


def read_sources(engine: Engine) -> PeriodSources:
    """The ledger, all statements and all bank receipts, in one consistent read."""
    with session(engine, read_only=True) as current:
        ledger = LedgerFrames(
            insurers=read_frame(current, Insurer),
            products=read_frame(current, Product),
            agents=read_frame(current, Agent),
            policies=read_frame(current, Policy),
            premium_dues=read_frame(current, PremiumDue),
            premium_receipts=read_frame(current, PremiumReceipt),
            endorsements=read_frame(current, Endorsement),
            commission_rates=read_frame(current, CommissionRate),
            commission_caps=read_frame(current, CommissionCap),
        )
        return PeriodSources(
            ledger,
            read_frame(current, Statement),
            read_frame(current, StatementLine),
            read_frame(current, BankReceipt),
        )


def read_agent_names(engine: Engine) -> dict[str, str]:
    """Names by agent number, the newest row of each: finance pays people, not numbers."""
    with session(engine, read_only=True) as current:
        agents = read_frame(current, Agent, decrypt=["name"]).sort_values("valid_from")
    known = agents[agents["name"].notna()]
    return dict(zip(known["agent_no"], known["name"], strict=True))


def read_source_files(engine: Engine, period: str) -> tuple[SourceFile, ...]:
    """The landed files that a period's statement lines and the bank receipts were read from."""
    file = (LandingFile.name, LandingFile.sha256, func.count())
    lines = (
        select(*file)
        .join(StatementLine, StatementLine.landing_id == LandingFile.id)
        .join(
            Statement,
            (Statement.insurer_slug == StatementLine.insurer_slug)
            & (Statement.batch_no == StatementLine.batch_no),
        )
        .where(Statement.period == period)
    )
    receipts = select(*file).join(BankReceipt, BankReceipt.landing_id == LandingFile.id)
    with session(engine, read_only=True) as current:
        found = [
            row
            for question in (lines, receipts)
            for row in current.execute(question.group_by(LandingFile.id).order_by(LandingFile.name))
        ]
    return tuple(SourceFile(name, digest, rows) for name, digest, rows in found)


def save_reconciliation(engine: Engine, result: Reconciliation, flow_run_id: str | None) -> None:
    """Store breaks and settlement of a period in one transaction; a second run leaves the same rows.

    A break that is no longer found is closed, never deleted. Raises TieOutBroken, and stores nothing,
    when a tie-out is not 0.
    """
    period = result.period.text
    require_tie_outs(result.tie_outs, period)
    breaks = result.breaks.assign(period=period)
    settlements = result.settlements.assign(period=period, flow_run_id=flow_run_id)
    with session(engine) as current:
        # Closed first and opened again by the upsert: a list of ids has no room in one statement.
        current.execute(update(Break).where(Break.period == period).values(status="closed"))
        upsert(current, Break, breaks)
        replace(current, SettlementLine, result.settlement_lines.assign(period=period), period=period)
        replace(current, Settlement, settlements, period=period)


def save_workbook(
    engine: Engine, raw: bytes, *, period: str, figures: dict[str, Any], flow_run_id: str | None
) -> Workbook:
    """Write the workbook to out/ and register it for the desk as the period's newest.

    The file's name holds a part of its hash, so a download or a kill in between never meets another file
    than its row says, and what finance signed earlier stays.
    """
    digest = sha256(raw).hexdigest()
    name = f"佣金对账_{period}.xlsx"
    path = f"commission/佣金对账_{period}_{digest[:8]}.xlsx"
    write_out(path, raw)
    row = {
        "kind": WORKBOOK_KIND,
        "period": period,
        "file_name": name,
        "path": path,
        "sha256": digest,
        "size": len(raw),
        "flow_run_id": flow_run_id,
        "created_at": datetime.now(UTC),
        "figures": figures,
    }
    with session(engine) as current:
        upsert(current, Workbook, [row])
        return current.scalars(select(Workbook).filter_by(kind=WORKBOOK_KIND, period=period)).one()
