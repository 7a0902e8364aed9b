"""One lease mechanism for every queue: offer, claim, heartbeat, release, reap.

A worker owns a row only while its lease runs. Whoever comes back after its lease was taken away is told
so (LeaseLost) and writes nothing. ``now`` is an aware datetime given by the caller.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bots.errors import BrokerFlowError
from connectors.database.operations_tables import Leased

_Item = TypeVar("_Item", bound=Leased)


class LeaseLost(BrokerFlowError):
    """Another worker took the item over: this one was silent longer than its lease.

    No ApplicationError: doing it again would work against the one who has it now.
    """

    title = "任务已被接手"


def offer(session: Session, table: type[Leased], **values: object) -> bool:
    """Add a waiting row unless one with this identity is there, whoever holds it; whether it is new."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    added = session.execute(build(table).values(state="waiting", **values).on_conflict_do_nothing())
    return bool(added.rowcount)  # type: ignore[attr-defined]


def claim(
    session: Session,
    table: type[_Item],
    *criteria: ColumnElement[bool],
    owner: str,
    now: datetime,
    seconds: int,
    limit: int = 1,
) -> Sequence[_Item]:
    """Oldest waiting rows that fit the criteria, now held by ``owner`` for ``seconds``; may be empty.

    Atomic: on PostgreSQL competing claims skip each other's locked rows; on SQLite the transaction
    holds the write lock from its first statement (engine.session).
    """
    ids = session.scalars(
        select(table.id)
        .where(table.state == "waiting", *criteria)
        .order_by(table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    statement = (
        update(table)
        .where(table.id.in_(ids))
        .values(
            state=table.held_state,
            lease_owner=owner,
            lease_expires_at=now + timedelta(seconds=seconds),
            attempts=table.attempts + 1,
        )
        .returning(table)
    )
    held = session.scalars(
        statement, execution_options={"synchronize_session": False, "populate_existing": True}
    )
    return sorted(held, key=lambda item: item.id)


def heartbeat(
    session: Session, item: Leased, *, owner: str, now: datetime, seconds: int, **changes: object
) -> None:
    """Move the end of a lease to ``now + seconds`` and store changes (``checkpoint=...``) with it.

    Raises LeaseLost when the lease is no longer ours; then nothing is stored.
    """
    expires_at = now + timedelta(seconds=seconds)
    _change_held(session, item, owner, {**changes, "lease_expires_at": expires_at})


def release(session: Session, item: Leased, state: str, *, owner: str, **changes: object) -> None:
    """End a lease with ``done``, ``failed``, ``waiting`` or an outbox state, and store changes with it.

    Raises LeaseLost when the lease is no longer ours; then nothing is stored.
    """
    _change_held(
        session, item, owner, {**changes, "state": state, "lease_owner": None, "lease_expires_at": None}
    )


def reap(session: Session, table: type[Leased], *, now: datetime) -> int:
    """Give up leases that ran out: work waits again, a message's fate becomes unknown. How many."""
    result = session.execute(
        update(table)
        .where(table.state == table.held_state, table.lease_expires_at < now)
        .values(state=table.expired_state, lease_owner=None, lease_expires_at=None),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _change_held(session: Session, item: Leased, owner: str, values: dict[str, object]) -> None:
    table = type(item)
    result = session.execute(
        update(table)
        .where(table.id == item.id, table.state == table.held_state, table.lease_owner == owner)
        .values(**values),
        execution_options={"synchronize_session": False},
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(
            f"{table.__tablename__} 第 {item.id} 项已不归 {owner} 处理，可能因长时间无响应被其他进程接手。",
            remedy="无需处理；若反复出现，请检查机器是否过载。",
        )
