"""Breaks with a stable id, the arithmetic as a Chinese sentence, an action and the evidence."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from bots.commission.classes import ITEM_KEY
from bots.commission.comparing import MATCHED
from bots.commission.rules import BreakWording
from bots.commission.sentences import Figures, write_sentence

COLUMNS = [
    *("break_id", "period", "break_class", *ITEM_KEY, "batch_no", "line_no", "transaction_no"),
    *("own_fen", "statement_fen", "bank_fen", "difference_fen", "sentence", "suggested_action"),
    *("evidence", "status", "first_seen_date"),
]
_EVIDENCE = [
    *("line_refs", "base_fen", "own_rate_bp", "payable_date", "open_gate", "premium_before_fen"),
    *("endorsement_no", "line_premium_fen", "line_rate_bp", "currency", "agents", "line_agents", "remark"),
    *("nominal_fen", "policy_currency", "undivided_fact", "line_count", "lines_read"),
    *("cutoff_date", "lines_total_fen", "cover_total_fen", "payer_name", "booked_at", "paid_at"),
]


def add_break_ids(frame: pd.DataFrame, class_column: str, key: list[str]) -> pd.Series:
    """Ids of the rows that are breaks, "" for the rest: hash of class and natural key.

    The period is no part of it, so that an open break keeps its id when it is carried forward.
    """
    is_break = ~frame[class_column].isin(["", MATCHED])
    keys = frame.loc[is_break, [class_column, *key]].to_dict("split")["data"]
    ids = [_hash("|".join(str(part) for part in parts)) for parts in keys]
    return pd.Series(ids, index=frame.index[is_break], dtype="str").reindex(frame.index, fill_value="")


def _hash(text: str) -> str:
    return "B" + hashlib.sha256(text.encode()).hexdigest()[:15]


def assemble_breaks(
    facts: Iterable[pd.DataFrame],
    wordings: dict[str, BreakWording],
    figures: Figures,
    first_seen_date: date,
) -> pd.DataFrame:
    """Frames with break_id and the facts of each class -> the hub's ``breaks`` columns, largest first.

    Amounts are Int64 fen, NA where a side takes no part; evidence is a dict of plain values.
    """
    records = [record for frame in facts for record in frame.to_dict("records")]
    rows = [_to_row(record, wordings, figures) for record in records]
    breaks = pd.DataFrame(rows, columns=COLUMNS[:-2]).assign(status="open", first_seen_date=first_seen_date)
    whole = ["policy_year", "line_no", "own_fen", "statement_fen", "bank_fen"]
    breaks = breaks.astype(dict.fromkeys(whole, "Int64") | {"difference_fen": "int64"})
    size = breaks["difference_fen"].abs()
    order = breaks.assign(size=-size).sort_values(["size", "break_id"], ignore_index=True)
    return order[COLUMNS]


def _to_row(record: dict[Any, Any], wordings: dict[str, BreakWording], figures: Figures) -> dict[str, Any]:
    known = {str(name): value for name, value in record.items() if not _is_empty(value)}
    wording = wordings[known["break_class"]]
    row: dict[str, Any] = {column: known.get(column) for column in COLUMNS}
    row["period"] = figures.period
    row["sentence"] = write_sentence(wording.sentence, known, figures)
    row["suggested_action"] = wording.action
    row["evidence"] = {name: _plain(known[name]) for name in _EVIDENCE if name in known}
    return row


def _is_empty(value: Any) -> bool:
    return not isinstance(value, list) and bool(pd.isna(value) or value == "")


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return value.item() if hasattr(value, "item") else value
