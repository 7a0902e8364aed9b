"""What the sandbox's portals hold: keys and money of every dataset, from the records behind their pages.

Nothing of ``bots`` is used here: truth and reading share no code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.brokerage import Brokerage, build_brokerage
from sandbox.kanghe import records as kanghe
from sandbox.kehutong import records as kehutong
from sandbox.mingde import records as mingde
from sandbox.ruixiang import records as ruixiang
from sandbox.scene import PERIOD
from sandbox.taian.summary import build_summary

ALL_DAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
OCTOBER = {"period": "2026-10"}
EVERY_MONTH = {"period": "all"}
_LINE = ("batch_no", "line_no")
_LINE_MONEY = {"premium_fen": "premium_fen", "amount_fen": "amount_fen"}
_CHANGE_MONEY = {"premium_before_fen": "premium_before_fen", "premium_after_fen": "premium_after_fen"}
_SUMMARY_MONEY = {"gross_fen": "gross_fen", "tax_fen": "tax_fen", "net_fen": "net_fen"}
_ASKED, _UNKNOWN = 20, "KH-0000-UNKNOWN"


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
    premiums, statements = mingde.build_records(), mingde.build_statements()
    return {
        "taian": taian_truths(build_brokerage()),
        "kanghe": kanghe_truths(kanghe.build_records(), kanghe.build_batches()),
        "ruixiang": ruixiang_truths(ruixiang.build_records(), ruixiang.build_premiums()),
        "mingde": mingde_truths(premiums, [each for each in premiums if each.received_date], statements),
        "kehutong": kehutong_truths(kehutong.build_records()),
    }


def taian_truths(world: Brokerage) -> list[Truth]:
    """泰安人寿 shows the demo firm's own world."""
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
        _truth("settlement_summary", OCTOBER, ["period"], [build_summary(world, PERIOD)], _SUMMARY_MONEY),
    ]


def kanghe_truths(
    policies: Sequence[kanghe.PolicyRecord], batches: Sequence[kanghe.BatchRecord]
) -> list[Truth]:
    """康禾人寿: the files hold what the lists hold; a number that is not there comes home as such."""
    lines = [line for batch in batches for line in batch.lines]
    lists = [
        _truth(name, ALL_DAYS, ["policy_no"], policies, {"annual_premium_fen": "annual_premium_fen"})
        for name in ("policies", "policies_file")
    ]
    asked = [policy.policy_no for policy in policies[:_ASKED]] + [_UNKNOWN]
    return [
        *lists,
        Truth("policies_by_no", {"policy_nos": ",".join(asked)}, ("policy_no",), [(no,) for no in asked], {}),
        _truth("statements", OCTOBER, ["batch_no"], batches, {"cover_total_fen": "total_fen"}),
        *(
            _truth(name, OCTOBER, _LINE, lines, _LINE_MONEY)
            for name in ("statement_lines", "monthly_statement")
        ),
    ]


def ruixiang_truths(
    policies: Sequence[ruixiang.PolicyRecord], premiums: Sequence[ruixiang.PremiumRecord]
) -> list[Truth]:
    """瑞祥人寿: a list, the layers behind its rows, an address."""
    money = {"premium_due_fen": "premium_due_fen", "premium_received_fen": "premium_received_fen"}
    return [
        _truth("policies", ALL_DAYS, ["policy_no"], policies, {"annual_premium_fen": "annual_premium_fen"}),
        _changes(policies),
        _truth("premiums", ALL_DAYS, ["policy_no", "policy_year"], premiums, money),
    ]


def mingde_truths(
    premiums: Sequence[mingde.Premium],
    receipts: Sequence[mingde.Premium],
    statements: Sequence[mingde.Statement],
) -> list[Truth]:
    """明德养老: the lines in the windows are those in the files; ``receipts`` are the premiums that came."""
    money = {"premium_due_fen": "due_fen", "premium_received_fen": "received_fen"}
    keys = [(each.batch_no, str(line.line_no)) for each in statements for line in each.lines]
    sums = _sums([line for each in statements for line in each.lines], _LINE_MONEY)
    return [
        _truth("premiums", ALL_DAYS, ["policy_no", "policy_year"], premiums, money),
        _truth(
            "receipts", ALL_DAYS, ["policy_no", "policy_year"], receipts, {"received_fen": "received_fen"}
        ),
        _truth("batches", EVERY_MONTH, ["batch_no"], statements, {"cover_total_fen": "total_fen"}),
        *(Truth(name, EVERY_MONTH, _LINE, keys, sums) for name in ("batch_lines", "batch_files")),
    ]


def kehutong_truths(customers: Sequence[kehutong.Customer]) -> list[Truth]:
    """客户通: the same people on the page and from its address."""
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
