"""Due items into parts for sellers, uplines and the house; what is payable and what is held, and why."""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, BreakClass
from bots.commission.comparing import MATCHED
from bots.commission.hierarchy import Uplines, find_uplines
from bots.commission.judging import TARGET
from bots.commission.rules import SettlementRules, shares_on, values_on
from bots.commission.whole_fen import share_of_each, split_each

HOUSE = "HOUSE"
_POLICY = ITEM_KEY[:2]
_ORDER = [*ITEM_KEY, "role_order", "source_order", "generation"]


def split_due_items(items: pd.DataFrame, splits: pd.DataFrame) -> pd.DataFrame:
    """Own parts of due items in listed order: ITEM_KEY, agent_no, split_bp, part_fen and item facts."""
    due = items.loc[items["is_due"], [*ITEM_KEY, "issue_date", "own_fen", "base_fen", "rate_bp"]]
    listed = splits.rename(columns={"share_bp": "split_bp"})
    parts = due.merge(listed, on=_POLICY, validate="many_to_many")
    item_no = parts.groupby(ITEM_KEY, sort=False).ngroup()
    parts["part_fen"] = split_each(parts["own_fen"], parts["split_bp"], item_no)
    parts["source_order"] = parts.groupby(item_no).cumcount()
    return parts


def uplines_of(parts: pd.DataFrame, agents: pd.DataFrame, rules: SettlementRules) -> Uplines:
    """The chain above every seller of due items, as deep as overrides are ever paid."""
    return find_uplines(parts, agents, max(len(row.value) for row in rules.override_bp))


def mark_undivided(items: pd.DataFrame, parts: pd.DataFrame, uplines: Uplines) -> pd.DataFrame:
    """Items with ``undivided_class`` and ``undivided_fact``: due, but nobody can say for whom.

    SPLIT_UNREADABLE with the text, AGENT_UNKNOWN with the agents who have no row on the issue date, "" else.
    """
    unknown = parts.merge(uplines.unknown, on=["agent_no", "issue_date"]).sort_values("unknown_agent_no")
    lost = unknown.groupby(ITEM_KEY, as_index=False).agg(
        lost=("unknown_agent_no", lambda n: "、".join(n.unique()))
    )
    items = items.merge(lost.astype({"lost": "str"}), on=ITEM_KEY, how="left", validate="one_to_one")
    is_unreadable = items["is_due"] & (items["seller_no"] == "")
    items["undivided_class"] = np.select(
        [is_unreadable, items["lost"].notna()],
        [str(BreakClass.SPLIT_UNREADABLE), str(BreakClass.AGENT_UNKNOWN)],
        default="",
    )
    items["undivided_fact"] = items["agent_split"].where(is_unreadable, items.pop("lost").fillna(""))
    return items


def decide_states(
    items: pd.DataFrame,
    groups: pd.DataFrame,
    unanswered: pd.DataFrame,
    lines: pd.DataFrame,
    batches: pd.DataFrame,
) -> pd.DataFrame:
    """Due items with break_class (or MATCHED), state payable/held and the break_id that holds them.

    ``groups``, ``unanswered`` and ``batches`` carry the ids of their breaks; ``batches.hold_id`` is ""
    for a batch whose lines add up and whose money is there. An item that the insurer also took back
    (a CORRECTION line with its key) is held by that break.
    """
    waiting = lines.merge(batches[["insurer_slug", "batch_no", "hold_id"]], on=["insurer_slug", "batch_no"])
    waiting = waiting[waiting["hold_id"] != ""].drop_duplicates("group_no")
    answers = groups[groups["is_answer"]].merge(
        waiting[["group_no", "hold_id"]], on="group_no", how="left", validate="one_to_one"
    )
    columns = [*TARGET, "break_class", "break_id", "hold_id", "statement_fen", "batch_no", "line_no"]
    found = pd.concat([answers[columns], unanswered.assign(hold_id="").reindex(columns=columns)])
    found = found.rename(columns=dict(zip(TARGET, ITEM_KEY, strict=True)))
    due = items[items["is_due"]].merge(found, on=ITEM_KEY, how="left", validate="one_to_one")
    is_agreed = due["break_class"].isin([MATCHED, str(BreakClass.ROUNDING)])
    holder = due["hold_id"].fillna("")
    holder = holder.where(holder != "", _correction_ids(due, groups)).where(is_agreed, due["break_id"])
    due["state"] = np.where(is_agreed & (holder == ""), "payable", "held")
    due["held_by"] = holder
    return due


def _correction_ids(due: pd.DataFrame, groups: pd.DataFrame) -> pd.Series:
    reversed_items = groups.loc[groups["first_class"] == BreakClass.CORRECTION, [*ITEM_KEY, "break_id"]]
    first = reversed_items.drop_duplicates(ITEM_KEY)
    found = due[ITEM_KEY].merge(first, on=ITEM_KEY, how="left", validate="one_to_one")["break_id"]
    return found.fillna("").set_axis(due.index)


def settle(due: pd.DataFrame, parts: pd.DataFrame, uplines: Uplines, rules: SettlementRules) -> pd.DataFrame:
    """Settlement lines: one per seller, per earning upline and one for the house, summing to own_fen.

    An item that cannot be divided stays with the house as a whole, held.

    Shares and chain are those of the policy's issue date. share_bp is the share the line's amount is
    of its source: the agent's share of his part, the override's share of the agent's part.
    """
    whole = due.loc[due["undivided_class"] != "", ITEM_KEY]
    is_divided = ~pd.MultiIndex.from_frame(parts[ITEM_KEY]).isin(pd.MultiIndex.from_frame(whole))
    sellers = _seller_lines(parts[is_divided], rules)
    lines = pd.concat([sellers, _override_lines(sellers, uplines, rules)], ignore_index=True)
    lines = pd.concat([lines, _house_lines(due, lines)], ignore_index=True)
    told = ["base_fen", "rate_bp", "currency", "nominal_fen", "undivided_class", "state", "held_by"]
    facts = due[[*ITEM_KEY, *told]]
    lines = lines.merge(facts, on=ITEM_KEY, how="left", validate="many_to_one")
    return lines.sort_values(_ORDER, ignore_index=True)


def sum_by_agent(lines: pd.DataFrame) -> pd.DataFrame:
    """agent_no (HOUSE included), payable_fen, held_fen, line_count; agents in order."""
    is_payable = lines["state"] == "payable"
    marked = lines.assign(
        payable_fen=lines["amount_fen"].where(is_payable, 0),
        held_fen=lines["amount_fen"].where(~is_payable, 0),
    )
    return marked.groupby("agent_no", as_index=False).agg(
        payable_fen=("payable_fen", "sum"), held_fen=("held_fen", "sum"), line_count=("held_fen", "size")
    )


def _seller_lines(parts: pd.DataFrame, rules: SettlementRules) -> pd.DataFrame:
    sellers = parts[[*ITEM_KEY, "issue_date", "agent_no", "split_bp", "part_fen", "source_order"]].copy()
    sellers["share_bp"] = values_on(rules.agent_share_bp, sellers["issue_date"], "agent_share_bp")
    sellers["amount_fen"] = share_of_each(sellers["part_fen"], sellers["share_bp"])
    return sellers.assign(
        source_agent_no=sellers["agent_no"],
        source_fen=sellers["part_fen"],
        role="SELLER",
        generation=0,
        role_order=0,
    )


def _override_lines(sellers: pd.DataFrame, uplines: Uplines, rules: SettlementRules) -> pd.DataFrame:
    lines = sellers.drop(columns="generation").merge(uplines.earning, on=["agent_no", "issue_date"])
    lines["source_fen"] = lines["amount_fen"]
    lines["share_bp"] = shares_on(rules.override_bp, lines["issue_date"], lines["generation"], "override_bp")
    lines["amount_fen"] = share_of_each(lines["source_fen"], lines["share_bp"])
    lines["agent_no"] = lines.pop("upline_agent_no")
    return lines[lines["share_bp"] > 0].assign(role="OVERRIDE", role_order=1)


def _house_lines(due: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    paid = lines.groupby(ITEM_KEY, as_index=False).agg(paid_fen=("amount_fen", "sum"))
    house = due[[*ITEM_KEY, "own_fen", "issue_date"]].merge(paid, on=ITEM_KEY, how="left")
    house["amount_fen"] = house["own_fen"] - house.pop("paid_fen").astype("Int64").fillna(0).astype("int64")
    house["source_fen"] = house.pop("own_fen")
    return house.assign(
        agent_no=HOUSE,
        source_agent_no=HOUSE,
        role=HOUSE,
        generation=0,
        share_bp=0,
        split_bp=0,
        part_fen=0,
        source_order=0,
        role_order=2,
    )
