"""The firm's own master data (agents, products, rates, caps) from the CSV files it keeps."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pandas as pd
from sqlalchemy import JSON, BigInteger, Column, Date, Engine, Integer, Table
from sqlalchemy.orm import Session

from bots.dates import parse_date
from bots.errors import SourceFileInvalid
from connectors.database.columns import Base
from connectors.database.engine import session
from connectors.database.removal import remove, unseen_keys
from connectors.database.rows import natural_key
from connectors.database.store import upsert
from connectors.database.tables import Agent, CommissionCap, CommissionRate, Insurer, Product

MASTER_TABLES: dict[str, type[Base]] = {
    "insurers.csv": Insurer,
    "products.csv": Product,
    "agents.csv": Agent,
    "commission_rates.csv": CommissionRate,
    "commission_caps.csv": CommissionCap,
}
_FILLED_BY_THE_HUB = ("_lookup", "sealed_digest")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MasterFile:
    """One CSV as it lies in the inbox."""

    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class MasterCount:
    """What a file changed; ``removed`` rows were in the hub and are not in the file."""

    inserted: int
    updated: int
    unchanged: int
    removed: int


def import_master_file(session: Session, file: MasterFile) -> MasterCount:
    """Make a master table what its CSV says (UTF-8, header = hub column names), or refuse the file whole.

    The file is the firm's whole list: a row that is not in it any more is removed (a corrected
    ``valid_from`` leaves no second row), but for insurers, whom policies and statements belong to.
    Raises SourceFileInvalid naming file, line and column, and for an empty file that would remove all.
    """
    table = MASTER_TABLES[file.name]
    columns = {
        column.name: column
        for column in cast("Table", table.__table__).columns
        if not column.name.endswith(_FILLED_BY_THE_HUB)
    }
    frame = _read_text_frame(file)
    _check_columns(file.name, list(frame.columns), columns)
    typed = {
        name: [_typed(file.name, line, columns[name], value) for line, value in enumerate(frame[name], 2)]
        for name in frame.columns
    }
    count = upsert(session, table, pd.DataFrame(typed, dtype=object))
    removed = 0 if table is Insurer else _remove_unlisted(session, file.name, table, typed)
    return MasterCount(count.inserted, count.updated, count.unchanged, removed)


def _remove_unlisted(
    session: Session, file_name: str, entity: type[Base], typed: dict[str, list[Any]]
) -> int:
    key = natural_key(cast("Table", entity.__table__))
    listed = set(zip(*(typed[name] for name in key), strict=True))
    gone = unseen_keys(session, entity, key, listed)
    if gone and not listed:
        raise SourceFileInvalid(
            f"{file_name} 只有表头，没有一行数据，而已入库 {len(gone)} 行。",
            remedy="放入完整的文件；文件里没有的行会从系统中删除。",
        )
    remove(session, entity, key, gone)
    if gone:
        _log.warning("%s: %s rows are not in the file any more and were removed", file_name, len(gone))
    return len(gone)


def import_inbox(engine: Engine, inbox: Path) -> list[tuple[str, MasterCount]]:
    """Import every master CSV found in ``inbox/master``; files that are not there change nothing.

    Raises SourceFileInvalid for a file of another name, before anything is imported.
    """
    found = {path.name: path for path in sorted((inbox / "master").glob("*.csv"))}
    if unknown := sorted(found.keys() - MASTER_TABLES.keys()):
        raise SourceFileInvalid(
            f"收件目录 {inbox / 'master'} 中有无法识别的文件 {unknown}。",
            remedy=f"文件名应为 {list(MASTER_TABLES)} 之一。",
        )
    counts = []
    for name in MASTER_TABLES:
        if name in found:
            with session(engine) as current:
                counts.append((name, import_master_file(current, MasterFile(name, found[name].read_bytes()))))
    return counts


def _read_text_frame(file: MasterFile) -> pd.DataFrame:
    try:
        return pd.read_csv(BytesIO(file.raw), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceFileInvalid(
            f"{file.name} 无法读取：{error}。", remedy="用 UTF-8 编码、逗号分隔另存后重新放入收件目录。"
        ) from error


def _check_columns(name: str, found: list[str], known: dict[str, Any]) -> None:
    unknown = [column for column in found if column not in known]
    required = [c.name for c in known.values() if not c.nullable and c.default is None]
    missing = [column for column in required if column not in found]
    if unknown or missing:
        raise SourceFileInvalid(
            f"{name} 第 1 行：多出的列 {unknown}，缺少的列 {missing}。", remedy=f"表头应为 {list(known)}。"
        )


def _typed(file: str, line: int, column: "Column[Any]", text: str) -> Any:
    if text == "":
        if column.nullable:
            return None
        raise SourceFileInvalid(f"{file} 第 {line} 行 {column.name} 为空。", remedy="补上这个值后重新放入。")
    try:
        return _converter(column)(text)
    except ValueError as error:
        raise SourceFileInvalid(
            f"{file} 第 {line} 行 {column.name}：{text!r} 无法识别（{error}）。",
            remedy="改正这一格后重新放入。",
        ) from error


def _converter(column: "Column[Any]") -> Callable[[str], int | date | str | list[str]]:
    if isinstance(column.type, Integer | BigInteger):
        return int
    if isinstance(column.type, Date):
        return parse_date
    if isinstance(column.type, JSON):
        return lambda text: list(json.loads(text))
    return str
