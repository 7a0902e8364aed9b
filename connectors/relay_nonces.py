"""Nonces of signed requests: each works once, also after the desk was started anew."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.orm import Session

from connectors.database.leases import offer
from connectors.database.tables import WorkItem

NONCE_QUEUE = "relay-nonce"


def take_nonce(current: Session, nonce: str, now: datetime, *, kept_for: timedelta) -> bool:
    """Whether the nonce is new; it is not from now on. Those older than ``kept_for`` are forgotten."""
    current.execute(
        delete(WorkItem).where(WorkItem.queue == NONCE_QUEUE, WorkItem.updated_at < now - kept_for)
    )
    name = sha256(nonce.encode()).hexdigest()
    return offer(current, WorkItem, queue=NONCE_QUEUE, item_key=name, updated_at=now)
