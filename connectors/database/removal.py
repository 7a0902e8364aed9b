"""Taking rows out of the hub that their source no longer shows."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.orm import Session

from connectors.database.columns import Base

_CHUNK_KEYS = 1_000

Key = tuple[Any, ...]


def unseen_keys(
    session: Session,
    entity: type[Base],
    names: Sequence[str],
    seen: Collection[Key],
    *criteria: ColumnElement[bool],
) -> list[Key]:
    """Keys (columns ``names``) of the rows that fit the criteria and are not in ``seen``, in order."""
    columns = [cast("Table", entity.__table__).columns[name] for name in names]
    known = {tuple(row) for row in session.execute(select(*columns).where(*criteria))}
    return sorted(known.difference(seen))


def remove(session: Session, entity: type[Base], names: Sequence[str], keys: Sequence[Key]) -> None:
    """Delete the rows with these keys (columns ``names``)."""
    table = cast("Table", entity.__table__)
    key = tuple_(*(table.columns[name] for name in names))
    for start in range(0, len(keys), _CHUNK_KEYS):
        session.execute(delete(table).where(key.in_(keys[start : start + _CHUNK_KEYS])))
