"""The wall clock of the pretend services."""

from datetime import datetime
from zoneinfo import ZoneInfo

_CHINA = ZoneInfo("Asia/Shanghai")


def china_now() -> datetime:
    """Now, as clocks in China show it."""
    return datetime.now(_CHINA)
