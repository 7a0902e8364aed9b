"""The truth behind the portal: premiums and commission statements, made before anything is rendered."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sandbox.amounts import half_up
from sandbox.people import invent_name
from sandbox.scene import SEED

SIZE = 2400
# Three answers of a hundred, many times what the grid keeps in the page.
SMALL_SIZE = 300
FIRST_DUE_DATE = date(2026, 1, 1)
NEW_DUE_DATE = date(2026, 10, 15)
MONTHS = tuple(f"2025{month:02d}" for month in (11, 12)) + tuple(f"2026{month:02d}" for month in range(1, 11))
PRODUCTS = ("明德金秋年金保险", "明德长青终身寿险", "明德安养护理保险", "明德颐享年金保险(分红型)")
RECEIVED, UNPAID, REFUNDED = "已收", "未收", "退保退费"
_STATUSES = (RECEIVED, UNPAID, REFUNDED)
_STATUS_WEIGHTS = (78, 18, 4)
_LARGE_FEN = 100_000_000


@dataclass(frozen=True, slots=True)
class Premium:
    """One premium due; unique by policy and policy year. A refund is due 0 and received below 0."""

    policy_no: str
    policy_year: int
    due_date: date
    due_fen: int
    received_date: date | None
    received_fen: int | None
    receipt_no: str
    currency: str
    status: str
    remark: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One commission on a statement; a clawback is below 0."""

    line_no: int
    policy_no: str
    product_name: str
    agent_name: str
    item_type: str
    premium_fen: int
    rate_bp: int
    amount_fen: int
    remark: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A month's statement with its lines."""

    batch_no: str
    period: str
    cutoff_date: date
    status: str
    lines: tuple[StatementLine, ...]

    @property
    def total_fen(self) -> int:
        """Sum of the lines."""
        return sum(line.amount_fen for line in self.lines)


def build_records(seed: int = SEED, size: int = SIZE) -> list[Premium]:
    """The premiums in the order in which the portal lists them."""
    rng = Random(f"{seed}/mingde/premiums")
    return [_premium(rng, number) for number in range(1, size + 1)]


def build_new_record(seed: int = SEED) -> Premium:
    """The premium that comes in while somebody reads the list."""
    return replace(_premium(Random(f"{seed}/mingde/new"), 990_001, RECEIVED), due_date=NEW_DUE_DATE)


def build_statements(seed: int = SEED) -> list[Statement]:
    """Twelve statements, one a month, newest first."""
    return [_statement(Random(f"{seed}/mingde/{period}"), period) for period in reversed(MONTHS)]


def _premium(rng: Random, number: int, status: str = "") -> Premium:
    status = status or rng.choices(_STATUSES, _STATUS_WEIGHTS)[0]
    due_date = FIRST_DUE_DATE + timedelta(days=rng.randrange(365))
    due_fen = 0 if status == REFUNDED or number % 97 == 0 else _amount(rng, number)
    received_fen = {RECEIVED: due_fen, UNPAID: None, REFUNDED: -_amount(rng, number)}[status]
    has_receipt = status == RECEIVED and rng.random() < 0.9  # noqa: PLR2004 - one receipt in ten comes later
    return Premium(
        policy_no=f"MD2{20 + number % 6}{number:08d}",
        policy_year=1 + number % 6,
        due_date=due_date,
        due_fen=due_fen,
        received_date=None if status == UNPAID else due_date + timedelta(days=rng.randrange(-9, 40)),
        received_fen=received_fen,
        receipt_no=f"{due_date:%Y%m}{rng.randrange(10**8):08d}" if has_receipt else "",
        currency="HKD" if rng.random() < 0.03 else "CNY",  # noqa: PLR2004 - few policies are in HKD
        status=status,
        remark=_remark(rng, number, status),
    )


def _amount(rng: Random, number: int) -> int:
    """In fen; every fiftieth is a million yuan or more."""
    if number % 50 == 7:  # noqa: PLR2004 - any remainder does
        return _LARGE_FEN + rng.randrange(_LARGE_FEN)
    return rng.randrange(20_000, 9_000_000)


def _remark(rng: Random, number: int, status: str) -> str:
    """Mostly empty; some look like formulas, some name a person with a rare character."""
    name = f"王{rng.choice('喆堃镕珺')}"
    choices = {
        3: f"=缴费人：{name}",
        5: "-银行扣款失败，已转人工催缴",
        8: f"投保人{name}来电，改期缴费",
        11: "+宽限期内 & 待确认 <复核>",
    }
    if status == REFUNDED:
        return f"退保申请人：{name}"
    return choices.get(number % 13 if number % 2 else -1, "") or ("" if number % 40 else choices[8])


def _statement(rng: Random, period: str) -> Statement:
    year, month = int(period[:4]), int(period[4:])
    lines = tuple(_line(rng, line_no) for line_no in range(1, rng.randint(60, 80) + 1))
    return Statement(
        batch_no=f"MDJS{period}",
        period=period,
        cutoff_date=date(year, month, 25),
        status="待确认" if period == MONTHS[-1] else "已结算",
        lines=lines,
    )


def _line(rng: Random, line_no: int) -> StatementLine:
    is_clawback = line_no % 17 == 0
    premium_fen = 0 if line_no == 33 else _amount(rng, line_no)  # noqa: PLR2004 - one line of nothing
    rate_bp = rng.choice((300, 550, 1250, 1800, 2275))
    amount_fen = half_up(premium_fen, rate_bp)
    return StatementLine(
        line_no=line_no,
        policy_no=f"MD2{20 + line_no % 6}{rng.randrange(10**8):08d}",
        product_name=rng.choice(PRODUCTS),
        agent_name=invent_name(rng),
        item_type="退保扣回" if is_clawback else rng.choice(("首期佣金", "续期佣金")),
        premium_fen=-premium_fen if is_clawback else premium_fen,
        rate_bp=rate_bp,
        amount_fen=-amount_fen if is_clawback else amount_fen,
        remark={5: "=上月补发", 9: "-差额调整, 见附件"}.get(line_no, ""),
    )
