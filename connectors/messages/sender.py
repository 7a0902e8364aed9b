"""Draining the outbox: each message leaves once, and what is not known is not repeated."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, update

from bots.errors import (
    ApplicationError,
    BrokerFlowError,
    BusinessError,
    FateUnknown,
    RateLimited,
    SecretMissing,
)
from bots.masking import mask_text
from connectors.database.engine import session
from connectors.database.leases import LeaseLost, claim, reap, release
from connectors.database.tables import OutboxMessage
from connectors.messages.delivery import Receipt, Transport
from connectors.messages.exchange import ASK_A_PERSON
from connectors.messages.message_book import LOUDNESS

LEASE_SECONDS = 120
MAX_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=1)
RECEIPTS_KEPT = timedelta(days=30)

_log = logging.getLogger(__name__)


class Unrecorded(BrokerFlowError):
    """A service took a message and the hub could not be told; the message will show as unknown.

    Neither business nor application error: nothing may mistake it for a failed attempt and repeat it.
    """

    title = "发送结果未能登记"


@dataclass(frozen=True, slots=True)
class SendReport:
    """What one drain did; ``left`` wait for another, ``held`` for a secret to be set."""

    sent: int
    failed: int
    unknown: int
    left: int
    held: int


def send_waiting(
    engine: Engine, transports: Mapping[str, Transport], now: datetime, owner: str
) -> SendReport:
    """Send everything that may leave at ``now``, alarms first, as ``owner`` (unique per process).

    First gives up the leases of dead senders (their messages become unknown) and asks the services'
    receipts about unknown ones. A retry waits 1, 2, 4, 8, 16 minutes, the sixth failure is the last.
    Errors of a message end in its row, not here. Raises HubBusy or StorageFull when the hub fails,
    Unrecorded when it fails between a service's answer and its record.
    """
    start = time.monotonic()
    drain = _Drain(engine, transports, owner, lambda: now + timedelta(seconds=time.monotonic() - start))
    drain.give_up_dead_leases()
    drain.ask_receipts()
    for severity in reversed(LOUDNESS):
        while message := drain.claim_next(severity.value):
            drain.deliver(message)
    return drain.report()


class _Drain:
    """One call of send_waiting; ``clock`` is the caller's now plus the time that has passed since."""

    def __init__(
        self,
        engine: Engine,
        transports: Mapping[str, Transport],
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.engine, self.transports, self.owner, self.clock = engine, transports, owner, clock
        self.counts: Counter[str] = Counter()

    def give_up_dead_leases(self) -> None:
        died = FateUnknown("发送进程中断，消息可能已经发出。", remedy=ASK_A_PERSON)
        with session(self.engine) as current:
            self.counts["unknown"] += reap(current, OutboxMessage, now=self.clock())
            unexplained = (OutboxMessage.state == "unknown", OutboxMessage.error.is_(None))
            current.execute(update(OutboxMessage).where(*unexplained).values(error=str(died)))

    def claim_next(self, severity: str) -> OutboxMessage | None:
        now = self.clock()
        with session(self.engine) as current:
            found = claim(
                current,
                OutboxMessage,
                OutboxMessage.severity == severity,
                OutboxMessage.channel.in_(self.transports),
                or_(OutboxMessage.not_before.is_(None), OutboxMessage.not_before <= now),
                owner=self.owner,
                now=now,
                seconds=LEASE_SECONDS,
            )
            for message in found:
                message.sent_at, message.error = now, None
        return found[0] if found else None

    def deliver(self, message: OutboxMessage) -> None:
        """One attempt; every ending is written to the row before the next message is claimed."""
        try:
            self.transports[message.channel].send(
                message.whom,
                message.payload,
                parts_sent=message.payload.get("parts_sent", 0),
                now=self.clock(),
                record_part=lambda number, total, receipt: self.record_part(message, number, total, receipt),
            )
        except FateUnknown as error:
            self.end(message, "unknown", error)
        except ApplicationError as error:
            self.put_off(message, error)
        except SecretMissing as error:
            self.end(message, "held", error, sent_at=None)
        except BusinessError as error:
            self.end(message, "failed", error, sent_at=None)

    def record_part(self, message: OutboxMessage, number: int, total: int, receipt: str) -> None:
        """A part has arrived. That is written even when the lease ran out meanwhile: it is the truth."""
        now = self.clock()
        values: dict[str, Any] = {"receipt": receipt, "sent_at": now}
        if number == total:
            values |= {"state": "sent", "lease_owner": None, "lease_expires_at": None, "error": None}
        else:
            values["payload"] = message.payload | {"parts_sent": number}
            values["lease_expires_at"] = now + timedelta(seconds=LEASE_SECONDS)
        ours = and_(OutboxMessage.state == "sending", OutboxMessage.lease_owner == self.owner)
        try:
            self.write(message, values, or_(ours, OutboxMessage.state == "unknown"))
        except BrokerFlowError as error:
            raise Unrecorded(
                f"消息 {message.id} 第 {number}/{total} 部分已送达，但无法写入数据库：{error.what}",
                remedy=f"{error.remedy}；该消息随后列为结果未知，用 brokerflow messages decide 登记",
            ) from error
        self.counts["sent"] += number == total

    def put_off(self, message: OutboxMessage, error: ApplicationError) -> None:
        """Wait and try again; after the last attempt it has failed.

        What else waits for the same address (rate limit) or the same service (down) waits as long,
        without spending an attempt.
        """
        if message.attempts >= MAX_ATTEMPTS:
            self.end(message, "failed", error, sent_at=None)
            return
        not_before = self.clock() + FIRST_WAIT * 2 ** (message.attempts - 1)
        self.end(message, "waiting", error, sent_at=None, not_before=not_before)
        affected = OutboxMessage.channel == message.channel
        if isinstance(error, RateLimited):
            affected = and_(affected, OutboxMessage.whom == message.whom)
        earlier = or_(OutboxMessage.not_before.is_(None), OutboxMessage.not_before < not_before)
        with session(self.engine) as current:
            current.execute(
                update(OutboxMessage)
                .where(OutboxMessage.state == "waiting", affected, earlier)
                .values(not_before=not_before)
            )

    def end(self, message: OutboxMessage, state: str, error: BrokerFlowError, **values: Any) -> None:
        """Write the end of an attempt that did not succeed."""
        _log.warning("message %s to %s: %s, %s", message.id, message.whom, state, type(error).__name__)
        try:
            with session(self.engine) as current:
                release(current, message, state, owner=self.owner)
                current.execute(
                    update(OutboxMessage)
                    .where(OutboxMessage.id == message.id)
                    .values(error=mask_text(str(error)), **values)
                )
        except LeaseLost:
            _log.warning("message %s: the lease ran out during the attempt", message.id)
            state = "unknown"
        self.counts[state] += 1

    def ask_receipts(self) -> None:
        """Let the services settle what became of unknown messages, where they keep receipts."""
        with session(self.engine, read_only=True) as current:
            unknown = current.scalars(
                select(OutboxMessage).where(
                    OutboxMessage.state == "unknown",
                    OutboxMessage.channel.in_(self.transports),
                    OutboxMessage.sent_at >= self.clock() - RECEIPTS_KEPT,
                )
            ).all()
        for message in unknown:
            self.ask_receipt(message)

    def ask_receipt(self, message: OutboxMessage) -> None:
        if message.sent_at is None:
            return
        try:
            receipt = self.transports[message.channel].read_receipt(
                message.whom, message.payload, sent_at=message.sent_at, now=self.clock()
            )
        except BrokerFlowError as error:
            _log.warning("message %s: no receipt, %s", message.id, type(error).__name__)
            return
        if receipt is not Receipt.OPEN:
            has_arrived = receipt is Receipt.ARRIVED
            state, reason = ("sent", None) if has_arrived else ("failed", "运营商回执：发送失败")
            self.write(message, {"state": state, "error": reason}, OutboxMessage.state == "unknown")
            self.counts[state] += 1

    def write(self, message: OutboxMessage, values: dict[str, Any], condition: Any) -> None:
        with session(self.engine) as current:
            current.execute(
                update(OutboxMessage).where(OutboxMessage.id == message.id, condition).values(values)
            )

    def report(self) -> SendReport:
        """Counts of this drain, and what the outbox still holds."""
        with session(self.engine, read_only=True) as current:
            states = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
            totals = dict(current.execute(states).tuples().all())
        return SendReport(
            sent=self.counts["sent"],
            failed=self.counts["failed"],
            unknown=self.counts["unknown"],
            left=totals.get("waiting", 0),
            held=totals.get("held", 0),
        )
