"""Refused logins, remembered over runs: an account whose password was refused is left alone, or it locks."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from bots.errors import LoginRefused
from config.settings import TIME_ZONE
from connectors.database.crypto import current_keys
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import WorkItem

REFUSED_QUEUE = "portal-refused"


@contextmanager
def remembered_refusals(engine: Engine, insurer: str, credentials: Mapping[str, str]) -> Iterator[None]:
    """Use an account inside the block; a refusal in it, at any login, keeps later runs away.

    Raises LoginRefused without touching the portal when the same credentials were refused before.
    """
    with session(engine) as current:
        check_account(current, insurer, credentials)
    try:
        yield
    except LoginRefused as error:
        with session(engine) as current:
            note_refusal(current, insurer, credentials, error, datetime.now(UTC))
        raise


def check_account(current: Session, insurer: str, credentials: Mapping[str, str]) -> None:
    """Raises LoginRefused while the credentials are those that the portal refused; others end the refusal."""
    found = current.scalars(
        select(WorkItem).where(WorkItem.queue == REFUSED_QUEUE, WorkItem.item_key == insurer)
    ).one_or_none()
    refusal = (found.payload or {}) if found else None
    if refusal is None:
        return
    if refusal["credentials"] != _digest(insurer, credentials):
        forget_refusal(current, insurer)
        return
    moment = datetime.fromisoformat(refusal["refused_at"]).astimezone(ZoneInfo(TIME_ZONE))
    raise LoginRefused(
        f"{insurer} 的账号在 {moment:%Y-%m-%d %H:%M} 被拒绝登录：{refusal['words']}"
        "密码此后没有更换，这次没有再登录。",
        remedy=f"由账号负责人核对密码，更换密钥后重新运行；若保司已解锁而密码不变，"
        f"运行 brokerflow portal unlock {insurer}",
    )


def note_refusal(
    current: Session, insurer: str, credentials: Mapping[str, str], error: LoginRefused, now: datetime
) -> None:
    """Remember when a portal refused these credentials, and its words; of the credentials only an HMAC."""
    payload = {
        "credentials": _digest(insurer, credentials),
        "refused_at": now.isoformat(),
        "words": error.what,
    }
    row = {"queue": REFUSED_QUEUE, "item_key": insurer, "state": "failed", "attempts": 0, "payload": payload}
    upsert(current, WorkItem, [row])


def forget_refusal(current: Session, insurer: str) -> bool:
    """Let the account be tried again; whether there was a refusal to forget."""
    gone = current.scalars(
        delete(WorkItem)
        .where(WorkItem.queue == REFUSED_QUEUE, WorkItem.item_key == insurer)
        .returning(WorkItem.id)
    ).all()
    return bool(gone)


def _digest(insurer: str, credentials: Mapping[str, str]) -> str:
    return current_keys().digest(json.dumps([insurer, sorted(credentials.items())], ensure_ascii=False))
