"""Brakes on guessing: failed logins per address, and failed logins per person."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine

from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskUser
from connectors.desk_accounts import is_password, refresh_hash
from web.audit import UNKNOWN_PERSON, record

FAILURES_PER_ADDRESS = 20
ADDRESS_WINDOW = timedelta(minutes=15)
FAILURES_PER_USER = 5
LOCK_TIME = timedelta(minutes=15)


class AddressLimit:
    """At most FAILURES_PER_ADDRESS failed logins from one address inside ADDRESS_WINDOW."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def take(self, address: str, now: datetime) -> int:
        """Count an attempt; 0 when it may go on, else the seconds to wait."""
        with self._lock:
            self._forget(now)
            times = self._failures.setdefault(address, deque())
            if len(times) >= FAILURES_PER_ADDRESS:
                return int((times[0] + ADDRESS_WINDOW - now).total_seconds()) + 1
            times.append(now)
            return 0

    def give_back(self, address: str) -> None:
        """The attempt was a good one and does not count."""
        with self._lock:
            times = self._failures.get(address)
            if times:
                times.pop()

    def _forget(self, now: datetime) -> None:
        for address, times in list(self._failures.items()):
            while times and now - times[0] >= ADDRESS_WINDOW:
                times.popleft()
            if not times:
                del self._failures[address]


class PasswordDesk:
    """Checks one password at a time.

    So five parallel guesses cannot slip past the lock-out, and argon2's memory is used once.
    """

    def __init__(self) -> None:
        self._one_at_a_time = Lock()

    def check(self, engine: Engine, username: str | None, password: str, now: datetime) -> DeskUser | None:
        """The person when name and password fit and the account is not locked, else None.

        Every way to fail costs one argon2 verification, so time does not tell which names exist.
        The outcome is in the hub and in the audit trail before the next password is looked at.
        """
        with self._one_at_a_time:
            with hub_session(engine, read_only=True) as session:
                known = session.get(DeskUser, username) if username else None
            fits = is_password(password, known.password_hash if known else None)
            with hub_session(engine) as session:
                user = session.get(DeskUser, known.username) if known else None
                is_welcome = user is not None and fits and not _is_locked(user, now)
                if user is not None and not _is_locked(user, now):
                    _note_outcome(user, password, fits=fits, now=now)
                name = user.username if user else UNKNOWN_PERSON
                record(session, name, "login" if is_welcome else "login_failed", at=now)
            return user if is_welcome else None


def _is_locked(user: DeskUser, now: datetime) -> bool:
    return user.locked_until is not None and now < user.locked_until


def _note_outcome(user: DeskUser, password: str, *, fits: bool, now: datetime) -> None:
    if fits:
        user.failed_logins, user.locked_until = 0, None
        user.password_hash = refresh_hash(password, user.password_hash)
        return
    lock_has_ended = user.locked_until is not None
    user.failed_logins = 1 if lock_has_ended else user.failed_logins + 1
    user.locked_until = now + LOCK_TIME if user.failed_logins >= FAILURES_PER_USER else None
