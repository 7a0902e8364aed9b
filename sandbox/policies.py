"""Turns roles into policies with their premiums and endorsements."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sandbox.casting import Role, cast_roles, choose_product
from sandbox.hierarchy import pick_sellers
from sandbox.people import invent_name, invent_person
from sandbox.records import Agent, Endorsement, Policy, Premium, Product
from sandbox.scene import PERIOD_END
from sandbox.stories import Timeline, tell

_FUTURE_CHANGE = date(2026, 11, 3)
_KINDS = ((120, "加保"), (80, "减保"), (60, "减保"), (110, "职业类别变更"))


@dataclass(frozen=True, slots=True)
class _Draft:
    role: Role
    product: Product
    pay_years: int
    timeline: Timeline
    rng: Random


def build_policies(seed: int, policies: int, agents: list[Agent]) -> tuple[list[Policy], list[Premium]]:
    """Policies in order of issue, and their premium rows due by the end of the period."""
    drafts = [_draft(seed, place, role) for place, role in enumerate(cast_roles(seed, policies))]
    drafts.sort(key=lambda draft: draft.timeline.issue_date)
    built: list[Policy] = []
    premiums: list[Premium] = []
    for serial, draft in enumerate(drafts, start=1):
        policy = _policy(draft, f"TA{draft.timeline.issue_date:%Y%m}{serial:06d}", agents)
        built.append(policy)
        premiums.extend(_premiums(policy, draft.timeline))
    return built, premiums


def _draft(seed: int, place: int, role: Role) -> _Draft:
    rng = Random(f"{seed}/policy/{place}")
    product, pay_years = choose_product(rng, role)
    return _Draft(role, product, pay_years, tell(role.story, rng, product.cooling_off_days, pay_years), rng)


def _policy(draft: _Draft, policy_no: str, agents: list[Agent]) -> Policy:
    told, rng = draft.timeline, draft.rng
    holder = invent_person(rng)
    sellers = pick_sellers(rng, agents, told.issue_date, len(draft.role.shares_bp))
    premium_fen = _premium_fen(rng, draft.product)
    endorsements = _endorsements(draft, policy_no, premium_fen)
    in_force = [e.premium_after_fen for e in endorsements if e.effective_date <= PERIOD_END]
    return Policy(
        policy_no=policy_no,
        product=draft.product,
        policyholder=holder,
        insured_name=holder.name if rng.random() < 0.6 else invent_name(rng),  # noqa: PLR2004 - mostly oneself
        pay_years=draft.pay_years,
        issue_date=told.issue_date,
        effective_date=told.effective_date,
        receipt_date=told.receipt_date,
        return_visit_date=told.return_visit_date,
        return_visit_result=told.return_visit_result,
        annual_premium_fen=in_force[-1] if in_force else premium_fen,
        currency=draft.role.currency,
        shares=tuple(zip(sellers, draft.role.shares_bp, strict=True)),
        status=told.status,
        status_date=told.status_date,
        endorsements=endorsements,
        plant=draft.role.plant,
    )


def _premium_fen(rng: Random, product: Product) -> int:
    """Whole yuan for four policies of five, an odd amount for the fifth."""
    low, high = (30_000, 300_000) if product.cooling_off_days == 0 else (300_000, 6_000_000)
    fen = rng.randrange(low, high)
    return fen if rng.randrange(5) == 0 else fen // 100 * 100


def _endorsements(draft: _Draft, policy_no: str, premium_fen: int) -> tuple[Endorsement, ...]:
    changes: list[Endorsement] = []
    for number, day in enumerate(_change_days(draft), start=1):
        before = changes[-1].premium_after_fen if changes else premium_fen
        factor, kind = draft.rng.choice(_KINDS)
        changes.append(
            Endorsement(f"PD{policy_no[2:]}{number:02d}", kind, day, before, before * factor // 100)
        )
    return tuple(changes)


def _change_days(draft: _Draft) -> list[date]:
    """A current change takes effect no later than the day the commission becomes payable."""
    told = draft.timeline
    last_received = max(day for day in told.received.values() if day)
    current = last_received if len(told.received) > 1 else last_received + timedelta(days=3)
    past = told.issue_date + timedelta(days=40)
    days = {
        "": [],
        "current": [current],
        "past": [past],
        "future": [_FUTURE_CHANGE],
        "twice": [past, current],
    }
    return days[draft.role.endorsed]


def _premiums(policy: Policy, told: Timeline) -> list[Premium]:
    rows = []
    for year, received in sorted(told.received.items()):
        due = told.due_date(year)
        fen = _premium_on(policy, due)
        row = Premium(policy.policy_no, year, due, fen, None, None, None, policy.currency)
        if received:
            receipt_no = f"SJ{policy.policy_no[2:]}{year:02d}"
            row = replace(row, received_date=received, received_fen=fen, receipt_no=receipt_no)
        rows.append(row)
    return rows


def _premium_on(policy: Policy, day: date) -> int:
    """The premium as endorsed by that day."""
    if not policy.endorsements:
        return policy.annual_premium_fen
    in_force = [e.premium_after_fen for e in policy.endorsements if e.effective_date <= day]
    return in_force[-1] if in_force else policy.endorsements[0].premium_before_fen
