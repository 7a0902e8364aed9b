"""Who is at a portal, and what a night brought home: the portal's rows in work_items."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from bots.errors import HubBusy
from bots.records import DatasetReport
from connectors.database.engine import session
from connectors.database.leases import claim, heartbeat, reap, release
from connectors.database.store import upsert
from connectors.database.tables import WorkItem

ACCOUNT_QUEUE = "portal-account"
COLLECTION_QUEUE = "collection"
LEASE_SECONDS = 45
_ASK_AGAIN_SECONDS = 3.0


class AccountLease:
    """The right to use a portal's account; ends by itself when its holder dies."""

    def __init__(self, engine: Engine, item: WorkItem, owner: str) -> None:
        self._engine, self._item, self._owner = engine, item, owner

    def heartbeat(self) -> None:
        """Keep the account for another LEASE_SECONDS; raises LeaseLost when another run took over."""
        with session(self._engine) as current:
            heartbeat(current, self._item, owner=self._owner, now=datetime.now(UTC), seconds=LEASE_SECONDS)

    def end(self) -> None:
        """Give the account back; the next run may have it at once."""
        with session(self._engine) as current:
            release(current, self._item, "waiting", owner=self._owner)


@contextmanager
def hold_account(engine: Engine, insurer: str) -> Iterator[AccountLease]:
    """Be the only one at a portal, over all workers: a second login would throw the first one out.

    Waits as long as a killed run's lease can last, then raises HubBusy.
    """
    lease = _claim_account(engine, insurer)
    try:
        yield lease
    finally:
        lease.end()


def record_report(current: Session, insurer: str, business_date: date, report: DatasetReport) -> None:
    """Note a dataset's completeness for the night of ``business_date``."""
    key = _collection_key(insurer, business_date)
    found = current.scalars(_item(COLLECTION_QUEUE, key)).one_or_none()
    known = (found.checkpoint or {}) if found else {}
    row = {"queue": COLLECTION_QUEUE, "item_key": key, "state": "done", "attempts": 0}
    upsert(current, WorkItem, [row | {"checkpoint": {**known, report.dataset: asdict(report)}}])


def read_reports(current: Session, insurer: str, business_date: date) -> list[DatasetReport]:
    """What a portal brought home on ``business_date``, empty when it was not collected."""
    found = current.scalars(_item(COLLECTION_QUEUE, _collection_key(insurer, business_date))).one_or_none()
    return [DatasetReport(**values) for values in ((found.checkpoint or {}) if found else {}).values()]


def _claim_account(engine: Engine, insurer: str) -> AccountLease:
    owner = f"collect_portal:{uuid4().hex[:12]}"
    with session(engine) as current:
        if current.scalars(_item(ACCOUNT_QUEUE, insurer)).one_or_none() is None:
            upsert(
                current,
                WorkItem,
                [{"queue": ACCOUNT_QUEUE, "item_key": insurer, "state": "waiting", "attempts": 0}],
            )
    deadline = time.monotonic() + LEASE_SECONDS + _ASK_AGAIN_SECONDS
    while time.monotonic() < deadline:
        now = datetime.now(UTC)
        with session(engine) as current:
            reap(current, WorkItem, now=now)
            held = claim(
                current,
                WorkItem,
                WorkItem.queue == ACCOUNT_QUEUE,
                WorkItem.item_key == insurer,
                owner=owner,
                now=now,
                seconds=LEASE_SECONDS,
            )
        if held:
            return AccountLease(engine, held[0], owner)
        time.sleep(_ASK_AGAIN_SECONDS)
    raise HubBusy(
        f"{insurer} 的账号正被另一次运行使用。",
        remedy="等那次采集结束后重新运行；同一账号同时登录会互相踢下线。",
    )


def _item(queue: str, key: str) -> Select[tuple[WorkItem]]:
    return select(WorkItem).where(WorkItem.queue == queue, WorkItem.item_key == key)


def _collection_key(insurer: str, business_date: date) -> str:
    return f"{insurer}:{business_date.isoformat()}"
