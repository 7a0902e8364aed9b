"""Who is at a portal, and what a night brought home: the portal's rows in work_items."""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Select, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bots.errors import BrokerFlowError, HubBusy
from bots.records import DatasetReport
from connectors.database.columns import dump_json
from connectors.database.crypto import current_keys
from connectors.database.engine import session
from connectors.database.leases import LeaseLost, claim, heartbeat, offer, reap, release
from connectors.database.store import upsert
from connectors.database.tables import WorkItem

ACCOUNT_QUEUE = "portal-account"
COLLECTION_QUEUE = "collection"
PAGE_QUEUE = "portal-page"
_PLACE = "work_items.checkpoint"
LEASE_SECONDS = 45
_BEATS_PER_LEASE = 4
_ASK_AGAIN_SECONDS = 3.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VisitKey:
    """A dataset of one portal asked one question on one business date: checkpoints belong to no other."""

    insurer: str
    business_date: date
    answers: Mapping[str, str]


class AccountLease:
    """The right to use a portal's account, kept while the holder's process lives: a thread prolongs it."""

    def __init__(self, engine: Engine, item: WorkItem, owner: str) -> None:
        self._engine, self._item, self._owner = engine, item, owner
        self._ended = threading.Event()
        self._beats = threading.Thread(target=self._beat, name=f"lease-{item.item_key}", daemon=True)
        self._beats.start()

    @contextmanager
    def saving(self) -> Iterator[Session]:
        """A transaction of the account's holder; LeaseLost, with nothing saved, when another took over.

        The lease's row stays locked until the commit: nobody can take over in between.
        """
        with session(self._engine) as current:
            self._prolong(current)
            yield current

    def end(self) -> None:
        """Give the account back, the next run may have it at once; a lease that was lost is only logged."""
        self._ended.set()
        self._beats.join()
        try:
            with session(self._engine) as current:
                release(current, self._item, "waiting", owner=self._owner)
        except BrokerFlowError as error:
            # Raised out of a finally it would hide why the run really failed; the lease ends by itself.
            _log.warning("account of %s not given back: %s", self._item.item_key, error)

    def _prolong(self, current: Session) -> None:
        heartbeat(current, self._item, owner=self._owner, now=datetime.now(UTC), seconds=LEASE_SECONDS)

    def _beat(self) -> None:
        """Log-ins with their pauses, pages and downloads may each take longer than a lease."""
        while not self._ended.wait(LEASE_SECONDS / _BEATS_PER_LEASE):
            try:
                with session(self._engine) as current:
                    self._prolong(current)
            except LeaseLost as error:
                _log.error("%s", error)
                return
            except (BrokerFlowError, SQLAlchemyError) as error:
                _log.warning("account of %s not prolonged: %s", self._item.item_key, error)


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


def expect_collection(current: Session, insurer: str, business_date: date) -> None:
    """The night of ``business_date`` is wanted: it counts as not collected, whatever refuses it from now on.

    What an earlier run of that night proved, or another one is about to prove, stays.
    """
    key = _collection_key(insurer, business_date)
    offer(current, WorkItem, queue=COLLECTION_QUEUE, item_key=key)


def begin_collection(current: Session, insurer: str, business_date: date) -> None:
    """From now on the night of ``business_date`` counts as not collected, until each dataset is proved."""
    row = {"queue": COLLECTION_QUEUE, "item_key": _collection_key(insurer, business_date), "state": "done"}
    upsert(current, WorkItem, [row | {"attempts": 0, "checkpoint": {}}])


def find_incomplete(current: Session, datasets: Mapping[str, Iterable[str]]) -> list[str]:
    """Insurers whose latest collection, if any, did not prove every dataset of its recipe."""
    newest = select(WorkItem).where(WorkItem.queue == COLLECTION_QUEUE).order_by(WorkItem.updated_at)
    latest = {item.item_key.partition(":")[0]: item.checkpoint or {} for item in current.scalars(newest)}
    return [insurer for insurer, names in datasets.items() if set(names) - set(latest.get(insurer, {}))]


def read_marks(current: Session, visit: VisitKey, dataset: str) -> list[dict[str, Any]]:
    """Checkpoints of a walk that did not end, page by page from the first on; up to the first gap."""
    prefix = _mark_prefix(visit, dataset)
    items = current.scalars(
        select(WorkItem)
        .where(WorkItem.queue == PAGE_QUEUE, WorkItem.item_key.startswith(prefix, autoescape=True))
        .order_by(WorkItem.item_key)
    )
    marks = [_unseal(item.checkpoint or {}) for item in items]
    return [mark for number, mark in enumerate(marks, 1) if mark["mark"]["page_no"] == number]


def write_mark(
    current: Session, visit: VisitKey, dataset: str, mark: dict[str, Any], unfit: Mapping[str, int]
) -> None:
    """Note that a page and all behind it are saved; ``unfit`` counts its rows that the hub set aside."""
    row = {"queue": PAGE_QUEUE, "item_key": f"{_mark_prefix(visit, dataset)}{mark['page_no']:06d}"}
    checkpoint = _seal({"mark": mark, "unfit": dict(unfit)})
    upsert(current, WorkItem, [row | {"state": "done", "attempts": 0, "checkpoint": checkpoint}])


def forget_marks(current: Session, visit: VisitKey, dataset: str) -> None:
    """The walk has ended, or what it saw cannot be trusted: the next one begins at page 1."""
    prefix = _mark_prefix(visit, dataset)
    current.execute(
        delete(WorkItem).where(
            WorkItem.queue == PAGE_QUEUE, WorkItem.item_key.startswith(prefix, autoescape=True)
        )
    )


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


def last_complete(current: Session, insurer: str, dataset: str, *, until: date) -> DatasetReport | None:
    """The report of the newest night, ``until`` at the latest, that proved a dataset."""
    prefix = f"{insurer}:"
    items = current.scalars(
        select(WorkItem)
        .where(WorkItem.queue == COLLECTION_QUEUE, WorkItem.item_key.startswith(prefix, autoescape=True))
        .where(WorkItem.item_key <= _collection_key(insurer, until))
        .order_by(WorkItem.item_key.desc())
    )
    reports = ((item.checkpoint or {}).get(dataset) for item in items)
    return next((DatasetReport(**values) for values in reports if values), None)


def _claim_account(engine: Engine, insurer: str) -> AccountLease:
    # Host and process are for the person who looks for it, the rest tells two claims of one process apart.
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    with session(engine) as current:
        offer(current, WorkItem, queue=ACCOUNT_QUEUE, item_key=insurer)
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
    with session(engine, read_only=True) as current:
        holder = current.scalars(_item(ACCOUNT_QUEUE, insurer)).one().lease_owner or "刚刚结束"
    raise HubBusy(
        f"{insurer} 的账号正被另一次运行使用（主机:进程:编号 {holder}）。",
        remedy="等那次采集结束后重新运行；同一账号同时登录会互相踢下线。",
    )


def _item(queue: str, key: str) -> Select[tuple[WorkItem]]:
    return select(WorkItem).where(WorkItem.queue == queue, WorkItem.item_key == key)


def _collection_key(insurer: str, business_date: date) -> str:
    return f"{insurer}:{business_date.isoformat()}"


def _seal(checkpoint: dict[str, Any]) -> dict[str, Any]:
    """Keys of rows may be names or phones: a checkpoint is sealed like the rows themselves."""
    return {"sealed": current_keys().encrypt(dump_json(checkpoint), _PLACE)}


def _unseal(checkpoint: dict[str, Any]) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(current_keys().decrypt(checkpoint["sealed"], _PLACE))
    return opened


def _mark_prefix(visit: VisitKey, dataset: str) -> str:
    asked = ",".join(f"{name}={value}" for name, value in sorted(visit.answers.items()))
    return f"{_collection_key(visit.insurer, visit.business_date)}:{dataset}:{asked}:"
