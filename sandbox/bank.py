"""The firm's bank account at 众和银行 in the settled month, and the e-banking CSV of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sandbox.people import invent_bank_account, invent_name
from sandbox.records import Batch, Break, Movement
from sandbox.scene import PAYER_NAMES, PERIOD_END, PERIOD_START

OPENING_FEN = 286_540_317
_SHORT_FEN = 128_050
_OVER_FEN = 50_000
_PROMOTION_FEN = 1_234_500
# How each batch is paid: (added to the cover, batch number in the summary, days after its cut-off).
_PAYMENTS = ((0, True, 2), (-_SHORT_FEN, True, 1), (_OVER_FEN, True, 2), (0, False, 3), (0, True, 2))
_OTHER_PAYERS = ("北京启明置业有限公司", "上海云桥信息技术有限公司", "深圳市合众文化传播有限公司")


@dataclass(frozen=True, slots=True)
class BankMonth:
    """Movements in order of booking; the breaks in them; money that came from the insurer."""

    movements: tuple[Movement, ...]
    breaks: tuple[Break, ...]
    from_insurer_fen: int
    paid_batches: frozenset[str]


def build_bank_month(seed: int, batches: tuple[Batch, ...]) -> BankMonth:
    """Insurer's money per batch as planted, two payments nobody can place, and daily life around them."""
    rng = Random(f"{seed}/bank")
    insurer_account = invent_bank_account(rng)
    money, breaks, paid = [], [], set()
    for batch, (extra, is_named, days) in zip(batches, _PAYMENTS, strict=True):
        amount = batch.cover_total_fen + extra
        summary = f"佣金结算 {batch.batch_no}" if is_named else "代理业务佣金"
        day = datetime.combine(batch.cutoff_date, datetime.min.time()) + timedelta(days=days)
        money.append(_from_insurer(rng, day, amount, summary, insurer_account))
        if extra:
            breaks.append(_payment_break(batch, amount))
        if extra >= 0:
            paid.add(batch.batch_no)
    for day_no, amount, summary in ((23, _SHORT_FEN, "佣金差额"), (29, _PROMOTION_FEN, "业务推动费")):
        day = datetime(PERIOD_END.year, PERIOD_END.month, day_no)  # noqa: DTZ001 - bank's local time
        money.append(_from_insurer(rng, day, amount, summary, insurer_account))
        breaks.append(Break("BANK_UNIDENTIFIED", statement_fen=0, bank_fen=amount, difference_fen=amount))
    total = sum(movement.amount_fen for movement in money)
    return BankMonth(_chain(money + _daily_life(rng)), tuple(breaks), total, frozenset(paid))


def _payment_break(batch: Batch, amount_fen: int) -> Break:
    difference = amount_fen - batch.cover_total_fen
    return Break(
        "BANK_SHORT" if difference < 0 else "BANK_OVER",
        batch_no=batch.batch_no,
        statement_fen=batch.cover_total_fen,
        bank_fen=amount_fen,
        difference_fen=difference,
    )


def _from_insurer(rng: Random, day: datetime, amount_fen: int, summary: str, account: str) -> Movement:
    return _movement(rng, day, amount_fen, summary, account, rng.choice(PAYER_NAMES), is_incoming=True)


def _daily_life(rng: Random) -> list[Movement]:
    """Rent, wages, other customers, interest: nothing of it comes from an insurer."""
    life = []
    for _ in range(24):
        day = datetime(PERIOD_START.year, PERIOD_START.month, rng.randint(1, 30))  # noqa: DTZ001 - local
        is_incoming = rng.randrange(3) == 0
        payer = rng.choice(_OTHER_PAYERS) if is_incoming else invent_name(rng)
        summary = (
            rng.choice(("咨询服务费", "往来款")) if is_incoming else rng.choice(("报销", "工资", "佣金发放"))
        )
        amount = rng.randrange(20_000, 4_000_000)
        account = invent_bank_account(rng)
        life.append(_movement(rng, day, amount, summary, account, payer, is_incoming=is_incoming))
    interest_day = datetime(PERIOD_END.year, PERIOD_END.month, 21)  # noqa: DTZ001 - bank's local time
    life.append(_movement(rng, interest_day, 53_912, "结息", "", "", is_incoming=True))
    return life


def _movement(
    rng: Random, day: datetime, amount_fen: int, summary: str, account: str, name: str, *, is_incoming: bool
) -> Movement:
    booked = day + timedelta(seconds=rng.randrange(9 * 3600, 17 * 3600))
    number = f"{booked:%Y%m%d%H%M%S}{rng.randrange(10**6):06d}"
    slip = f"{booked:%Y%m%d}{rng.randrange(10**12):012d}"
    return Movement(booked, is_incoming, amount_fen, 0, summary, number, account, name, slip)


def _chain(movements: list[Movement]) -> tuple[Movement, ...]:
    """In order of booking, each with the balance after it."""
    balance, chained = OPENING_FEN, []
    for movement in sorted(movements, key=lambda m: (m.booked_at, m.transaction_no)):
        balance += movement.amount_fen if movement.is_incoming else -movement.amount_fen
        chained.append(replace(movement, balance_fen=balance))
    return tuple(chained)
