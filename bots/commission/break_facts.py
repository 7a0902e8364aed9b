"""What each kind of break tells about itself: items, batches, bank receipts."""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, BreakClass
from bots.commission.comparing import MATCHED
from bots.commission.judging import POLICY_KEY
from bots.money import format_yuan

_SHOW_AGENTS = [str(BreakClass.SPLIT_WRONG), str(BreakClass.ATTRIBUTION)]


def item_facts(
    groups: pd.DataFrame, lines: pd.DataFrame, parts: pd.DataFrame, policies: pd.DataFrame
) -> pd.DataFrame:
    """Groups that are breaks, with status_date, own_year, line_refs, paid_at and the agents' parts."""
    facts = groups[groups["break_class"] != MATCHED]
    facts = facts.merge(policies[[*POLICY_KEY, "status_date"]], on=POLICY_KEY, how="left")
    facts = facts.rename(columns={"target_policy_year": "own_year"})
    in_facts = lines[lines["group_no"].isin(facts["group_no"])]
    places = in_facts["batch_no"] + " 第 " + in_facts["line_no"].astype("str") + " 行"
    refs = places.groupby(in_facts["group_no"]).agg(list).rename("line_refs")
    facts = facts.merge(refs, left_on="group_no", right_index=True, how="left")
    shown = facts.loc[facts["break_class"].isin(_SHOW_AGENTS), ["group_no", *ITEM_KEY]]
    own = shown.merge(parts, on=ITEM_KEY)
    paid = shown[["group_no"]].merge(lines, on="group_no")
    facts = facts.merge(_list_agents(own, "part_fen", "agents"), on="group_no", how="left")
    return facts.merge(_list_agents(paid, "amount_fen", "line_agents"), on="group_no", how="left")


def batch_facts(batches: pd.DataFrame) -> pd.DataFrame:
    """Batches whose list total differs from their lines; statement_fen is the sum of the lines."""
    wrong = batches[batches["lines_class"] != ""]
    return wrong.assign(
        break_class=wrong["lines_class"],
        break_id=wrong["lines_break_id"],
        statement_fen=wrong["lines_total_fen"],
        difference_fen=wrong["lines_difference_fen"],
        transaction_no="",
    ).drop(columns=["bank_fen", "booked_at"])


def bank_facts(batches: pd.DataFrame, receipts: pd.DataFrame) -> list[pd.DataFrame]:
    """Batches paid short or over (statement_fen = list total), and receipts nobody can place."""
    wrong = batches[batches["bank_class"] != ""]
    short_or_over = wrong.assign(
        break_class=wrong["bank_class"],
        break_id=wrong["bank_break_id"],
        statement_fen=wrong["cover_total_fen"],
        difference_fen=wrong["bank_difference_fen"],
    )
    unplaced = receipts[receipts["break_class"] != ""]
    unidentified = unplaced.assign(
        statement_fen=0,
        bank_fen=unplaced["amount_fen"],
        difference_fen=unplaced["amount_fen"],
        fitting_batch=_fitting_gap(unplaced, batches),
    )
    return [short_or_over, unidentified]


def mark_unidentified(receipts: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """BANK_UNIDENTIFIED where an insurer's receipt found no batch, else ""."""
    unplaced = (receipts["set_aside"] == "") & (receipts["batch_no"] == "")
    return np.where(unplaced, str(BreakClass.BANK_UNIDENTIFIED), "")


def _fitting_gap(unplaced: pd.DataFrame, batches: pd.DataFrame) -> pd.Series:
    """The one batch of the same insurer that lacks exactly the receipt's amount: a hint, never a match."""
    key = ["insurer_slug", "amount_fen"]
    gaps = batches.assign(amount_fen=-batches["bank_difference_fen"])
    gaps = gaps.loc[gaps["amount_fen"] > 0, [*key, "batch_no"]].drop_duplicates(key, keep=False)
    found = unplaced[key].merge(gaps, on=key, how="left")["batch_no"]
    return found.fillna("").set_axis(unplaced.index)


def _list_agents(rows: pd.DataFrame, amount: str, name: str) -> pd.DataFrame:
    totals = rows.groupby(["group_no", "agent_no"], sort=True)[amount].sum().reset_index()
    totals[name] = totals["agent_no"] + " " + totals[amount].map(format_yuan)
    return totals.groupby("group_no", as_index=False).agg(**{name: (name, list)})
