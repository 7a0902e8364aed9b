"""Bank statements that finance drops into ``inbox/bank/<bank>/``: landed, checked, stored."""

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bots.commission.bank_file import read_bank_file
from bots.errors import SourceFileInvalid
from connectors.commission_rules import load_bank_layout
from connectors.database.engine import session
from connectors.database.store import read_frame, upsert
from connectors.database.tables import BankReceipt
from connectors.files import land

_NEVER_CHANGES = ("amount_fen", "direction", "booked_at")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ImportedBankFile:
    """One bank file as it was taken in."""

    name: str
    movements: int
    new: int


def import_bank_files(
    engine: Engine, inbox: Path, business_date: date, flow_run_id: str | None
) -> list[ImportedBankFile]:
    """Read every CSV of ``inbox/bank/<bank>/``; a file that was read before adds nothing.

    A file that cannot be trusted is refused whole, its bytes stay sealed in landing: raises
    SourceFileInvalid naming file, line and remedy, for whatever else lies there before anything is read.
    """
    return [_import_file(engine, path, business_date, flow_run_id) for path in _find_files(inbox / "bank")]


def _find_files(root: Path) -> list[Path]:
    """The banks' files; hidden files and Excel's lock files (~$) are the only ones left out silently."""
    top = _visible(root) if root.is_dir() else []
    below = [path for folder in top if folder.is_dir() for path in _visible(folder)]
    files = [path for path in below if path.is_file() and path.suffix.lower() == ".csv"]
    strange = [path for path in top if not path.is_dir()] + [path for path in below if path not in files]
    if strange:
        names = "、".join(path.relative_to(root).as_posix() for path in strange)
        raise SourceFileInvalid(
            f"银行收件目录中有无法识别的文件或文件夹：{names}。",
            remedy=f"把银行原样导出的 .csv 放进 {root} 下该银行的文件夹"
            "（与 config/commission/banks/ 中的文件同名），其他文件移出收件目录。",
        )
    return files


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def _import_file(
    engine: Engine, path: Path, business_date: date, flow_run_id: str | None
) -> ImportedBankFile:
    bank = path.parent.name
    layout = load_bank_layout(bank)
    raw = path.read_bytes()
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
    statement = read_bank_file(raw, layout, path.name)
    with session(engine) as current:
        changed = _changed_movements(current, bank, statement.receipts)
        if changed:
            raise _contradiction(path.name, raw.decode(layout.encoding).splitlines(), changed)
        count = upsert(current, BankReceipt, statement.receipts.assign(bank=bank, landing_id=landed.id))
    return ImportedBankFile(path.name, len(statement.receipts), count.inserted)


def _changed_movements(current: Session, bank: str, receipts: pd.DataFrame) -> list[str]:
    """Numbers that the hub knows with another amount, direction or time: what was booked stays booked."""
    known = read_frame(current, BankReceipt, bank=bank).set_index("transaction_no").add_suffix("_known")
    both = receipts.set_index("transaction_no").join(known, how="inner")
    differs = (both[f"{name}_known"] != both[name] for name in _NEVER_CHANGES)
    return list(both.index[reduce(or_, differs)])


def _contradiction(name: str, lines: list[str], transaction_nos: list[str]) -> SourceFileInvalid:
    places = [
        f"第 {line_no} 行（流水号 {number}）"
        for line_no, line in enumerate(lines, start=1)
        for number in transaction_nos
        if re.search(rf"(?<!\w){re.escape(number)}(?!\w)", line)
    ]
    shown = "、".join(places[:_SHOWN]) + (f" 等 {len(places)} 行" if len(places) > _SHOWN else "")
    return SourceFileInvalid(
        f"{name} {shown}：同一流水号的金额、方向或交易时间与已入库的不同，整个文件未入库。",
        remedy="核对是否为同一账户：每家银行的文件夹只放一个账户的流水，另一账户请用另外的文件夹和版式文件；"
        "同一账户请从网银重新下载原始 CSV。",
    )
