"""Writes the insurer's lines and plants the breaks in them, noting the truth of each as it goes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from sandbox.amounts import half_up
from sandbox.hierarchy import pick_sellers
from sandbox.ledger import RateBook
from sandbox.records import Agent, Break, OwnItem, Policy, StatementLine
from sandbox.statements import BATCH_NOS, batch_paying, lines_of

_STRANGERS = ("TA202609900001", "TA202610900002")
_ANOTHER_RATE_BP = 100


@dataclass
class Planting:
    """The statement in the making; ``settled`` maps due items that were paid right to their batch."""

    rng: Random
    agents: list[Agent]
    book: RateBook
    lines: list[StatementLine] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    settled: dict[tuple[str, int], str] = field(default_factory=dict)

    def pay(self, policy: Policy, item: OwnItem, batch_no: str | None = None) -> list[StatementLine]:
        """Add the item's right lines, in the batch where they belong unless told otherwise."""
        lines = lines_of(policy, item, batch_no or batch_paying(item))
        self.lines += lines
        return lines

    def settle(self, policy: Policy, item: OwnItem, batch_no: str | None = None) -> list[StatementLine]:
        """Pay the item right: it counts as settled."""
        lines = self.pay(policy, item, batch_no)
        self.settled[item.policy_no, item.policy_year] = lines[0].batch_no
        return lines

    def note(self, break_class: str, item: OwnItem, line: StatementLine | None, own_fen: int) -> None:
        """Note a break; year and type are the line's where there is one, else the item's."""
        self.breaks.append(
            Break(
                break_class=break_class,
                policy_no=item.policy_no,
                policy_year=line.policy_year if line else item.policy_year,
                item_type=line.item_type if line else item.item_type,
                line=line,
                own_fen=own_fen,
                statement_fen=line.amount_fen if line else 0,
            )
        )


def plant_breaks(
    seed: int, policies: Iterable[Policy], items: Iterable[OwnItem], agents: list[Agent], book: RateBook
) -> Planting:
    """The whole month's lines with every planted break; all other due items are paid to the fen."""
    planting = Planting(Random(f"{seed}/planting"), agents, book)
    by_policy: dict[str, list[OwnItem]] = {}
    for item in items:
        by_policy.setdefault(item.policy_no, []).append(item)
    for policy in policies:
        own = by_policy[policy.policy_no]
        if policy.plant:
            due = [item for item in own if item.is_due]
            _PLANTERS[policy.plant](planting, policy, due[0] if due else own[-1])
        else:
            for item in own:
                if item.is_due:
                    _pay_right(planting, policy, item)
    for policy_no in _STRANGERS:
        _plant_stranger(planting, policy_no)
    return planting


def _pay_right(planting: Planting, policy: Policy, item: OwnItem) -> None:
    """Yuan is settled; another currency is right and still waits for its exchange rate."""
    if policy.currency == "CNY":
        planting.settle(policy, item)
        return
    lines = planting.pay(policy, item)
    planting.note("CURRENCY", item, lines[0], 0)
    planting.breaks[-1].statement_fen = sum(line.amount_fen for line in lines)


def _unpaid(break_class: str) -> Callable[[Planting, Policy, OwnItem], None]:
    """A due item that the statement leaves out."""

    def plant(planting: Planting, _: Policy, item: OwnItem) -> None:
        planting.note(break_class, item, None, item.own_fen)

    return plant


def _period_diff(planting: Planting, policy: Policy, item: OwnItem) -> None:
    """A first year is paid as second year at its rate; a renewal is only labelled wrong."""
    line = planting.pay(policy, item)[0]
    line.policy_year += 1
    line.item_type = "RYC"
    if item.policy_year == 1:
        line.rate_bp = planting.book.own_bp(policy, 2)
        line.amount_fen = half_up(item.base_fen, line.rate_bp)
    planting.note("PERIOD_DIFF", item, line, item.own_fen)


def _duplicate(batches_later: int) -> Callable[[Planting, Policy, OwnItem], None]:
    def plant(planting: Planting, policy: Policy, item: OwnItem) -> None:
        first = BATCH_NOS.index(batch_paying(item))
        first = min(first, len(BATCH_NOS) - 1 - batches_later)
        planting.settle(policy, item, BATCH_NOS[first])
        second = planting.pay(policy, item, BATCH_NOS[first + batches_later])[0]
        planting.note("DUPLICATE_PAID", item, second, 0)

    return plant


def _currency(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    line.currency = "CNY" if policy.currency == "HKD" else "HKD"
    planting.note("CURRENCY", item, line, item.own_fen)


def _split_wrong(planting: Planting, policy: Policy, item: OwnItem) -> None:
    """The two agents' amounts are swapped; the sum is right."""
    first, second = planting.pay(policy, item)
    first.amount_fen, second.amount_fen = second.amount_fen, first.amount_fen
    planting.note("SPLIT_WRONG", item, first, item.own_fen)
    planting.breaks[-1].statement_fen = first.amount_fen + second.amount_fen


def _attribution(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    others = pick_sellers(planting.rng, planting.agents, policy.issue_date, 2)
    line.agent_no = next(agent_no for agent_no in others if agent_no != line.agent_no)
    planting.note("ATTRIBUTION", item, line, item.own_fen)


def _rounding(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.settle(policy, item)[0]
    line.amount_fen += planting.rng.choice((-1, 1))
    planting.note("ROUNDING", item, line, item.own_fen)


def _endorsed_after(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    line.endorsement_no = ""
    line.premium_fen = policy.endorsements[-1].premium_before_fen
    line.amount_fen = half_up(line.premium_fen, item.rate_bp)
    planting.note("ENDORSED_AFTER", item, line, item.own_fen)


def _tax_basis(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    line.amount_fen = half_up(item.own_fen, 100, whole=106)
    planting.note("TAX_BASIS", item, line, item.own_fen)


def _base_diff(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    line.premium_fen = item.base_fen * 9 // 10
    line.amount_fen = half_up(line.premium_fen, item.rate_bp)
    planting.note("BASE_DIFF", item, line, item.own_fen)


def _rate_diff(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item)[0]
    line.rate_bp = max(item.rate_bp - _ANOTHER_RATE_BP, item.rate_bp // 2)
    line.amount_fen = half_up(item.base_fen, line.rate_bp)
    planting.note("RATE_DIFF", item, line, item.own_fen)


def _rate_over_cap(planting: Planting, policy: Policy, item: OwnItem) -> None:
    """The insurer pays the tariff although the filed cap is lower."""
    line = planting.pay(policy, item)[0]
    line.rate_bp = planting.book.tariff_bp(policy, item.policy_year)
    line.amount_fen = half_up(item.base_fen, line.rate_bp)
    planting.note("RATE_DIFF", item, line, item.own_fen)


def _not_owed(break_class: str) -> Callable[[Planting, Policy, OwnItem], None]:
    """The insurer pays something that the firm does not expect this month, or ever."""

    def plant(planting: Planting, policy: Policy, item: OwnItem) -> None:
        line = planting.pay(policy, item, planting.rng.choice(BATCH_NOS))[0]
        planting.note(break_class, item, line, 0)

    return plant


def _premium_row_absent(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item, planting.rng.choice(BATCH_NOS))[0]
    line.policy_year, line.item_type = item.policy_year + 1, "RYC"
    planting.note("PREMIUM_UNPAID", item, line, 0)


def _correction(planting: Planting, policy: Policy, item: OwnItem) -> None:
    line = planting.pay(policy, item, planting.rng.choice(BATCH_NOS))[0]
    line.premium_fen, line.amount_fen, line.remark = -line.premium_fen, -line.amount_fen, "退保扣回"
    planting.note("CORRECTION", item, line, 0)


def _plant_stranger(planting: Planting, policy_no: str) -> None:
    premium_fen = planting.rng.randrange(5_000, 20_000) * 100
    amount_fen = half_up(premium_fen, 3000)
    item = OwnItem(policy_no, 1, "FYC", premium_fen, 3000, 0, None, is_due=False, parts=())
    batch_no = planting.rng.choice(BATCH_NOS)
    money = (premium_fen, 3000, amount_fen, "CNY")
    line = StatementLine(batch_no, policy_no, "TAZJ01", 1, "FYC", "", "A029", 10_000, *money)
    planting.lines.append(line)
    planting.note("MISSING_IN_OWN", item, line, 0)


_PLANTERS: dict[str, Callable[[Planting, Policy, OwnItem], None]] = {
    "MISSING_IN_STATEMENT": _unpaid("MISSING_IN_STATEMENT"),
    "PERIOD_DIFF": _period_diff,
    "DUPLICATE_SAME_BATCH": _duplicate(0),
    "DUPLICATE_OTHER_BATCH": _duplicate(1),
    "CURRENCY": _currency,
    "SPLIT_WRONG": _split_wrong,
    "ATTRIBUTION": _attribution,
    "ROUNDING": _rounding,
    "ENDORSED_AFTER": _endorsed_after,
    "TAX_BASIS": _tax_basis,
    "BASE_DIFF": _base_diff,
    "RATE_DIFF": _rate_diff,
    "RATE_OVER_CAP": _rate_over_cap,
    "TIMING_NEXT_MONTH": _unpaid("TIMING"),
    "TIMING_PAID_LATE": _not_owed("TIMING"),
    "COOLING_OFF_CANCELLED": _not_owed("COOLING_OFF_CANCELLED"),
    "SURRENDERED": _not_owed("SURRENDERED"),
    "PREMIUM_UNPAID": _not_owed("PREMIUM_UNPAID"),
    "PREMIUM_ROW_ABSENT": _premium_row_absent,
    "GATE_OPEN": _not_owed("GATE_OPEN"),
    "CORRECTION": _correction,
}
