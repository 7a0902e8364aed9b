"""The truth of the demo month as one dictionary; it holds no personal data."""

from collections.abc import Iterable
from typing import Any

from sandbox.bank import BankMonth
from sandbox.records import Batch, Break, OwnItem, Policy, Premium
from sandbox.scene import INSURER, PERIOD


def batch_breaks(batches: Iterable[Batch]) -> list[Break]:
    """Batches whose printed amount is not the sum of their lines; difference = lines - cover."""
    return [
        Break(
            "STATEMENT_TOTAL_NE_LINES",
            batch_no=batch.batch_no,
            statement_fen=batch.lines_total_fen,
            difference_fen=batch.lines_total_fen - batch.cover_total_fen,
        )
        for batch in batches
        if batch.lines_total_fen != batch.cover_total_fen
    ]


def state_truth(
    *,
    policies: list[Policy],
    premiums: list[Premium],
    items: list[OwnItem],
    batches: tuple[Batch, ...],
    breaks: list[Break],
    bank: BankMonth,
    payable: set[tuple[str, int]],
    agents: dict[str, list[int]],
) -> dict[str, Any]:
    """Counts, breaks and fen totals; ``agents`` and ``agents_total`` include the house."""
    due = [item for item in items if item.is_due]
    own_due = sum(item.own_fen for item in due)
    payable_fen = sum(item.own_fen for item in due if (item.policy_no, item.policy_year) in payable)
    return {
        "period": PERIOD,
        "policies": len(policies),
        "premium_rows": len(premiums),
        "endorsements": sum(len(policy.endorsements) for policy in policies),
        "statement_lines": sum(len(batch.lines) for batch in batches),
        "batches": [_batch(batch) for batch in batches],
        "breaks": sorted(map(_break, breaks), key=_reading_order),
        "due_items": len(due),
        "own_due_fen": own_due,
        "statement_fen": sum(batch.lines_total_fen for batch in batches),
        "bank_fen": bank.from_insurer_fen,
        "payable_fen": payable_fen,
        "held_fen": own_due - payable_fen,
        "agents": [
            {"agent_no": agent_no, "payable_fen": paid, "held_fen": held}
            for agent_no, (paid, held) in agents.items()
        ],
        "agents_total": {
            "payable_fen": sum(paid for paid, _ in agents.values()),
            "held_fen": sum(held for _, held in agents.values()),
        },
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "batch_no": batch.batch_no,
        "line_count": len(batch.lines),
        "cover_total_fen": batch.cover_total_fen,
        "lines_total_fen": batch.lines_total_fen,
    }


def _break(found: Break) -> dict[str, Any]:
    """Item breaks: difference = statement - own; the others bring theirs along."""
    difference = found.difference_fen
    if difference is None:
        difference = (found.statement_fen or 0) - (found.own_fen or 0)
    return {
        "break_class": found.break_class,
        "insurer": INSURER,
        "policy_no": found.policy_no,
        "policy_year": found.policy_year,
        "item_type": found.item_type,
        "batch_no": found.line.batch_no if found.line else found.batch_no,
        "line_no": found.line.line_no if found.line else None,
        "own_fen": found.own_fen,
        "statement_fen": found.statement_fen,
        "bank_fen": found.bank_fen,
        "difference_fen": difference,
    }


def _reading_order(row: dict[str, Any]) -> tuple[str, str, int, str, int]:
    place = (row["break_class"], row["batch_no"] or "", row["line_no"] or 0)
    return (*place, row["policy_no"] or "", row["difference_fen"])
