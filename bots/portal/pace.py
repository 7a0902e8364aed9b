"""How fast a guest may read: distance, rows per minute, pauses that a portal asks for, its open hours."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bots.errors import PortalUnavailable
from bots.portal.recipe import Recipe

_MOST_PAUSES_A_DATASET = 10
_LEAST_SLOWED_MS, _MOST_SLOWED_MS = 250, 5_000


class Pace:
    """Keeps the recipe's distance, and rows under a ceiling: they are paid for in time before the next page.

    A portal that says that it is asked too fast is asked at twice the distance from then on.
    """

    def __init__(
        self, rows_per_minute: int | None, distance_ms: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._distance_ms, self._pauses_left = distance_ms, _MOST_PAUSES_A_DATASET
        self._seconds_per_row = 60 / rows_per_minute if rows_per_minute else 0.0
        self._clock = clock
        self._free_at = clock()

    def note(self, rows: int) -> None:
        """So many rows came home just now."""
        self._free_at = max(self._free_at, self._clock()) + rows * self._seconds_per_row

    def left_ms(self) -> float:
        """How long the next request must wait; 0 when it need not."""
        return max(self._distance_ms, (self._free_at - self._clock()) * 1_000)

    def begin(self) -> None:
        """A new dataset may be told to pause as often as any other; the distance stays as it was learnt."""
        self._pauses_left = _MOST_PAUSES_A_DATASET

    def slow_down(self) -> bool:
        """The portal asks for a pause; False when it has done so too often to go on."""
        slowed = min(max(2 * self._distance_ms, _LEAST_SLOWED_MS), _MOST_SLOWED_MS)
        self._distance_ms = max(self._distance_ms, slowed)
        self._pauses_left -= 1
        return self._pauses_left >= 0


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
