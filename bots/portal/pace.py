"""How fast a guest may read: a ceiling of rows per minute, and the hours in which a portal is open."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bots.errors import PortalUnavailable
from bots.portal.recipe import Recipe


class Pace:
    """Keeps rows under a ceiling: what was read is paid for in time before the next page is asked for."""

    def __init__(self, rows_per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds_per_row = 60 / rows_per_minute if rows_per_minute else 0.0
        self._clock = clock
        self._free_at = clock()

    def note(self, rows: int) -> None:
        """So many rows came home just now."""
        self._free_at = max(self._free_at, self._clock()) + rows * self._seconds_per_row

    def left_ms(self) -> float:
        """How long the next request must wait; 0 when it need not."""
        return max(0.0, self._free_at - self._clock()) * 1_000


def prove_open(recipe: Recipe, moment: datetime) -> None:
    """Raise PortalUnavailable when the portal is closed at ``moment`` (in the portal's own time zone)."""
    hours = recipe.open_hours
    if hours is None or hours.holds(moment.time()):
        return
    opens = datetime.combine(moment.date(), hours.first, moment.tzinfo)
    if opens <= moment:
        opens += timedelta(days=1)
    raise PortalUnavailable(
        f"{recipe.name}（{recipe.slug}） 现在不开放：开放时间 {hours.text}，现在 {moment:%H:%M}。没有登录。",
        remedy=f"{opens:%m-%d %H:%M} 以后重新运行",
    )
