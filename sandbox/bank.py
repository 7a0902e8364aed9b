"""The firm's bank account at 众和银行 in the settled month, and the e-banking CSV of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from sandbox.people import invent_bank_account, invent_name
from sandbox.records import Batch, Break, Movement
from sandbox.scene import PAYER_NAMES, PERIOD_START

OPENING_FEN = 286_540_317
_SHORT_FEN = 128_050
_OVER_FEN = 50_000
_PROMOTION_FEN = 1_234_500
_INTEREST_FEN = 53_912
# How each batch is paid: (added to the cover, batch number in the summary, days after its cut-off).
_PAYMENTS = ((0, True, 2), (-_SHORT_FEN, True, 1), (_OVER_FEN, True, 2), (0, False, 3), (0, True, 2))
_OTHER_PAYERS = ("北京启明置业有限公司", "上海云桥信息技术有限公司", "深圳市合众文化传播有限公司")
_CUSTOMERS_SAY = ("咨询服务费", "往来款")
_WE_SAY = ("报销", "工资", "佣金发放")


class _Party(NamedTuple):
    account: str
    name: str


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
        day = batch.cutoff_date + timedelta(days=days)
        money.append(_from_insurer(rng, day, amount, summary, insurer_account))
        if extra:
            breaks.append(_payment_break(batch, amount))
        if extra >= 0:
            paid.add(batch.batch_no)
    for day_no, amount, summary in ((23, _SHORT_FEN, "佣金差额"), (29, _PROMOTION_FEN, "业务推动费")):
        day = PERIOD_START.replace(day=day_no)
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


def _from_insurer(rng: Random, day: date, amount_fen: int, summary: str, account: str) -> Movement:
    return _incoming(_movement(rng, day, amount_fen, summary, _Party(account, rng.choice(PAYER_NAMES))))


def _daily_life(rng: Random) -> list[Movement]:
    """Rent, wages, other customers, interest: nothing of it comes from an insurer."""
    life = []
    for _ in range(24):
        day = PERIOD_START.replace(day=rng.randint(1, 30))
        amount, account = rng.randrange(20_000, 4_000_000), invent_bank_account(rng)
        if rng.randrange(3) == 0:
            party = _Party(account, rng.choice(_OTHER_PAYERS))
            life.append(_incoming(_movement(rng, day, amount, rng.choice(_CUSTOMERS_SAY), party)))
        else:
            party = _Party(account, invent_name(rng))
            life.append(_movement(rng, day, amount, rng.choice(_WE_SAY), party))
    interest = _movement(rng, PERIOD_START.replace(day=21), _INTEREST_FEN, "结息", _Party("", ""))
    return [*life, _incoming(interest)]


def _movement(rng: Random, day: date, amount_fen: int, summary: str, party: _Party) -> Movement:
    """An outgoing movement in business hours, its balance still open."""
    booked = datetime.combine(day, time()) + timedelta(seconds=rng.randrange(9 * 3600, 17 * 3600))
    return Movement(
        booked_at=booked,
        is_incoming=False,
        amount_fen=amount_fen,
        balance_fen=0,
        summary=summary,
        transaction_no=f"{booked:%Y%m%d%H%M%S}{rng.randrange(10**6):06d}",
        payer_account=party.account,
        payer_name=party.name,
        slip_no=f"{booked:%Y%m%d}{rng.randrange(10**12):012d}",
    )


def _incoming(movement: Movement) -> Movement:
    return replace(movement, is_incoming=True)


def _chain(movements: list[Movement]) -> tuple[Movement, ...]:
    """In order of booking, each with the balance after it."""
    balance, chained = OPENING_FEN, []
    for movement in sorted(movements, key=lambda m: (m.booked_at, m.transaction_no)):
        balance += movement.amount_fen if movement.is_incoming else -movement.amount_fen
        chained.append(replace(movement, balance_fen=balance))
    return tuple(chained)
