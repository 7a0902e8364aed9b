"""Ledger x statement x bank -> breaks, settlement lines and tie-outs; values in, values out."""

from dataclasses import dataclass, fields
from datetime import date

import pandas as pd

from bots.commission.bank_matching import SET_ASIDE_REASONS, assign_receipts, compare_batches
from bots.commission.break_facts import bank_facts, batch_facts, item_facts, mark_unidentified
from bots.commission.breaks import add_break_ids, assemble_breaks
from bots.commission.classes import ITEM_KEY
from bots.commission.comparing import compare_groups, find_unanswered
from bots.commission.controls import add_up, check_tie_outs
from bots.commission.frames import LedgerFrames, shape_frame
from bots.commission.items import add_policy_facts, build_items, orphan_premiums, premium_rows
from bots.commission.judging import judge_lines, mark_duplicates
from bots.commission.rules import BreakWording, CommissionRules, value_on
from bots.commission.sentences import Figures
from bots.commission.settlement_frames import to_settlement_lines
from bots.commission.settling import (
    decide_states,
    mark_undivided,
    settle,
    split_due_items,
    sum_by_agent,
    uplines_of,
)
from bots.commission.splits import read_splits
from bots.records import Period

_BATCH = ["insurer_slug", "batch_no"]
_LINE = [*_BATCH, "line_no"]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One month's result; money in fen (int64), dates datetime64, columns as in the hub where it has them.

    ``items`` due items with state and break; ``matches`` one row per statement line; ``batches`` one row
    per batch with list total, lines and bank; ``set_aside`` dataset, row_key, code, reason;
    ``controls`` sums in fen, ``counts`` rows, ``tie_outs`` must all be 0; ``versions`` of the rules.
    """

    period: Period
    business_date: date
    items: pd.DataFrame
    matches: pd.DataFrame
    breaks: pd.DataFrame
    batches: pd.DataFrame
    settlement_lines: pd.DataFrame
    settlements: pd.DataFrame
    set_aside: pd.DataFrame
    controls: dict[str, int]
    counts: dict[str, int]
    tie_outs: dict[str, int]
    versions: dict[str, str]
    wordings: dict[str, BreakWording]
    insurer_names: dict[str, str]


def reconcile(  # noqa: PLR0917 - the contract of the flow: sources, rules, month, day
    ledger: LedgerFrames,
    statements: pd.DataFrame,
    statement_lines: pd.DataFrame,
    bank_receipts: pd.DataFrame,
    rules: CommissionRules,
    period: Period,
    business_date: date,
) -> Reconciliation:
    """Explain the month ``period`` as known on ``business_date``; same inputs, same result and ids.

    Raises SourceFileInvalid (a frame cannot be trusted) or RulesInvalid (rates or hierarchy
    contradict each other). Rules: docs/commission.md.
    """
    frames = {field.name: shape_frame(getattr(ledger, field.name), field.name) for field in fields(ledger)}
    all_statements, current, in_period, stray = _take_statements(statements, statement_lines, period)
    splits = read_splits(frames["policies"])
    frames["policies"] = add_policy_facts(frames["policies"], splits, period)
    items = build_items(frames, period)
    parts = split_due_items(items, splits)
    uplines = uplines_of(parts, frames["agents"], rules.settlement)
    items = mark_undivided(items, parts, uplines)
    figures = _figures_of(rules, period)
    lines = judge_lines(in_period, items, frames["policies"], pd.Timestamp(period.first_day))
    groups = compare_groups(lines, items, parts, figures)
    unanswered = find_unanswered(groups, items, current, stray)
    insurers = frames["insurers"]
    received = shape_frame(bank_receipts, "bank_receipts")
    receipts = assign_receipts(
        received, all_statements, insurers, rules.settlement, period=period, business_date=business_date
    )
    batches = compare_batches(current, lines, receipts)
    _add_ids(groups, unanswered, batches, receipts)
    facts = [item_facts(groups, lines, parts, frames["policies"]), unanswered]
    facts += [batch_facts(batches), *bank_facts(batches, receipts)]
    breaks = assemble_breaks(facts, rules.wordings, figures, business_date)
    due = decide_states(items, groups, unanswered, lines, batches)
    settled = settle(due, parts, uplines, rules.settlement)
    set_aside = _list_set_aside(frames, receipts, stray)
    premiums = len(premium_rows(frames["premium_dues"], frames["premium_receipts"]))
    rows_read = len(in_period) + len(stray) + len(received) + premiums
    counts = _count_rows(rows_read, lines, receipts, items, set_aside)
    controls = add_up(lines, due, batches, receipts, breaks)
    return Reconciliation(
        period=period,
        business_date=business_date,
        items=due,
        matches=_matches_of(lines, groups),
        breaks=breaks,
        batches=batches,
        set_aside=set_aside,
        controls=controls,
        counts=counts,
        versions=rules.versions,
        wordings=rules.wordings,
        insurer_names=dict(zip(insurers["slug"], insurers["name"], strict=True)),
        settlement_lines=to_settlement_lines(settled, breaks, rules.wordings, period),
        settlements=sum_by_agent(settled).assign(period=period.text),
        tie_outs=check_tie_outs(controls, counts, settled),
    )


def _figures_of(rules: CommissionRules, period: Period) -> Figures:
    settlement, day = rules.settlement, period.last_day
    return Figures(
        period.text,
        value_on(settlement.tolerance_fen_per_line, day, "tolerance_fen_per_line"),
        value_on(settlement.vat_rate_bp, day, "vat_rate_bp"),
    )


def _take_statements(
    statements: pd.DataFrame, lines: pd.DataFrame, period: Period
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """All batches, this period's batches, this period's lines, and lines of batches that no list names."""
    known = shape_frame(statements, "statements")
    current = known[known["period"] == period.text].reset_index(drop=True)
    placed = shape_frame(lines, "statement_lines").merge(
        known[[*_BATCH, "period"]], on=_BATCH, how="left", validate="many_to_one"
    )
    stray = placed[placed["period"].isna()].sort_values(_LINE, ignore_index=True)
    marked = mark_duplicates(placed[placed["period"].notna()])
    in_period = marked[marked["period"] == period.text].drop(columns="period")
    return known, current, in_period.reset_index(drop=True), stray


def _add_ids(
    groups: pd.DataFrame, unanswered: pd.DataFrame, batches: pd.DataFrame, receipts: pd.DataFrame
) -> None:
    groups["break_id"] = add_break_ids(groups, "break_class", [*ITEM_KEY, "batch_no", "line_no"])
    unanswered["break_id"] = add_break_ids(unanswered, "break_class", ITEM_KEY)
    batches["lines_break_id"] = add_break_ids(batches, "lines_class", _BATCH)
    batches["bank_break_id"] = add_break_ids(batches, "bank_class", _BATCH)
    is_short = batches["bank_difference_fen"] < 0
    holding = batches["bank_break_id"].where(is_short, "")
    batches["hold_id"] = batches["lines_break_id"].where(batches["lines_break_id"] != "", holding)
    receipts["break_class"] = mark_unidentified(receipts)
    receipts["break_id"] = add_break_ids(receipts, "break_class", ["bank", "transaction_no"])


def _matches_of(lines: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    outcome = groups[["group_no", "break_class", "break_id", "own_fen", "difference_fen"]]
    columns = [*_LINE, *ITEM_KEY[1:], "agent_no", "premium_fen", "rate_bp", "amount_fen"]
    merged = lines[[*columns, "group_no"]].merge(outcome, on="group_no", validate="many_to_one")
    return merged.sort_values(_LINE, ignore_index=True)


def _list_set_aside(
    frames: dict[str, pd.DataFrame], receipts: pd.DataFrame, stray: pd.DataFrame
) -> pd.DataFrame:
    left = receipts[receipts["set_aside"] != ""]
    of_bank = pd.DataFrame(
        {
            "dataset": "bank_receipts",
            "row_key": left["bank"] + "/" + left["transaction_no"],
            "code": left["set_aside"],
            "reason": left["set_aside"].map(SET_ASIDE_REASONS),
        }
    )
    of_lines = pd.DataFrame(
        {
            "dataset": "statement_lines",
            "row_key": stray["batch_no"] + "/" + stray["line_no"].astype("str"),
            "code": "BATCH_UNKNOWN",
            "reason": "所属批次不在批次列表中，无法确定结算月",
        }
    )
    return pd.concat([orphan_premiums(frames), of_bank, of_lines], ignore_index=True)


def _count_rows(
    rows_read: int, lines: pd.DataFrame, receipts: pd.DataFrame, items: pd.DataFrame, set_aside: pd.DataFrame
) -> dict[str, int]:
    accepted_receipts = int((receipts["set_aside"] == "").sum())
    return {
        "statement_lines": len(lines),
        "bank_receipts": accepted_receipts,
        "premium_rows": len(items),
        "due_items": int(items["is_due"].sum()),
        "rows_read": rows_read,
        "rows_accepted": len(lines) + accepted_receipts + len(items),
        "rows_set_aside": len(set_aside),
    }
