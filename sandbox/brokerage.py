"""Invents the demo brokerage and writes its truth before anything is rendered."""

from dataclasses import dataclass
from functools import cached_property

from sandbox.hierarchy import build_agents
from sandbox.ledger import RateBook, build_items
from sandbox.policies import build_policies
from sandbox.products import build_caps, build_rates
from sandbox.records import Agent, Batch, OwnItem, Policy, Premium, Rate
from sandbox.scene import POLICIES, SEED
from sandbox.statements import batch_paying, close_batches, lines_of


@dataclass(frozen=True)
class Brokerage:
    """Everything that exists in the pretend world."""

    seed: int
    agents: list[Agent]
    rates: list[Rate]
    caps: list[Rate]
    policies: list[Policy]
    premiums: list[Premium]
    items: list[OwnItem]
    batches: tuple[Batch, ...]

    @cached_property
    def policy_by_no(self) -> dict[str, Policy]:
        """Policies by policy number."""
        return {policy.policy_no: policy for policy in self.policies}


def build_brokerage(seed: int = SEED, policies: int = POLICIES) -> Brokerage:
    """The same brokerage for the same seed and size, in any process."""
    agents, rates, caps = build_agents(seed), build_rates(), build_caps()
    built, premiums = build_policies(seed, policies, agents)
    items = build_items(built, premiums, RateBook(rates, caps))
    by_no = {policy.policy_no: policy for policy in built}
    lines = [
        line
        for item in items
        if item.is_due and item.payable_date.day <= 28
        for line in lines_of(by_no[item.policy_no], item, batch_paying(item))
    ]
    return Brokerage(seed, agents, rates, caps, built, premiums, items, close_batches(lines, {}))
