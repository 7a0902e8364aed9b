"""The hours of a day in which a portal is open, as a recipe writes them: ``07:30-22:00``."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


@dataclass(frozen=True, slots=True)
class OpenHours:
    """From ``first`` on, before ``last``; hours that end before they begin reach over midnight."""

    first: time
    last: time

    @property
    def text(self) -> str:
        """As a recipe writes them."""
        return f"{self.first:%H:%M}-{self.last:%H:%M}"

    def holds(self, moment: time) -> bool:
        """Whether the portal is open then."""
        if self.first < self.last:
            return self.first <= moment < self.last
        return moment >= self.first or moment < self.last


def _parse(value: Any) -> Any:
    if isinstance(value, OpenHours):
        return value
    if not isinstance(value, str) or not re.fullmatch(_PATTERN, value):
        raise ValueError('写成 "07:30-22:00"')
    first, last = map(time.fromisoformat, value.split("-"))
    if first == last:
        raise ValueError("两个时刻相同")
    return OpenHours(first, last)


Hours = Annotated[OpenHours, BeforeValidator(_parse), WithJsonSchema({"type": "string", "pattern": _PATTERN})]
