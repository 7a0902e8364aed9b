"""A calendar that only takes clicks: what it shows, and which arrow leads to a day's month."""

import re
from datetime import date

from pydantic import Field

from bots.portal.strict import Strict

_YEAR_AND_MONTH = re.compile(r"(\d{4})\D+(\d{1,2})(?!\d)")
Arrows = tuple[str, str]


class Calendar(Strict):
    """``shows`` holds the year and month in sight, ``days`` are that month's days and no others.

    ``years`` and ``months`` are the arrows back and on; without ``years`` it is turned month by month.
    """

    shows: str = Field(min_length=1)
    years: Arrows | None = None
    months: Arrows
    days: str = Field(min_length=1)

    def arrow_to(self, shown: str, day: date) -> str | None:
        """The arrow to press when ``shown`` (``2026年 10月``) is in sight; None in the day's own month.

        Raises ValueError when ``shown`` says no month.
        """
        found = _YEAR_AND_MONTH.search(shown)
        if not found:
            raise ValueError(shown)
        year, month = int(found[1]), int(found[2])
        if year != day.year and self.years:
            return self.years[year < day.year]
        if (year, month) != (day.year, day.month):
            return self.months[(year, month) < (day.year, day.month)]
        return None
