"""The truth behind the portal: policies and premium rows, made before anything is rendered."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sandbox.people import invent_name, invent_person
from sandbox.records import Endorsement, Person
from sandbox.scene import BUSINESS_DATE, FIRST_ISSUE_DATE, PERIOD_END, SEED

POLICIES, PREMIUMS = 900, 1460
# Four pages of thirty policies, three of ninety premiums.
SMALL_POLICIES, SMALL_PREMIUMS = 120, 230
IN_FORCE, CANCELLED, SURRENDERED, LAPSED = "in_force", "cooling_off_cancelled", "surrendered", "lapsed"
_PRODUCTS = (
    ("RXZS11", "瑞祥福泽传家终身寿险（分红型）", (0, 3, 5, 10)),
    ("RXZJ03", "瑞祥安康一生重大疾病保险", (10, 20)),
    ("RXNJ07", "瑞祥颐养年金保险", (3, 5, 10)),
    ("RXLQ02", "瑞祥岁岁增利两全保险", (5, 10)),
    ("RXYL05", "瑞祥安心医疗保险", (1,)),
)
_REMARKS = (
    "=SUM(A1:A9)",
    "-",
    "=续期由银行代扣",
    "-客户要求电话联系",
    "<加急> 客户地址变更 & 待补资料",
    "转介绍",
)
_KINDS = ("加保", "减保", "职业类别变更", "缴费频率变更")
_YEARS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy; optional cells are None or empty."""

    policy_no: str
    product_code: str
    product_name: str
    policyholder: Person
    insured_name: str
    pay_years: int
    issue_date: date
    effective_date: date
    receipt_date: date | None
    return_visit_date: date | None
    return_visit_result: str
    annual_premium_fen: int
    paid_premium_fen: int
    currency: str
    agent_no: str
    status: str
    status_date: date | None
    remark: str
    endorsements: tuple[Endorsement, ...]


@dataclass(frozen=True, slots=True)
class PremiumRecord:
    """A premium of one policy year; received_* and the receipt are None until it is paid."""

    policy_no: str
    policy_year: int
    due_date: date
    premium_due_fen: int
    received_date: date | None
    premium_received_fen: int | None
    receipt_no: str | None
    currency: str


def build_records(seed: int = SEED, size: int = POLICIES) -> list[PolicyRecord]:
    """Policies, the newest first as the portal lists them."""
    rng = Random(f"{seed}/ruixiang/days")
    span = (PERIOD_END - FIRST_ISSUE_DATE).days
    days = sorted(FIRST_ISSUE_DATE + timedelta(days=rng.randrange(span)) for _ in range(size))
    return [_policy(seed, serial, day) for serial, day in enumerate(days, 1)][::-1]


def build_premiums(
    seed: int = SEED, size: int = PREMIUMS, policy_count: int = POLICIES
) -> list[PremiumRecord]:
    """Premium rows of so many policies, the latest due first; early policy years fill ``size`` first."""
    policies = build_records(seed, policy_count)
    owed = [
        (policy, year) for year in range(1, _YEARS_SHOWN + 1) for policy in policies if _owes(policy, year)
    ]
    rows = [_premium(seed, policy, year) for policy, year in owed[:size]]
    return sorted(rows, key=lambda row: (row.due_date, row.policy_no, row.policy_year), reverse=True)


def build_newcomer(seed: int = SEED, size: int = POLICIES) -> tuple[PolicyRecord, PremiumRecord]:
    """What stands first in both lists once ``moved_at_page`` has struck; in neither of them before."""
    fresh = _policy(seed, size + 1, PERIOD_END)
    policy = replace(fresh, status=IN_FORCE, status_date=None, annual_premium_fen=1_200_000, endorsements=())
    return policy, _premium(seed, policy, 1)


def _policy(seed: int, serial: int, issued: date) -> PolicyRecord:
    rng = Random(f"{seed}/ruixiang/policy/{serial}")
    policy_no = f"RX{issued:%Y%m}{serial:06d}"
    code, name, terms = rng.choice(_PRODUCTS)
    holder = invent_person(rng)
    pay_years = rng.choice(terms)
    annual_fen = _annual_fen(rng, serial)
    status, status_date = _status(rng, issued)
    received = _some_days_later(rng, issued)
    visited = _some_days_later(rng, received)
    return PolicyRecord(
        policy_no=policy_no,
        product_code=code,
        product_name=name,
        policyholder=holder,
        insured_name=holder.name if rng.random() < 0.6 else invent_name(rng),  # noqa: PLR2004 - mostly oneself
        pay_years=pay_years,
        issue_date=issued,
        effective_date=issued + timedelta(days=1),
        receipt_date=received,
        return_visit_date=visited,
        return_visit_result=rng.choices(("成功", "失败"), (9, 1))[0] if visited else "",
        annual_premium_fen=annual_fen,
        paid_premium_fen=_paid_fen(status, annual_fen, _years_begun(issued, pay_years)),
        currency="HKD" if serial % 29 == 0 else "CNY",
        agent_no=f"A{rng.randint(1, 60):03d}",
        status=status,
        status_date=status_date,
        remark=rng.choice(_REMARKS) if rng.random() < 0.15 else "",  # noqa: PLR2004 - most have none
        endorsements=_endorsements(rng, policy_no, issued, annual_fen) if serial % 14 == 0 else (),
    )


def _annual_fen(rng: Random, serial: int) -> int:
    """Mostly thousands of yuan; now and then nothing (waived) or a million and more."""
    if serial % 61 == 0:
        return 0
    if serial % 43 == 0:
        return rng.randrange(100_000_000, 500_000_000)
    fen = rng.randrange(200_000, 9_000_000)
    return fen if rng.randrange(4) == 0 else fen // 100 * 100


def _paid_fen(status: str, annual_fen: int, years: int) -> int:
    """What the customer has paid, net of what he got back."""
    if status == CANCELLED:
        return 0
    return -annual_fen if status == SURRENDERED else annual_fen * years


def _status(rng: Random, issued: date) -> tuple[str, date | None]:
    """How the policy stands today; what has not happened yet is not shown."""
    status = rng.choices((IN_FORCE, CANCELLED, SURRENDERED, LAPSED), (80, 5, 8, 7))[0]
    changed = issued + timedelta(days=rng.randint(2, 14) if status == CANCELLED else rng.randint(60, 700))
    return (IN_FORCE, None) if status == IN_FORCE or changed > BUSINESS_DATE else (status, changed)


def _some_days_later(rng: Random, day: date | None) -> date | None:
    """Nine times of ten, unless the step before never came."""
    later = day + timedelta(days=rng.randint(1, 15)) if day and rng.randrange(10) else None
    return later if later and later <= BUSINESS_DATE else None


def _years_begun(issued: date, pay_years: int) -> int:
    return min(max(pay_years, 1), (PERIOD_END - issued).days // 366 + 1)


def _endorsements(rng: Random, policy_no: str, issued: date, annual_fen: int) -> tuple[Endorsement, ...]:
    """One or two changes; the last one leads to the premium of today."""
    changes: list[Endorsement] = []
    after = annual_fen
    for number in range(rng.randint(1, 2), 0, -1):
        before = after * rng.choice((60, 80, 120)) // 100
        day = issued + (BUSINESS_DATE - issued) * number // 3
        changes.insert(
            0, Endorsement(f"E{policy_no[2:]}{number:02d}", rng.choice(_KINDS), day, before, after)
        )
        after = before
    return tuple(changes)


def _owes(policy: PolicyRecord, year: int) -> bool:
    due = _anniversary(policy.issue_date, year - 1)
    if year > max(policy.pay_years, 1) or due > PERIOD_END + timedelta(days=60):
        return False
    return year == 1 or policy.status_date is None or due < policy.status_date


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def _premium(seed: int, policy: PolicyRecord, year: int) -> PremiumRecord:
    """One row; a cancelled policy's is written in red, what came was given back."""
    rng = Random(f"{seed}/ruixiang/premium/{policy.policy_no}/{year}")
    due = _anniversary(policy.issue_date, year - 1)
    is_cancelled = policy.status == CANCELLED
    amount_fen = -policy.annual_premium_fen if is_cancelled else policy.annual_premium_fen
    received: date | None = policy.status_date if is_cancelled else due + timedelta(days=rng.randrange(30))
    if received is None or received > BUSINESS_DATE or (year > 1 and rng.random() < 0.06):  # noqa: PLR2004 - some are late
        received = None
    return PremiumRecord(
        policy_no=policy.policy_no,
        policy_year=year,
        due_date=due,
        premium_due_fen=amount_fen,
        received_date=received,
        premium_received_fen=None if received is None else amount_fen,
        receipt_no=f"RS{received:%Y%m%d}{rng.randrange(10**6):06d}" if received else None,
        currency=policy.currency,
    )
