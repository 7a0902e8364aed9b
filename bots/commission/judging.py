"""First cause that fits a statement line alone, in the contract's order; the rest is left to compare.

Lines end in groups that are judged together: one line each where a rule looks at a line alone, one
group per item where amounts are compared. Every due item's own amount is given to at most one group,
so the differences always add up to statement - own.
"""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, YUAN, BreakClass

COMPARE = "COMPARE"
POLICY_KEY = ITEM_KEY[:2]
TARGET = [f"target_{column}" for column in ITEM_KEY]
GROUPED = [BreakClass.CURRENCY, BreakClass.PERIOD_DIFF, COMPARE]
_LINE_ORDER = ["insurer_slug", "batch_no", "line_no"]
_ITEM_FACTS = ["is_due", "is_asked", "received_date", "payable_date", "open_gate"]
_POLICY_FACTS = ["policy_currency", "seller_no", "is_split", "is_cooling_off_cancelled", "is_surrendered"]


def mark_duplicates(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of all periods with ``is_duplicate`` and ``paid_at``, the place of the first payment or "".

    A duplicate is the second or later positive line of one item, agent and endorsement, earlier periods
    first: money that was paid last month is paid twice when it comes again.
    """
    lines = lines.sort_values(["period", *_LINE_ORDER], ignore_index=True)
    positive = lines[lines["amount_fen"] > 0]
    place = positive["batch_no"] + " 第 " + positive["line_no"].astype("str") + " 行"
    same = place.groupby([positive[column] for column in (*ITEM_KEY, "agent_no", "endorsement_no")])
    again = same.cumcount() > 0
    lines["is_duplicate"] = again.reindex(lines.index, fill_value=False)
    lines["paid_at"] = same.transform("first").where(again, "").reindex(lines.index, fill_value="")
    return lines


def judge_lines(
    lines: pd.DataFrame, items: pd.DataFrame, policies: pd.DataFrame, first_day: pd.Timestamp
) -> pd.DataFrame:
    """Each line in (batch_no, line_no) order with ``first_class``, ``target_*`` and ``group_no``.

    ``target_*`` is the item the line answers: its own key, or another year's for PERIOD_DIFF.
    Lines to be compared with a due item carry COMPARE. Input rows may come in any order, but carry the
    marks of ``mark_duplicates``.
    """
    lines = _join_facts(lines, items, policies)
    lines["first_class"] = _first(
        [
            (BreakClass.CORRECTION, lines["amount_fen"] < 0),
            (BreakClass.MISSING_IN_OWN, ~lines["has_policy"]),
            (BreakClass.CURRENCY, lines["is_foreign"]),
            (BreakClass.DUPLICATE_PAID, lines["is_duplicate"]),
        ],
        default="",
    )
    lines = _find_other_year(lines, items)
    late = _first(
        [
            (BreakClass.PERIOD_DIFF, lines["is_other_year"]),
            (BreakClass.COOLING_OFF_CANCELLED, lines["is_cooling_off_cancelled"]),
            (BreakClass.SURRENDERED, lines["is_surrendered"]),
            (BreakClass.PREMIUM_UNPAID, lines["received_date"].isna()),
            (BreakClass.GATE_OPEN, lines["open_gate"] != ""),
            (BreakClass.TIMING, lines["payable_date"] < first_day),
            (BreakClass.RATE_MISSING, lines["is_asked"]),
        ],
        default=COMPARE,
    )
    lines["first_class"] = lines["first_class"].where(lines["first_class"] != "", late)
    return _number_groups(lines)


def _first(rules: list[tuple[str, pd.Series]], default: str) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    return np.select([fits for _, fits in rules], [str(name) for name, _ in rules], default=default)


def _join_facts(lines: pd.DataFrame, items: pd.DataFrame, policies: pd.DataFrame) -> pd.DataFrame:
    lines = lines.sort_values(_LINE_ORDER, ignore_index=True)
    known = policies.rename(columns={"currency": "policy_currency"})[[*POLICY_KEY, *_POLICY_FACTS]]
    lines = lines.merge(known, on=POLICY_KEY, how="left", validate="many_to_one", indicator="in_policies")
    lines = lines.merge(
        items[[*ITEM_KEY, *_ITEM_FACTS]],
        on=ITEM_KEY,
        how="left",
        validate="many_to_one",
        indicator="in_items",
    )
    lines["has_policy"] = lines.pop("in_policies") == "both"
    lines["has_item"] = lines.pop("in_items") == "both"
    for flag in ("is_split", "is_cooling_off_cancelled", "is_surrendered", "is_due", "is_asked"):
        lines[flag] = lines[flag].eq(other=True)  # an absent fact is not true
    lines["is_foreign"] = (lines["currency"] != lines["policy_currency"]) | (lines["policy_currency"] != YUAN)
    lines[TARGET] = lines[ITEM_KEY]
    return lines


def _find_other_year(lines: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Marks lines without a premium row whose policy has exactly one due item that nobody answers."""
    answered = pd.MultiIndex.from_frame(lines.loc[lines["has_item"] & (lines["amount_fen"] >= 0), ITEM_KEY])
    due = items.loc[items["is_due"], ITEM_KEY]
    free = due[~pd.MultiIndex.from_frame(due).isin(answered)].drop_duplicates(POLICY_KEY, keep=False)
    free = free.rename(columns={"policy_year": "free_year", "item_type": "free_type"})
    lines = lines.merge(free, on=POLICY_KEY, how="left", validate="many_to_one")
    candidate = (lines["first_class"] == "") & ~lines["has_item"] & lines["free_year"].notna()
    first_claim = lines[candidate].drop_duplicates(POLICY_KEY)[ITEM_KEY]
    claimed = pd.MultiIndex.from_frame(lines[ITEM_KEY]).isin(pd.MultiIndex.from_frame(first_claim))
    lines["is_other_year"] = candidate & claimed
    year = lines.pop("free_year").fillna(0).astype("int64")
    lines["target_policy_year"] = year.where(lines["is_other_year"], lines["target_policy_year"])
    lines["target_item_type"] = lines.pop("free_type").where(
        lines["is_other_year"], lines["target_item_type"]
    )
    return lines


def _number_groups(lines: pd.DataFrame) -> pd.DataFrame:
    alone = pd.Series(range(len(lines)), index=lines.index).where(~lines["first_class"].isin(GROUPED), -1)
    by = [lines["first_class"], *(lines[column] for column in TARGET), alone]
    lines["group_no"] = lines.groupby(by, sort=False).ngroup()
    return lines
