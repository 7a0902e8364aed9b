"""What 康禾人寿 knows: policies and commission batches, made before anything is rendered."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox.amounts import half_up, in_parts
from sandbox.people import invent_bank_account, invent_name, invent_person
from sandbox.records import Person
from sandbox.scene import SEED

SIZE, LINES = 1180, 300
# Twelve pages of twenty: two blocks of page numbers.
SMALL_SIZE, SMALL_LINES = 236, 60
PERIOD = "2026-10"
CUTOFF_DATES = (date(2026, 10, 9), date(2026, 10, 16), date(2026, 10, 23), date(2026, 10, 30))

_FIRST_DAY, _LAST_DAY = date(2024, 1, 2), date(2026, 10, 31)
_TODAY = date(2026, 11, 5)
_FIRST_ROW_ID = 70_001
_DAY = timedelta(days=1)
# Every third policy gets a line: enough of them are old enough for a renewal commission.
_STRIDE = 3
_PRODUCTS = (
    ("KHZS01", "康禾福泽一生终身寿险", (3, 5, 10)),
    ("KHZS02", "康禾金玉传家终身寿险（分红型）", (0, 3, 5)),
    ("KHZJ01", "康禾守护人生重大疾病保险", (10, 20)),
    ("KHNJ01", "康禾颐享年年养老年金保险", (5, 10)),
    ("KHYL01", "康禾优护医疗保险 <升级版>", (1,)),
)
_PREMIUMS_FEN = (120_000, 365_000, 600_000, 1_200_050, 2_400_099, 5_000_000, 20_000_001)
_RARE_PREMIUMS_FEN = {3: 100_000_000, 11: 123_456_700, 17: 0}
_CITIES = ("北京市朝阳区", "上海市浦东新区", "广州市天河区", "成都市武侯区", "西安市雁塔区")
_STATUSES = ("in_force",) * 16 + ("cooling_off_cancelled", "surrendered", "surrendered", "lapsed")
_REMARKS = ("", "", "", "", "=VIP客户", "-自保件", "需电话联系", "“联合”展业, 见附件")
_LINE_REMARKS = ("", "", "", "=补发上月", "-手工调整", "首年, 标准费率")


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy in the insurer's books; ``row_id`` is the ``id`` of its detail page."""

    row_id: int
    policy_no: str
    product_code: str
    product_name: str
    policyholder: Person
    insured_name: str
    pay_years: int
    issue_date: date
    effective_date: date
    annual_premium_fen: int
    currency: str
    shares: tuple[tuple[str, int], ...]
    status: str
    status_date: date | None
    receipt_date: date | None
    return_visit_date: date | None
    return_visit_result: str
    address: str
    bank_account: str
    remark: str


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One line of a commission batch; what is taken back after a surrender is negative."""

    batch_no: str
    line_no: int
    policy_no: str
    product_code: str
    policy_year: int
    item_type: str
    endorsement_no: str
    agent_no: str
    share_bp: int
    premium_fen: int
    rate_bp: int
    amount_fen: int
    currency: str
    remark: str


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A commission batch of ``period``."""

    batch_no: str
    period: str
    cutoff_date: date
    lines: tuple[LineRecord, ...]

    @property
    def total_fen(self) -> int:
        """Sum of the lines."""
        return sum(line.amount_fen for line in self.lines)


def build_records(seed: int = SEED, size: int = SIZE) -> list[PolicyRecord]:
    """Policies as the list shows them: newest issue date first."""
    rng = Random(f"{seed}/kanghe/issue")
    span = (_LAST_DAY - _FIRST_DAY).days
    days = sorted((_FIRST_DAY + timedelta(days=rng.randint(0, span)) for _ in range(size)), reverse=True)
    return [_policy(seed, place, size - place, day) for place, day in enumerate(days)]


def build_newcomer(seed: int = SEED, size: int = SIZE) -> PolicyRecord:
    """The policy that comes in while somebody reads: it stands first in the list."""
    return _policy(seed, size, size + 1, _LAST_DAY)


def build_batches(seed: int = SEED, size: int = SIZE, lines: int = LINES) -> list[BatchRecord]:
    """The batches of the settled month over every third policy, in order of cut-off."""
    policies = build_records(seed, size)
    counts = [lines // len(CUTOFF_DATES)] * (len(CUTOFF_DATES) - 1)
    counts.append(lines - sum(counts))
    batches, place = [], 0
    for number, (cutoff, count) in enumerate(zip(CUTOFF_DATES, counts, strict=True), 1):
        batch_no = f"KH{PERIOD.replace('-', '')}-{number:02d}"
        chosen = [policies[(place + step) * _STRIDE % size] for step in range(count)]
        numbered = enumerate(chosen, 1)
        made = tuple(_line(seed, batch_no, line_no, policy) for line_no, policy in numbered)
        batches.append(BatchRecord(batch_no, PERIOD, cutoff, made))
        place += count
    return batches


def _policy(seed: int, place: int, serial: int, issued: date) -> PolicyRecord:
    rng = Random(f"{seed}/kanghe/policy/{serial}")
    code, name, terms = rng.choice(_PRODUCTS)
    holder = invent_person(rng)
    phone = "" if rng.randrange(25) == 0 else holder.phone
    holder = Person(holder.name, holder.id_no, phone)
    premium_fen = _RARE_PREMIUMS_FEN.get(place % 97, rng.choice(_PREMIUMS_FEN) + rng.randrange(500) * 100)
    status = rng.choice(_STATUSES)
    received = _later(rng, issued, 1, 6) if rng.randrange(12) else None
    visited = _later(rng, received, 1, 9) if received and rng.randrange(10) else None
    return PolicyRecord(
        row_id=_FIRST_ROW_ID + serial,
        policy_no=f"KH{issued:%Y%m}{serial:06d}",
        product_code=code,
        product_name=name,
        policyholder=holder,
        insured_name=holder.name if rng.randrange(3) else invent_name(rng),
        pay_years=rng.choice(terms),
        issue_date=issued,
        effective_date=issued + _DAY,
        annual_premium_fen=premium_fen,
        currency="HKD" if rng.randrange(50) == 0 else "CNY",
        shares=_shares(rng),
        status=status,
        status_date=None if status == "in_force" else _later(rng, issued, 2, 14),
        receipt_date=received,
        return_visit_date=visited,
        return_visit_result=rng.choice(("成功", "成功", "成功", "失败")) if visited else "",
        address=f"{rng.choice(_CITIES)}示例路{rng.randint(1, 300)}号" if rng.randrange(9) else "",
        bank_account=invent_bank_account(rng) if rng.randrange(8) else "",
        remark=rng.choice(_REMARKS),
    )


def _later(rng: Random, day: date, least: int, most: int) -> date:
    """Some days later, and not in the future of the demo."""
    return min(day + rng.randint(least, most) * _DAY, _TODAY)


def _shares(rng: Random) -> tuple[tuple[str, int], ...]:
    """One agent, or now and then two."""
    first, second = (f"A{number:03d}" for number in rng.sample(range(1, 61), 2))
    return ((first, 6000), (second, 4000)) if rng.randrange(16) == 0 else ((first, 10_000),)


def _line(seed: int, batch_no: str, line_no: int, policy: PolicyRecord) -> LineRecord:
    rng = Random(f"{seed}/kanghe/line/{batch_no}/{line_no}")
    agent_no, share_bp = rng.choice(policy.shares)
    rate_bp = rng.choice((350, 1250, 2000, 3000))
    whole_fen = half_up(policy.annual_premium_fen, rate_bp)
    amount_fen = in_parts(whole_fen, (share_bp, 10_000 - share_bp))[0]
    is_clawback = policy.status in {"surrendered", "cooling_off_cancelled"}
    policy_year = _policy_year(policy)
    return LineRecord(
        batch_no=batch_no,
        line_no=line_no,
        policy_no=policy.policy_no,
        product_code=policy.product_code,
        policy_year=policy_year,
        item_type="FYC" if policy_year == 1 else "RYC",
        endorsement_no=f"PD{policy.policy_no[2:]}01" if is_clawback else "",
        agent_no=agent_no,
        share_bp=share_bp,
        premium_fen=-policy.annual_premium_fen if is_clawback else policy.annual_premium_fen,
        rate_bp=rate_bp,
        amount_fen=-amount_fen if is_clawback else amount_fen,
        currency=policy.currency,
        remark="退保追回" if is_clawback else rng.choice(_LINE_REMARKS),
    )


def _policy_year(policy: PolicyRecord) -> int:
    """The last premium year that has begun by the end of the settled month."""
    years = _LAST_DAY.year - policy.issue_date.year
    is_begun = (policy.issue_date.month, policy.issue_date.day) <= (_LAST_DAY.month, _LAST_DAY.day)
    return max(1, min(years + is_begun, policy.pay_years))
