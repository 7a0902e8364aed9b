"""Logged-in sessions, kept in the desk's memory: the cookie carries only the id.

A restart of the desk logs everybody out. Logging out ends the session here, so a copied cookie is
worthless afterwards.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

IDLE_LIFETIME = timedelta(minutes=30)
ABSOLUTE_LIFETIME = timedelta(hours=10)


@dataclass(slots=True)
class DeskSession:
    """One login. ``password_hash`` as it was then: a changed password ends the session."""

    username: str
    password_hash: str
    started_at: datetime
    seen_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether the idle or the absolute lifetime has passed."""
        return now - self.seen_at >= IDLE_LIFETIME or now - self.started_at >= ABSOLUTE_LIFETIME


class SessionRegistry:
    """Sessions by id; safe between the desk's threads."""

    def __init__(self) -> None:
        self._sessions: dict[str, DeskSession] = {}
        self._lock = Lock()

    def start(self, username: str, password_hash: str, now: datetime) -> str:
        """A fresh id for a person who has just logged in; sessions that are over are forgotten."""
        session_id = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions = {key: kept for key, kept in self._sessions.items() if not kept.is_over(now)}
            self._sessions[session_id] = DeskSession(username, password_hash, now, now)
        return session_id

    def touch(self, session_id: str, now: datetime) -> DeskSession | None:
        """The live session, its idle clock set back; None when unknown or over."""
        with self._lock:
            found = self._sessions.get(session_id)
            if found is None or found.is_over(now):
                self._sessions.pop(session_id, None)
                return None
            found.seen_at = now
            return found

    def end(self, session_id: str) -> None:
        """Forget a session; unknown ids are fine."""
        with self._lock:
            self._sessions.pop(session_id, None)
