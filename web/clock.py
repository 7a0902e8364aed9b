"""The desk's only look at the clock, and how it shows time to people."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.settings import TIME_ZONE

Clock = Callable[[], datetime]
_LOCAL = ZoneInfo(TIME_ZONE)


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def show_time(at: datetime) -> str:
    """``2026-11-06 02:31`` in Chinese standard time."""
    return at.astimezone(_LOCAL).strftime("%Y-%m-%d %H:%M")
