"""What the sandbox's portals hold: keys and money of every dataset, from the records behind their pages.

Nothing of ``bots`` is used here: truth and reading share no code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.brokerage import build_brokerage
from sandbox.kanghe import records as kanghe
from sandbox.kehutong import records as kehutong
from sandbox.mingde import records as mingde
from sandbox.ruixiang import records as ruixiang

ALL_DAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
OCTOBER = {"period": "2026-10"}
EVERY_MONTH = {"period": "all"}
_LINE = ("batch_no", "line_no")
_LINE_MONEY = {"premium_fen": "premium_fen", "amount_fen": "amount_fen"}
_CHANGE_MONEY = {"premium_before_fen": "premium_before_fen", "premium_after_fen": "premium_after_fen"}


@dataclass(frozen=True, slots=True)
class Truth:
    """One dataset: the question, each row's key as texts, and the sum in fen of each column of money."""

    dataset: str
    question: dict[str, str]
    key_columns: tuple[str, ...]
    keys: list[tuple[str, ...]]
    sums: dict[str, int]


def all_truths() -> dict[str, list[Truth]]:
    """Portal -> its datasets, at full size."""
    return {
        "taian": _taian(),
        "kanghe": _kanghe(),
        "ruixiang": _ruixiang(),
        "mingde": _mingde(),
        "kehutong": _kehutong(),
    }


def _taian() -> list[Truth]:
    world = build_brokerage()
    lines = [line for batch in world.batches for line in batch.lines]
    premium_money = {"premium_due_fen": "due_fen", "premium_received_fen": "received_fen"}
    return [
        _truth(
            "policies", ALL_DAYS, ["policy_no"], world.policies, {"annual_premium_fen": "annual_premium_fen"}
        ),
        _changes(world.policies),
        _truth("premiums", ALL_DAYS, ["policy_no", "policy_year"], world.premiums, premium_money),
        _truth("statements", OCTOBER, ["batch_no"], world.batches, {"cover_total_fen": "cover_total_fen"}),
        _truth("statement_lines", OCTOBER, _LINE, lines, _LINE_MONEY),
    ]


def _kanghe() -> list[Truth]:
    policies, batches = kanghe.build_records(), kanghe.build_batches()
    lines = [line for batch in batches for line in batch.lines]
    lists = [
        _truth(name, ALL_DAYS, ["policy_no"], policies, {"annual_premium_fen": "annual_premium_fen"})
        for name in ("policies", "policies_file")
    ]
    return [
        *lists,
        _truth("statements", OCTOBER, ["batch_no"], batches, {"cover_total_fen": "total_fen"}),
        *(
            _truth(name, OCTOBER, _LINE, lines, _LINE_MONEY)
            for name in ("statement_lines", "monthly_statement")
        ),
    ]


def _ruixiang() -> list[Truth]:
    policies, premiums = ruixiang.build_records(), ruixiang.build_premiums()
    money = {"premium_due_fen": "premium_due_fen", "premium_received_fen": "premium_received_fen"}
    return [
        _truth("policies", ALL_DAYS, ["policy_no"], policies, {"annual_premium_fen": "annual_premium_fen"}),
        _changes(policies),
        _truth("premiums", ALL_DAYS, ["policy_no", "policy_year"], premiums, money),
    ]


def _mingde() -> list[Truth]:
    premiums, statements = mingde.build_records(), mingde.build_statements()
    money = {"premium_due_fen": "due_fen", "premium_received_fen": "received_fen"}
    keys = [(each.batch_no, str(line.line_no)) for each in statements for line in each.lines]
    sums = _sums([line for each in statements for line in each.lines], _LINE_MONEY)
    return [
        _truth("premiums", ALL_DAYS, ["policy_no", "policy_year"], premiums, money),
        _truth(
            "receipts",
            ALL_DAYS,
            ["policy_no", "policy_year"],
            [premium for premium in premiums if premium.received_date],
            {"received_fen": "received_fen"},
        ),
        _truth("batches", EVERY_MONTH, ["batch_no"], statements, {"cover_total_fen": "total_fen"}),
        *(Truth(name, EVERY_MONTH, _LINE, keys, sums) for name in ("batch_lines", "batch_files")),
    ]


def _kehutong() -> list[Truth]:
    customers = kehutong.build_records()
    return [_truth(name, {}, ["customer_no"], customers, {}) for name in ("customers", "customer_api")]


def _changes(policies: Iterable[Any]) -> Truth:
    """The endorsements in the windows behind a list's rows."""
    changes = [change for policy in policies for change in policy.endorsements]
    return _truth("endorsements", ALL_DAYS, ["endorsement_no"], changes, _CHANGE_MONEY)


def _truth(
    dataset: str,
    question: dict[str, str],
    key: Sequence[str],
    records: Sequence[Any],
    money: dict[str, str],
) -> Truth:
    keys = [tuple(str(getattr(record, name)) for name in key) for record in records]
    return Truth(dataset, question, tuple(key), keys, _sums(records, money))


def _sums(records: Sequence[Any], money: dict[str, str]) -> dict[str, int]:
    """Column -> sum of an attribute; what is not paid yet counts nothing."""
    return {column: sum(getattr(record, name) or 0 for record in records) for column, name in money.items()}
