"""Invents the demo brokerage and its truth before anything is rendered.

``python -m sandbox.brokerage --write data/demo`` writes the firm's master data and the truth,
``--bank-file DIR`` the bank's CSV download.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.bank import BankMonth, build_bank_month
from sandbox.bank_file import FILE_NAME, bank_csv
from sandbox.hierarchy import build_agents
from sandbox.ledger import RateBook, build_items
from sandbox.master import master_files
from sandbox.planting import plant_breaks
from sandbox.policies import build_policies
from sandbox.products import build_caps, build_rates
from sandbox.records import Agent, Batch, OwnItem, Policy, Premium, Rate
from sandbox.scene import POLICIES, SEED
from sandbox.settlement import settle_items
from sandbox.statements import BATCH_NOS, close_batches
from sandbox.truth import batch_breaks, state_truth

_COVER_ERRORS = {BATCH_NOS[-1]: 88_800}


@dataclass(frozen=True, repr=False)
class Brokerage:
    """Everything that exists in the pretend world, and the truth about it."""

    agents: list[Agent]
    rates: list[Rate]
    caps: list[Rate]
    policies: list[Policy]
    premiums: list[Premium]
    items: list[OwnItem]
    batches: tuple[Batch, ...]
    bank: BankMonth
    truth: dict[str, Any]

    @cached_property
    def policy_by_no(self) -> dict[str, Policy]:
        """Policies by policy number."""
        return {policy.policy_no: policy for policy in self.policies}


def build_brokerage(seed: int = SEED, policies: int = POLICIES) -> Brokerage:
    """The same brokerage for the same seed and size, in any process."""
    agents, rates, caps = build_agents(seed), build_rates(), build_caps()
    book = RateBook(rates, caps)
    built, premiums = build_policies(seed, policies, agents)
    items = build_items(built, premiums, book)
    planting = plant_breaks(seed, built, items, agents, book)
    batches = close_batches(planting.lines, _COVER_ERRORS)
    bank = build_bank_month(seed, batches)
    sound = bank.paid_batches - {found.batch_no for found in batch_breaks(batches)}
    payable = {key for key, batch_no in planting.settled.items() if batch_no in sound}
    totals = settle_items(items, {policy.policy_no: policy for policy in built}, agents, payable)
    breaks = [*planting.breaks, *batch_breaks(batches), *bank.breaks]
    truth = state_truth(
        policies=built,
        premiums=premiums,
        items=items,
        batches=batches,
        breaks=breaks,
        bank=bank,
        payable=payable,
        agents=totals,
    )
    return Brokerage(agents, rates, caps, built, premiums, items, batches, bank, truth)


def write_demo(brokerage: Brokerage, folder: Path) -> None:
    """``master/*.csv`` and ``truth.json`` below a folder."""
    (folder / "master").mkdir(parents=True, exist_ok=True)
    for name, raw in master_files(brokerage.agents, brokerage.rates, brokerage.caps).items():
        (folder / "master" / name).write_bytes(raw)
    text = json.dumps(brokerage.truth, ensure_ascii=False, indent=1) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="\n")


def write_bank_file(brokerage: Brokerage, folder: Path) -> Path:
    """The bank's CSV in a folder, named as the bank names it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    path.write_bytes(bank_csv(brokerage.bank.movements))
    return path


def main() -> None:
    """Write the demo's committed files or the bank's file."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.brokerage", description=main.__doc__)
    parser.add_argument("--write", type=Path, metavar="DIR", help="master CSVs and truth.json")
    parser.add_argument("--bank-file", type=Path, metavar="DIR", help="the bank's CSV download")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--policies", type=int, default=POLICIES)
    given = parser.parse_args()
    if not (given.write or given.bank_file):
        parser.error("say --write DIR or --bank-file DIR")
    brokerage = build_brokerage(given.seed, given.policies)
    if given.write:
        write_demo(brokerage, given.write)
    if given.bank_file:
        sys.stdout.write(f"{write_bank_file(brokerage, given.bank_file)}\n")


if __name__ == "__main__":
    main()
