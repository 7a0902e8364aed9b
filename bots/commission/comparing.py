"""Groups of lines against due items: the first cause that explains the difference to the fen."""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, YUAN, BreakClass
from bots.commission.judging import COMPARE, GROUPED, TARGET
from bots.commission.sentences import Figures
from bots.commission.whole_fen import divide_half_up, share_of_each
from bots.money import BASIS_POINTS

MATCHED = "MATCHED"
_ITEM_FACTS = [
    *("is_due", "is_asked", "own_fen", "base_fen", "own_rate_bp", "premium_before_fen", "endorsement_date"),
    *("payable_date", "open_gate", "missing_rule", "nominal_fen", "undivided_class", "undivided_fact"),
]
# Which of an item's groups is compared with its own amount: the first of these that there is.
_ANSWERS = {COMPARE: 0, BreakClass.PERIOD_DIFF: 0, BreakClass.CURRENCY: 1, BreakClass.DUPLICATE_PAID: 2}


def compare_groups(
    lines: pd.DataFrame, items: pd.DataFrame, parts: pd.DataFrame, figures: Figures
) -> pd.DataFrame:
    """One row per group: statement_fen, own_fen, difference_fen, ``break_class`` (or MATCHED).

    ``parts`` holds the own parts of due items: ITEM_KEY, agent_no, part_fen.
    """
    groups = _sum_groups(lines)
    facts = items.rename(columns={"rate_bp": "own_rate_bp"})[[*ITEM_KEY, *_ITEM_FACTS]]
    facts = facts.rename(columns=dict(zip(ITEM_KEY, TARGET, strict=True)))
    groups = groups.merge(facts, on=TARGET, how="left", validate="many_to_one")
    for column in ("own_fen", "base_fen", "own_rate_bp"):
        groups[column] = groups[column].astype("Int64").fillna(0).astype("int64")
    groups["is_answer"] = _takes_own(groups) & groups["is_due"].eq(other=True)
    groups["own_fen"] = groups["own_fen"].where(groups["is_answer"], 0)
    groups["difference_fen"] = groups["statement_fen"] - groups["own_fen"]
    groups["is_split_wrong"] = groups["group_no"].isin(_wrong_splits(groups, lines, parts))
    groups["break_class"] = groups["first_class"].where(
        groups["first_class"] != COMPARE, _explain(groups, figures)
    )
    return groups


def find_unanswered(
    groups: pd.DataFrame, items: pd.DataFrame, statements: pd.DataFrame, stray: pd.DataFrame
) -> pd.DataFrame:
    """Due and asked items without lines: TIMING after the insurer's last cut-off, else missing.

    ``stray`` are lines of batches that no list names; they answer nothing but say what to look for.
    """
    is_told = groups["first_class"].isin([*GROUPED, BreakClass.RATE_MISSING])
    answers = groups[is_told | groups["is_answer"]]
    answered = pd.MultiIndex.from_frame(answers[TARGET])
    left = items[items["is_due"] | items["is_asked"]].rename(columns={"rate_bp": "own_rate_bp"})
    left = left[~pd.MultiIndex.from_frame(left[ITEM_KEY]).isin(answered)]
    last = statements.groupby("insurer_slug", as_index=False).agg(last_cutoff_date=("cutoff_date", "max"))
    left = left.merge(last, on="insurer_slug", how="left")
    seen = stray.drop_duplicates(ITEM_KEY)[[*ITEM_KEY, "batch_no"]]
    left = left.merge(seen, on=ITEM_KEY, how="left", validate="one_to_one")
    causes = [
        (BreakClass.RATE_MISSING, left["is_asked"]),
        (BreakClass.CURRENCY, left["currency"] != YUAN),
        (BreakClass.BATCH_UNKNOWN, left["batch_no"].notna()),
        (BreakClass.TIMING, left["payable_date"] > left["last_cutoff_date"]),
    ]
    left["break_class"] = np.select(
        [fits for _, fits in causes],
        [str(name) for name, _ in causes],
        default=str(BreakClass.MISSING_IN_STATEMENT),
    )
    left = left.rename(columns={"currency": "policy_currency"})
    left[TARGET] = left[ITEM_KEY]
    return left.assign(statement_fen=0, difference_fen=-left["own_fen"])


def _sum_groups(lines: pd.DataFrame) -> pd.DataFrame:
    lines = lines.assign(is_other_agent=~lines["is_split"] & (lines["agent_no"] != lines["seller_no"]))
    firsts = [*ITEM_KEY, *TARGET, "batch_no", "line_no", "first_class", "is_split", "currency"]
    firsts += ["policy_currency", "agent_no", "endorsement_no", "remark", "paid_at"]
    return lines.groupby("group_no", sort=True, as_index=False).agg(
        **{column: (column, "first") for column in firsts},
        statement_fen=("amount_fen", "sum"),
        line_count=("amount_fen", "size"),
        line_premium_fen=("premium_fen", "max"),
        lowest_premium_fen=("premium_fen", "min"),
        line_rate_bp=("rate_bp", "max"),
        lowest_rate_bp=("rate_bp", "min"),
        is_other_agent=("is_other_agent", "any"),
    )


def _takes_own(groups: pd.DataFrame) -> pd.Series:
    """One group at most answers an item: one that is compared, else a foreign one, else a duplicate."""
    rank = groups["first_class"].map({str(name): rank for name, rank in _ANSWERS.items()})
    able = groups.assign(rank=rank).dropna(subset="rank").sort_values(["rank", "group_no"])
    first = able.drop_duplicates(TARGET)["group_no"]
    return groups["group_no"].isin(first)


def _wrong_splits(groups: pd.DataFrame, lines: pd.DataFrame, parts: pd.DataFrame) -> pd.Index:
    """Groups of split policies in which some agent's lines differ from his own part."""
    split = groups.loc[groups["is_split"] & (groups["first_class"] == COMPARE), ["group_no", *TARGET]]
    paid = lines.loc[lines["group_no"].isin(split["group_no"]), ["group_no", "agent_no", "amount_fen"]]
    own = split.merge(parts, left_on=TARGET, right_on=ITEM_KEY)[["group_no", "agent_no", "part_fen"]]
    own = own.assign(amount_fen=-own["part_fen"]).drop(columns="part_fen")
    rest = pd.concat([paid, own]).groupby(["group_no", "agent_no"])["amount_fen"].sum()
    return rest[rest != 0].index.get_level_values("group_no").unique()


def _explain(groups: pd.DataFrame, figures: Figures) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    statement, own, base = groups["statement_fen"], groups["own_fen"], groups["base_fen"]
    rate, line_premium = groups["own_rate_bp"], groups["line_premium_fen"]
    one_premium = groups["lowest_premium_fen"] == line_premium
    one_rate = (groups["lowest_rate_bp"] == groups["line_rate_bp"]).astype("boolean").fillna(value=False)
    line_rate = groups["line_rate_bp"].fillna(0).astype("int64")
    before = groups["premium_before_fen"].astype("Int64")
    at_before = share_of_each(before.fillna(0).astype("int64"), rate)
    net_of_vat = divide_half_up(own * BASIS_POINTS, BASIS_POINTS + figures.vat_rate_bp)
    is_equal = statement == own
    small = groups["difference_fen"].abs() <= figures.tolerance_fen * groups["line_count"]
    is_agreed = is_equal | small
    causes = [
        (BreakClass.SPLIT_UNREADABLE, is_agreed & (groups["undivided_class"] == BreakClass.SPLIT_UNREADABLE)),
        (BreakClass.AGENT_UNKNOWN, is_agreed & (groups["undivided_class"] == BreakClass.AGENT_UNKNOWN)),
        (BreakClass.SPLIT_WRONG, is_equal & groups["is_split_wrong"]),
        (BreakClass.ATTRIBUTION, is_equal & groups["is_other_agent"]),
        (MATCHED, is_equal),
        (BreakClass.ROUNDING, small),
        (BreakClass.ENDORSED_AFTER, before.notna() & (statement == at_before)),
        (BreakClass.TAX_BASIS, statement == net_of_vat),
        (
            BreakClass.BASE_DIFF,
            one_premium & (line_premium != base) & (statement == share_of_each(line_premium, rate)),
        ),
        (
            BreakClass.RATE_DIFF,
            one_premium
            & one_rate.astype("bool")
            & (line_premium == base)
            & (statement == share_of_each(base, line_rate)),
        ),
    ]
    return np.select(
        [fits for _, fits in causes],
        [str(name) for name, _ in causes],
        default=str(BreakClass.AMOUNT_DIFF),
    )
