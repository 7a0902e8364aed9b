"""Control sums and tie-outs: what came in equals what was accepted, set aside and explained."""

import pandas as pd

from bots.commission.classes import BANK_CLASSES, BATCH_CLASSES, ITEM_CLASSES
from bots.errors import BusinessError


class TieOutBroken(BusinessError):
    """A control total does not tie out: our own fault, nothing may be stored or paid from this result."""

    title = "对账不平"
    who = "IT"


def require_tie_outs(tie_outs: dict[str, int], period: str) -> None:
    """TieOutBroken unless every tie-out is 0; asked before a result is stored or published."""
    broken = {name: fen for name, fen in tie_outs.items() if fen != 0}
    if broken:
        raise TieOutBroken(
            f"结算月 {period} 的勾稽不为零：{broken}。",
            remedy="本次结果未保存、未发布，以前的结果不变；不要发放本期佣金，请 IT 查明原因。",
        )


def add_up(
    lines: pd.DataFrame,
    due: pd.DataFrame,
    batches: pd.DataFrame,
    receipts: pd.DataFrame,
    breaks: pd.DataFrame,
) -> dict[str, int]:
    """The month's sums in fen."""
    is_payable = due["state"] == "payable"
    return {
        "own_due_fen": int(due["own_fen"].sum()),
        "statement_fen": int(lines["amount_fen"].sum()),
        "cover_fen": int(batches["cover_total_fen"].sum()),
        "bank_fen": int(receipts.loc[receipts["set_aside"] == "", "amount_fen"].sum()),
        "payable_fen": int(due.loc[is_payable, "own_fen"].sum()),
        "held_fen": int(due.loc[~is_payable, "own_fen"].sum()),
        "item_difference_fen": _sum_of(breaks, ITEM_CLASSES),
        "batch_difference_fen": _sum_of(breaks, BATCH_CLASSES),
        "bank_difference_fen": _sum_of(breaks, BANK_CLASSES),
    }


def check_tie_outs(
    controls: dict[str, int], counts: dict[str, int], settlement_lines: pd.DataFrame
) -> dict[str, int]:
    """Five figures that are 0 in every correct run, in fen (``rows`` in rows)."""
    statement, cover = controls["statement_fen"], controls["cover_fen"]
    settled = int(settlement_lines["amount_fen"].sum())
    return {
        "items": statement - controls["own_due_fen"] - controls["item_difference_fen"],
        "batches": statement - cover - controls["batch_difference_fen"],
        "bank": controls["bank_fen"] - cover - controls["bank_difference_fen"],
        "settlement": settled - controls["payable_fen"] - controls["held_fen"],
        "rows": counts["rows_read"] - counts["rows_accepted"] - counts["rows_set_aside"],
    }


def _sum_of(breaks: pd.DataFrame, classes: frozenset[str]) -> int:
    return int(
        breaks.loc[breaks["break_class"].isin([str(name) for name in classes]), "difference_fen"].sum()
    )
