"""What can happen to a policy, as dates: each story ends with a known standing in the settled month."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from sandbox.scene import PERIOD_END

_DAY = timedelta(days=1)
_NEVER = (date(2026, 9, 20), date(2026, 10, 10))


class Story(StrEnum):
    """Named by how the policy stands at the end of the settled month."""

    NEW_DUE = "new_due"
    NEW_DUE_AFTER_CUTOFF = "new_due_after_cutoff"
    NEW_BEFORE = "new_before"
    NEW_WAITING = "new_waiting"
    NEW_NO_RECEIPT = "new_no_receipt"
    NEW_NOT_VISITED = "new_not_visited"
    NEW_VISIT_FAILED = "new_visit_failed"
    NEW_CANCELLED = "new_cancelled"
    SHORT_DUE = "short_due"
    RENEWAL_DUE = "renewal_due"
    RENEWAL_DUE_AFTER_CUTOFF = "renewal_due_after_cutoff"
    RENEWAL_BEFORE = "renewal_before"
    RENEWAL_UNPAID = "renewal_unpaid"
    RENEWAL_PAID_NEXT_MONTH = "renewal_paid_next_month"
    RENEWAL_SURRENDERED = "renewal_surrendered"
    RENEWAL_SURRENDERED_LATER = "renewal_surrendered_later"
    QUIET = "quiet"
    QUIET_SURRENDERED = "quiet_surrendered"
    QUIET_LAPSED = "quiet_lapsed"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated facts of a policy; ``received`` maps policy year -> day the premium came, None if it did not."""

    issue_date: date
    effective_date: date
    received: dict[int, date | None]
    receipt_date: date | None = None
    return_visit_date: date | None = None
    return_visit_result: str = ""
    status: str = "in_force"
    status_date: date | None = None

    def due_date(self, policy_year: int) -> date:
        """Anniversary of the effective date; 29 February falls on the 28th."""
        return years_later(self.effective_date, policy_year - 1)


def years_later(day: date, years: int) -> date:
    """The same calendar day, 29 February falling on the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def tell(story: Story, rng: Random, cooling_off_days: int, pay_years: int) -> Timeline:
    """Dates of one policy that lives this story."""
    return _TELLERS[story](rng, cooling_off_days, max(pay_years, 1))


def _between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _october(first: int, last: int) -> tuple[date, date]:
    return date(2026, 10, first), date(2026, 10, last)


def _first_year(rng: Random, cooling: int, payable: date) -> Timeline:
    """A new policy whose gates are all open exactly on ``payable``."""
    if cooling == 0:
        issued = payable - _DAY
        return Timeline(issued, payable, {1: issued}, receipt_date=payable)
    receipt = payable - timedelta(days=cooling + 1)
    issued = receipt - timedelta(days=rng.randint(1, 6))
    visited = receipt + timedelta(days=rng.randint(1, cooling - 1))
    return Timeline(issued, issued + _DAY, {1: issued}, receipt, visited, "成功")


def _new(first: date, last: date) -> Callable[[Random, int, int], Timeline]:
    return lambda rng, cooling, _: _first_year(rng, cooling, _between(rng, first, last))


def _new_no_receipt(rng: Random, cooling: int, _: int) -> Timeline:
    told = _first_year(rng, cooling, _between(rng, *_NEVER))
    return replace(told, receipt_date=None, return_visit_date=None, return_visit_result="")


def _new_not_visited(rng: Random, cooling: int, _: int) -> Timeline:
    told = _first_year(rng, cooling, _between(rng, *_NEVER))
    return replace(told, return_visit_date=None, return_visit_result="")


def _new_visit_failed(rng: Random, cooling: int, _: int) -> Timeline:
    return replace(_first_year(rng, cooling, _between(rng, *_NEVER)), return_visit_result="失败")


def _new_cancelled(rng: Random, cooling: int, _: int) -> Timeline:
    """Given up within the cooling-off days, which would have ended the day before ``payable``."""
    payable = _between(rng, *_october(8, 28))
    left = payable - timedelta(days=cooling + 1 - rng.randint(2, cooling))
    told = _first_year(rng, cooling, payable)
    return replace(told, status="cooling_off_cancelled", status_date=left)


def _history(rng: Random, effective: date, years: int, cooling: int) -> Timeline:
    """A policy of earlier years: every premium of ``years`` received near its due date."""
    issued = effective - _DAY
    receipt = issued + timedelta(days=rng.randint(1, 6))
    visited = receipt + timedelta(days=rng.randint(1, cooling - 1)) if cooling else None
    told = Timeline(issued, effective, {1: issued}, receipt, visited, "成功" if visited else "")
    later: dict[int, date | None] = {
        year: told.due_date(year) + timedelta(days=rng.randint(-3, 20)) for year in range(2, years + 1)
    }
    return replace(told, received=told.received | later)


def _renewal(rng: Random, cooling: int, pay_years: int, received: date) -> Timeline:
    """A renewal year whose premium came on ``received``, within the grace period."""
    year = rng.randint(2, min(pay_years, 5))
    due = min(received + timedelta(days=rng.randint(-12, 5)), PERIOD_END)
    told = _history(rng, years_later(due, 1 - year), year, cooling)
    return replace(told, received=told.received | {year: received})


def _renewed(first: date, last: date) -> Callable[[Random, int, int], Timeline]:
    return lambda rng, cooling, pay: _renewal(rng, cooling, pay, _between(rng, first, last))


def _renewal_unpaid(rng: Random, cooling: int, pay_years: int) -> Timeline:
    told = _renewal(rng, cooling, pay_years, _between(rng, date(2026, 10, 1), date(2026, 10, 25)))
    return replace(told, received=told.received | {max(told.received): None})


def _renewal_surrendered(first: date, last: date) -> Callable[[Random, int, int], Timeline]:
    def teller(rng: Random, cooling: int, pay_years: int) -> Timeline:
        told = _renewal(rng, cooling, pay_years, _between(rng, date(2026, 10, 1), date(2026, 10, 12)))
        return replace(told, status="surrendered", status_date=_between(rng, first, last))

    return teller


def _quiet(rng: Random, cooling: int, pay_years: int) -> Timeline:
    """Anniversaries from January to August: nothing of it falls into the settled month."""
    effective = date(rng.randint(2022, 2026), rng.randint(1, 8), rng.randint(2, 28))
    years = min(2026 - effective.year + 1, pay_years)
    return _history(rng, effective, years, cooling)


def _quiet_surrendered(rng: Random, cooling: int, pay_years: int) -> Timeline:
    told = _quiet(rng, cooling, pay_years)
    last_year = max(told.received)
    left = min(told.due_date(last_year) + timedelta(days=rng.randint(30, 200)), date(2026, 9, 28))
    return replace(told, status="surrendered", status_date=left)


def _quiet_lapsed(rng: Random, cooling: int, pay_years: int) -> Timeline:
    year = rng.randint(2, min(pay_years, 5))
    effective = date(2026 - year + 1, rng.randint(1, 8), rng.randint(2, 28))
    told = _history(rng, effective, year, cooling)
    lapsed = told.due_date(year) + timedelta(days=61)
    return replace(told, received=told.received | {year: None}, status="lapsed", status_date=lapsed)


_TELLERS: dict[Story, Callable[[Random, int, int], Timeline]] = {
    Story.NEW_DUE: _new(*_october(1, 28)),
    Story.NEW_DUE_AFTER_CUTOFF: _new(*_october(29, 31)),
    Story.NEW_BEFORE: _new(date(2026, 9, 5), date(2026, 9, 29)),
    Story.NEW_WAITING: _new(date(2026, 11, 3), date(2026, 11, 7)),
    Story.NEW_NO_RECEIPT: _new_no_receipt,
    Story.NEW_NOT_VISITED: _new_not_visited,
    Story.NEW_VISIT_FAILED: _new_visit_failed,
    Story.NEW_CANCELLED: _new_cancelled,
    Story.SHORT_DUE: _new(*_october(1, 28)),
    Story.RENEWAL_DUE: _renewed(*_october(1, 28)),
    Story.RENEWAL_DUE_AFTER_CUTOFF: _renewed(*_october(29, 31)),
    Story.RENEWAL_BEFORE: _renewed(date(2026, 9, 10), date(2026, 9, 29)),
    Story.RENEWAL_UNPAID: _renewal_unpaid,
    Story.RENEWAL_PAID_NEXT_MONTH: _renewed(date(2026, 11, 1), date(2026, 11, 5)),
    Story.RENEWAL_SURRENDERED: _renewal_surrendered(*_october(14, 30)),
    Story.RENEWAL_SURRENDERED_LATER: _renewal_surrendered(date(2026, 11, 2), date(2026, 11, 5)),
    Story.QUIET: _quiet,
    Story.QUIET_SURRENDERED: _quiet_surrendered,
    Story.QUIET_LAPSED: _quiet_lapsed,
}
