"""Nouns that several bots share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Row = dict[str, Any]


class Severity(StrEnum):
    """How loud a notice is."""

    INFO = "info"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that a bot did not accept, as it came, with its place and reason.

    ``row`` may hold personal data: it is stored encrypted and never logged.
    """

    row: Row
    row_no: int
    column: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PortalPage:
    """One page of a dataset: rows in hub columns, and the raw bytes they were read from.

    ``expected`` is the row count the source claims for the whole dataset, None until it is known.
    ``emptied`` holds the cells of accepted rows whose text no kind could read: the row goes without them.
    ``mark`` (plain JSON) stands on the last page of a list page and all that is behind its rows: once they
    are saved, a new run may go on from here.
    """

    dataset: str
    page_no: int
    rows: list[Row]
    set_aside: list[SetAside]
    raw: bytes
    raw_name: str
    expected: int | None = None
    emptied: list[SetAside] = field(default_factory=list)
    mark: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """What one dataset brought home; ``rows + set_aside == expected`` or the extraction failed.

    ``emptied`` counts cells that accepted rows go without, because their text could not be read; ``filled``
    counts the cells of accepted rows that hold something, by column. ``fallbacks`` are sentences: where a
    selector was missing and another of the recipe's stood in for it.
    """

    dataset: str
    rows: int
    expected: int
    set_aside: int
    seconds: float
    round_trips: int
    emptied: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    fallbacks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell somebody once: unique by (what, audience, occasion) on each channel.

    ``what`` names a template in config/messages/templates.yaml, ``parameters`` fill it;
    ``occasion`` tells one event from the next (a business date, a period).
    """

    what: str
    audience: str
    occasion: str
    parameters: Mapping[str, str]
    severity: Severity = Severity.INFO


@dataclass(frozen=True, slots=True)
class Period:
    """A settlement month, ``2026-10``."""

    year: int
    month: int
    text: str = field(init=False)

    def __post_init__(self) -> None:
        first = date(self.year, self.month, 1)
        object.__setattr__(self, "text", first.strftime("%Y-%m"))

    @classmethod
    def parse(cls, text: str) -> "Period":
        """``2026-10`` -> Period; ValueError for anything else."""
        year, _, month = text.partition("-")
        if len(year) != 4 or len(month) != 2:  # noqa: PLR2004 - digits of a year and a month
            raise ValueError(f"结算月应写成 2026-10，收到 {text!r}")
        return cls(int(year), int(month))

    @classmethod
    def before(cls, day: date) -> "Period":
        """The month before the one that holds ``day``."""
        return cls(day.year - 1, 12) if day.month == 1 else cls(day.year, day.month - 1)

    @property
    def first_day(self) -> date:
        """First calendar day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Last calendar day."""
        following = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
