"""Bank statements that finance drops into ``inbox/bank/<bank>/``: landed, checked, stored."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from bots.commission.bank_file import read_bank_file
from bots.errors import SourceFileInvalid
from connectors.commission_rules import load_bank_layout
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import BankReceipt
from connectors.files import land


@dataclass(frozen=True, slots=True)
class ImportedBankFile:
    """One bank file as it was taken in."""

    name: str
    movements: int
    new: int


def import_bank_files(
    engine: Engine, inbox: Path, business_date: date, flow_run_id: str | None
) -> list[ImportedBankFile]:
    """Read every CSV below ``inbox/bank``; a file that was read before adds nothing.

    A file that cannot be trusted is refused whole: raises SourceFileInvalid naming file, line and remedy.
    """
    files = sorted(path for path in (inbox / "bank").glob("*/*.csv"))
    stray = sorted((inbox / "bank").glob("*.csv"))
    if stray:
        raise SourceFileInvalid(
            f"{stray[0].name} 不在任何银行的文件夹里。",
            remedy=f"移到 {inbox / 'bank'} 下该银行的文件夹（与 config/commission/banks/ 中的文件同名）。",
        )
    return [_import_file(engine, path, business_date, flow_run_id) for path in files]


def _import_file(
    engine: Engine, path: Path, business_date: date, flow_run_id: str | None
) -> ImportedBankFile:
    bank = path.parent.name
    raw = path.read_bytes()
    statement = read_bank_file(raw, load_bank_layout(bank), path.name)
    with session(engine) as current:
        landed = land(
            current,
            raw,
            source=bank,
            dataset="bank_receipts",
            name=path.name,
            business_date=business_date,
            flow_run_id=flow_run_id,
        )
        count = upsert(current, BankReceipt, statement.receipts.assign(bank=bank, landing_id=landed.id))
    return ImportedBankFile(path.name, len(statement.receipts), count.inserted)
