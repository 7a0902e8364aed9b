"""The firm's accounts at portals: refused logins and due passwords are remembered, or accounts lock."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bots.errors import BusinessError, LoginRefused, PasswordExpired
from config.settings import TIME_ZONE
from connectors.database.crypto import current_keys
from connectors.database.engine import session
from connectors.database.tables import PortalAccount

OK, ASKED, LOCKED = "ok", "asked", "locked"
STATES = {OK: "正常", ASKED: "等人修改密码", LOCKED: "登录被拒绝"}
WARNING = timedelta(days=7)

_STOPS: dict[type[BusinessError], str] = {LoginRefused: LOCKED, PasswordExpired: ASKED}


@contextmanager
def remembered_refusals(engine: Engine, slug: str, credentials: Mapping[str, str]) -> Iterator[None]:
    """Use an account inside the block; a refusal or a due password in it keeps later runs away.

    Raises LoginRefused or PasswordExpired without touching the portal when the same credentials were
    stopped before.
    """
    with session(engine) as current:
        check_account(current, slug, credentials)
    try:
        yield
    except (LoginRefused, PasswordExpired) as error:
        with session(engine) as current:
            note_stop(current, slug, credentials, error, datetime.now(UTC))
        raise


def check_account(current: Session, slug: str, credentials: Mapping[str, str]) -> None:
    """Raises the stop of an account while its credentials are the stopped ones; new ones end the stop."""
    account = current.get(PortalAccount, slug)
    if account is None or account.state == OK:
        return
    if account.credentials != _digest(slug, credentials):
        _clear(account, "更换了密钥", datetime.now(UTC))
        return
    moment = (account.stopped_at or datetime.now(UTC)).astimezone(ZoneInfo(TIME_ZONE))
    kind, happened = (
        (PasswordExpired, "被要求修改密码") if account.state == ASKED else (LoginRefused, "被拒绝登录")
    )
    raise kind(
        f"{slug} 的账号在 {moment:%Y-%m-%d %H:%M} {happened}：{account.words}"
        "密码此后没有更换，这次没有再登录。",
        remedy=f"由账号负责人{account.owner or ''}核对密码，更换密钥后重新运行；若保司已解锁而密码不变，"
        f"运行 brokerflow portal unlock {slug}",
    )


def note_stop(
    current: Session, slug: str, credentials: Mapping[str, str], error: BusinessError, now: datetime
) -> None:
    """Remember when a portal stopped these credentials, and its words; of the credentials only an HMAC."""
    account = _account(current, slug)
    account.state = _STOPS[type(error)]
    account.credentials = _digest(slug, credentials)
    account.words, account.stopped_at = error.what, now
    account.kept = account.kept_at = None


def clear_account(current: Session, slug: str, by: str, now: datetime) -> bool:
    """A person lets the account be used again; whether it was stopped."""
    account = current.get(PortalAccount, slug)
    if account is None or account.state == OK:
        return False
    _clear(account, by, now)
    return True


def describe_account(
    current: Session, slug: str, *, owner: str | None, changed: date | None, days: int | None
) -> None:
    """Note an account's owner, the last change of its password and the days that the portal lets it live."""
    account = _account(current, slug)
    account.owner = owner or account.owner
    account.password_changed_date = changed or account.password_changed_date
    account.password_days = days or account.password_days


def list_accounts(current: Session) -> list[PortalAccount]:
    """Every account that a run or a person has met."""
    return list(current.scalars(select(PortalAccount).order_by(PortalAccount.slug)))


def expiry_warning(account: PortalAccount, today: date) -> str:
    """A sentence from a week before the password runs out on; empty before that and when nobody knows."""
    if account.password_changed_date is None or account.password_days is None:
        return ""
    ends = account.password_changed_date + timedelta(days=account.password_days)
    left = (ends - today).days
    if left > WARNING.days:
        return ""
    words = f"{ends} 到期，还有 {left} 天" if left >= 0 else f"{ends} 已到期"
    return f"{account.slug} 的密码{words}，请{account.owner or '账号负责人'}修改。"


def keep_session(current: Session, slug: str, kept: str | None, now: datetime) -> None:
    """Store what a run kept of its session, sealed, for the next one; None forgets it."""
    account = _account(current, slug)
    account.kept = kept
    account.kept_at = now if kept else None


def kept_session(current: Session, slug: str) -> str | None:
    """What the last run kept of its session."""
    account = current.get(PortalAccount, slug)
    return account.kept if account else None


def _account(current: Session, slug: str) -> PortalAccount:
    account = current.get(PortalAccount, slug)
    if account is None:
        account = PortalAccount(slug=slug, state=OK)
        current.add(account)
    return account


def _clear(account: PortalAccount, by: str, now: datetime) -> None:
    account.state, account.credentials, account.words = OK, None, None
    account.cleared_by, account.cleared_at = by, now


def _digest(slug: str, credentials: Mapping[str, str]) -> str:
    return current_keys().digest(json.dumps([slug, sorted(credentials.items())], ensure_ascii=False))
