"""People of the desk: roles, argon2 password hashes, the table desk_users."""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from bots.errors import SetupInvalid
from connectors.database.tables import DeskUser

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_hasher = PasswordHasher()


class Role(StrEnum):
    """What a person does in the firm; web/access.py says what each may open."""

    OPS = "ops"
    FINANCE = "finance"
    MANAGER = "manager"
    ADMIN = "admin"


def clean_username(typed: str) -> str | None:
    """The user name as it is stored (lower case), or None when no account can have it."""
    name = typed.strip().lower()
    return name if _USERNAME.fullmatch(name) else None


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether ``password`` fits; None (no such user) costs the same time and is False."""
    try:
        matches = _hasher.verify(password_hash or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def refresh_hash(password: str, password_hash: str) -> str:
    """The same hash, or a new one when argon2's recommended cost has grown since."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else password_hash


def set_user(
    session: Session, username: str, password: str, *, role: Role, display_name: str, now: datetime
) -> bool:
    """Add a person, or replace password, role and name of an existing one and lift the lock.

    Returns True when the person is new. Raises SetupInvalid for a name or password that the desk refuses.
    """
    name = clean_username(username)
    if name is None:
        raise SetupInvalid(
            f"用户名 {username!r} 不可用。", remedy="请用 2 到 32 位小写字母、数字、点、下划线或短横线。"
        )
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise SetupInvalid(
            f"密码长度为 {len(password)} 位。",
            remedy=f"请设置 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 位的密码。",
        )
    user = session.get(DeskUser, name)
    is_new = user is None
    if user is None:
        user = DeskUser(username=name, created_at=now)
        session.add(user)
    user.password_hash = _hasher.hash(password)
    user.role = role.value
    user.display_name = display_name.strip() or name
    user.failed_logins = 0
    user.locked_until = None
    return is_new
