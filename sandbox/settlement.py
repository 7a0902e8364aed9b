"""Who gets what of each due item, by the rules alone: seller's part, overrides up the chain, the house."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sandbox.amounts import half_up
from sandbox.hierarchy import agents_on
from sandbox.records import Agent, OwnItem, Policy

HOUSE = "HOUSE"
_AGENT_SHARE_BP = 7000
_OVERRIDE_BP = (500, 300, 100, 50)


def settle_items(
    items: Iterable[OwnItem],
    policy_by_no: dict[str, Policy],
    agents: list[Agent],
    payable: set[tuple[str, int]],
) -> dict[str, list[int]]:
    """``agent_no -> [payable fen, held fen]`` over all due items, the house included."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    known: dict[date, dict[str, Agent]] = {}
    for item in items:
        if not item.is_due:
            continue
        day = policy_by_no[item.policy_no].issue_date
        standing = known.setdefault(day, agents_on(agents, day))
        column = 0 if (item.policy_no, item.policy_year) in payable else 1
        for seller, _, nominal_fen in item.parts:
            firm_fen = nominal_fen if policy_by_no[item.policy_no].currency == "CNY" else 0
            for agent_no, fen in _shares(seller, firm_fen, standing):
                totals[agent_no][column] += fen
    return dict(sorted(totals.items()))


def _shares(seller: str, firm_fen: int, standing: dict[str, Agent]) -> Iterator[tuple[str, int]]:
    agent_fen = half_up(firm_fen, _AGENT_SHARE_BP)
    yield seller, agent_fen
    rest = firm_fen - agent_fen
    for upline, rate_bp in zip(_uplines(seller, standing), _OVERRIDE_BP, strict=False):
        if upline:
            override = half_up(agent_fen, rate_bp)
            rest -= override
            yield upline, override
    yield HOUSE, rest


def _uplines(seller: str, standing: dict[str, Agent]) -> Iterator[str | None]:
    """Who stands in each generation: leavers are passed over, the same rank uses its turn up for nothing."""
    below = standing[seller]
    upline_no = below.upline_agent_no
    while upline_no:
        upline = standing[upline_no]
        upline_no = upline.upline_agent_no
        if upline.status == "left":
            continue
        yield None if upline.rank == below.rank else upline.agent_no
        below = upline
