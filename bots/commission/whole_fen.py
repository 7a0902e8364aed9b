"""HALF_UP on whole columns in integer arithmetic: a float would lose fen before anybody saw it."""

import numpy as np
import pandas as pd

from bots.money import BASIS_POINTS


def divide_half_up(numerator: pd.Series, denominator: int) -> pd.Series:
    """``numerator / denominator`` rounded half away from zero; int64 in, int64 out."""
    doubled = 2 * numerator.abs() + denominator
    rounded: pd.Series = np.sign(numerator) * (doubled // (2 * denominator))
    return rounded


def share_of_each(amount_fen: pd.Series, share_bp: pd.Series) -> pd.Series:
    """``amount x share`` in fen for each row, HALF_UP."""
    return divide_half_up(amount_fen * share_bp, BASIS_POINTS)


def split_each(amount_fen: pd.Series, share_bp: pd.Series, group: pd.Series) -> pd.Series:
    """Parts of each group's amount in row order; the group's last row takes the remainder.

    ``amount_fen`` repeats the whole on every row of its group. Source: domain.md a1.
    """
    part = share_of_each(amount_fen, share_bp)
    is_last = ~group.duplicated(keep="last")
    others = part.where(~is_last, 0).groupby(group).transform("sum")
    return part.where(~is_last, amount_fen - others)
