"""The firm's own master data (agents, products, rates, caps) from the CSV files it keeps."""

import json
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
from connectors.database.store import UpsertCount, upsert
from connectors.database.tables import Agent, CommissionCap, CommissionRate, Insurer, Product

MASTER_TABLES: dict[str, type[Base]] = {
    "insurers.csv": Insurer,
    "products.csv": Product,
    "agents.csv": Agent,
    "commission_rates.csv": CommissionRate,
    "commission_caps.csv": CommissionCap,
}
_FILLED_BY_THE_HUB = ("_lookup", "sealed_digest")


@dataclass(frozen=True, slots=True)
class MasterFile:
    """One CSV as it lies in the inbox."""

    name: str
    raw: bytes


def import_master_file(session: Session, file: MasterFile) -> UpsertCount:
    """Upsert one master CSV (UTF-8, header = hub column names) in one go, or refuse it whole.

    Raises SourceFileInvalid naming file, line and column.
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
    return upsert(session, table, pd.DataFrame(typed, dtype=object))


def import_inbox(engine: Engine, inbox: Path) -> list[tuple[str, UpsertCount]]:
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
