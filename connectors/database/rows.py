"""Frames to rows in the types of a table, and what is secret in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text, UniqueConstraint

from connectors.database.columns import EncryptedJson, EncryptedText, UtcDateTime
from connectors.database.crypto import Keys

Row = dict[str, Any]
DIGEST = "sealed_digest"


@cache
def natural_key(table: Table) -> tuple[str, ...]:
    """Columns that tell one row from another: the unique constraint, else the primary key."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            return tuple(column.name for column in constraint.columns)
    return tuple(column.name for column in table.primary_key.columns)


@cache
def sealed_names(table: Table) -> tuple[str, ...]:
    """Encrypted columns of a table."""
    return tuple(column.name for column in table.columns if isinstance(column.type, EncryptedText))


def to_rows(table: Table, frame: pd.DataFrame | Sequence[Mapping[str, Any]]) -> list[Row]:
    """Plain Python rows for a table; NaN, NaT, NA and a key missing in a dict become None.

    Raises ValueError for a column the table lacks and for a value of the wrong kind (a fraction
    where fen are wanted), naming table and column, never the value: it may be personal.
    """
    if not isinstance(frame, pd.DataFrame):
        frame = pd.DataFrame.from_records([dict(row) for row in frame]).astype(object)
    unknown = [name for name in frame.columns if name not in table.columns]
    if unknown:
        raise ValueError(f"table {table.name} has no column {', '.join(map(str, unknown))}")
    names = list(frame.columns)
    values = [_convert(frame[name], table.columns[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def add_lookups(table: Table, row: Row, keys: Keys) -> None:
    """Fill ``<name>_lookup`` beside each encrypted column that has one."""
    for name in sealed_names(table):
        if f"{name}_lookup" in table.columns:
            plain = row[name]
            row[f"{name}_lookup"] = None if plain is None else keys.lookup(str(plain))


def row_digest(table: Table, row: Row, keys: Keys) -> str:
    """Keyed hash of a row's secret values, bound to its natural key.

    Ciphertexts of one value differ each time, so they cannot tell a change; this can. With the natural
    key in it, equal names in two rows do not show.
    """
    parts = [table.name, *(str(row[name]) for name in natural_key(table))]
    for name in sealed_names(table):
        kind = table.columns[name].type
        parts.append("" if row[name] is None else "=" + kind.to_plain(row[name]))  # type: ignore[attr-defined]
    return keys.digest("\x1f".join(parts))


def _convert(series: "pd.Series[Any]", column: Column[Any]) -> list[Any]:
    read = next((read for kind, read in _READERS if isinstance(column.type, kind)), _as_it_is)
    place = f"{column.table.name}.{column.name}"
    missing = series.isna().to_numpy()
    try:
        return [
            None if is_missing else read(value)
            for value, is_missing in zip(series.astype(object), missing, strict=True)
        ]
    except (TypeError, ValueError):
        # "from None": the first error quotes the value
        raise ValueError(f"{place}: a value is not a {read.__name__[4:].replace('_', ' ')}") from None


def _to_whole_number(value: Any) -> int:
    number = int(value)
    if isinstance(value, str | bool | np.bool_) or number != value:
        raise ValueError
    return number


def _to_text(value: Any) -> str:
    if not isinstance(value, str | int | np.integer) or isinstance(value, bool):
        raise TypeError
    return str(value)


def _to_date(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, date):
        raise TypeError
    return value


def _to_instant(value: Any) -> datetime:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    if not isinstance(value, datetime):
        raise TypeError
    return value


def _to_yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError
    return bool(value)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (Boolean, _to_yes_or_no),
    (Integer, _to_whole_number),
    (Date, _to_date),
    (DateTime, _to_instant),
    (UtcDateTime, _to_instant),
    (EncryptedJson, _as_it_is),
    (EncryptedText, _to_text),
    (Text, _to_text),
)
