"""Bulk writing and reading of the hub's tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pandas as pd
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Integer,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bots.errors import SourceFileInvalid
from connectors.database.columns import Base, EncryptedJson, UtcDateTime
from connectors.database.crypto import current_keys
from connectors.database.rows import DIGEST, Row, add_lookups, natural_key, row_digest, sealed_names, to_rows

_CHUNK_ROWS = 1_000
# Where a value came from is not the value: new bytes with the same row are no change.
_PROVENANCE = frozenset({"landing_id", "flow_run_id", "updated_at"})
_KEPT = frozenset({"first_seen_date"})

Frame = pd.DataFrame | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class UpsertCount:
    """What an upsert did; the three add up to the rows it was given."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0


def upsert(session: Session, entity: type[Base], frame: Frame) -> UpsertCount:
    """Insert or update rows by natural key; give plain values, secrets are sealed here.

    ``frame`` holds hub columns; lookups, digest and updated_at are filled in. A table's encrypted
    columns are given all or none. Raises ValueError for unknown columns or kinds, SourceFileInvalid
    when a natural key comes twice.

    100,000 rows go in one call: in chunks, the digests of known rows are read first. Rows whose digest
    is unchanged are sent without their secrets (encrypting them again would cost time and make every
    row look changed); the database itself compares the remaining columns and updates what differs.
    """
    table = _table_of(entity)
    rows = _prepare(table, frame)
    total = UpsertCount()
    for chunk in _chunks(rows):
        known = _read_known(session, table, chunk)
        fresh, same = _split_by_digest(table, chunk, known)
        written = sum(_write(session, table, part) for part in (fresh, same) if part)
        inserted = len(chunk) - len(known)
        total = UpsertCount(
            total.inserted + inserted,
            total.updated + written - inserted,
            total.unchanged + len(chunk) - written,
        )
    return total


def replace(session: Session, entity: type[Base], frame: Frame, **scope: Any) -> int:
    """Delete the rows of a scope (``period="2026-10"``) and insert these; returns how many.

    Raises ValueError without a scope and for a row outside it.
    """
    table = _table_of(entity)
    rows = _prepare(table, frame)
    if not scope or any(row.get(name) != value for row in rows for name, value in scope.items()):
        raise ValueError(f"rows of {table.name} must lie inside a scope, got {scope}")
    session.execute(delete(table).where(*_equals(table, scope)))
    if rows:
        sealed, _ = _split_by_digest(table, rows, known={})
        session.execute(insert(table), sealed)
    return len(rows)


def read_frame(
    session: Session, entity: type[Base], *, decrypt: Iterable[str] = (), **equals: Any
) -> pd.DataFrame:
    """Rows ordered by primary key, as a frame; encrypted columns only those named in ``decrypt``.

    Whole numbers are int64 (Int64 where the column may be empty), dates datetime64, texts str with NaN.
    """
    table = _table_of(entity)
    hidden = {*sealed_names(table), DIGEST} - set(decrypt)
    columns = [column for column in table.columns if column.name not in hidden]
    found = session.execute(
        select(*columns).where(*_equals(table, equals)).order_by(*table.primary_key.columns)
    )
    frame = pd.DataFrame.from_records(
        [tuple(row) for row in found], columns=[column.name for column in columns]
    )
    return frame.astype({column.name: _dtype(column) for column in columns})


def _table_of(entity: type[Base]) -> Table:
    return cast("Table", entity.__table__)


def _prepare(table: Table, frame: Frame) -> list[Row]:
    rows = to_rows(table, frame)
    given = set(rows[0]) if rows else set()
    secrets = set(sealed_names(table))
    if secrets & given and not secrets <= given:
        raise ValueError(f"give all encrypted columns of {table.name} or none: {sorted(secrets)}")
    _refuse_repeated_keys(table, rows)
    if "updated_at" in table.columns:
        now = datetime.now(UTC)
        for row in rows:
            row["updated_at"] = now
    return rows


def _refuse_repeated_keys(table: Table, rows: list[Row]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for number, row in enumerate(rows, start=1):
        key = _key_of(table, row)
        if key in seen:
            raise SourceFileInvalid(
                f"写入 {table.name} 的数据第 {number} 行主键重复：{'/'.join(map(str, key))}。",
                remedy="核对来源是否重复列出同一行；去掉重复后重新运行，本批数据未写入。",
            )
        seen.add(key)


def _key_of(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in natural_key(table))


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + _CHUNK_ROWS] for start in range(0, len(rows), _CHUNK_ROWS))


def _read_known(session: Session, table: Table, chunk: list[Row]) -> dict[tuple[Any, ...], str | None]:
    """Digest of each row that is there already, locked until the commit on PostgreSQL."""
    names = natural_key(table)
    columns = [table.columns[name] for name in names]
    digest = [table.columns[DIGEST]] if DIGEST in table.columns else []
    wanted = [_key_of(table, row) for row in chunk]
    found = session.execute(select(*columns, *digest).where(tuple_(*columns).in_(wanted)).with_for_update())
    return {tuple(row[: len(names)]): row[len(names)] if digest else None for row in found}


def _split_by_digest(
    table: Table, chunk: list[Row], known: Mapping[tuple[Any, ...], str | None]
) -> tuple[list[Row], list[Row]]:
    """Rows to write with their secrets, and rows whose secrets are in the table already."""
    secrets = sealed_names(table)
    if DIGEST not in table.columns or secrets[0] not in chunk[0]:
        return chunk, []
    keys = current_keys()
    fresh, same = [], []
    for row in chunk:
        row[DIGEST] = row_digest(table, row, keys)
        if known.get(_key_of(table, row)) == row[DIGEST]:
            same.append({name: value for name, value in row.items() if name not in secrets})
        else:
            add_lookups(table, row, keys)
            fresh.append(row)
    return fresh, same


def _write(session: Session, table: Table, rows: list[Row]) -> int:
    """Insert or update where something differs; returns the rows inserted or changed."""
    key = natural_key(table)
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(table)
    new = statement.excluded
    settable = [name for name in rows[0] if name not in key and name not in _KEPT]
    hidden = {*_PROVENANCE, *sealed_names(table)}
    compared = [name for name in settable if name not in hidden and not name.endswith("_lookup")]
    if compared:
        changed = or_(*(table.columns[name].is_distinct_from(new[name]) for name in compared))
        update = {name: new[name] for name in settable}
        statement = statement.on_conflict_do_update(index_elements=key, set_=update, where=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    result = session.execute(statement.execution_options(preserve_rowcount=True), rows)
    return int(result.rowcount)  # type: ignore[attr-defined]


def _equals(table: Table, equals: Mapping[str, Any]) -> list[Any]:
    return [and_(table.columns[name] == value) for name, value in equals.items()]


def _dtype(column: Any) -> str:
    kind = column.type
    if isinstance(kind, Boolean):
        return "boolean" if column.nullable else "bool"
    if isinstance(kind, Integer):
        return "Int64" if column.nullable else "int64"
    if isinstance(kind, UtcDateTime):
        return "datetime64[us, UTC]"
    if isinstance(kind, Date | DateTime):
        return "datetime64[us]"
    return "object" if isinstance(kind, JSON | EncryptedJson) else "str"
