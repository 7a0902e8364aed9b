"""Bank receipts to statement batches: by batch number, else by a unique exact amount; never a guess."""

import json
import re
from datetime import date

import numpy as np
import pandas as pd

from bots.commission.classes import BreakClass
from bots.commission.rules import SettlementRules, value_on
from bots.errors import RulesInvalid
from bots.records import Period

_BATCH = ["insurer_slug", "batch_no"]
SET_ASIDE_REASONS = {
    "AFTER_BUSINESS_DATE": "到账日晚于业务日期",
    "OUTGOING": "支出，不是保司回款",
    "NOT_AN_INSURER": "付款户名不是保险公司",
    "OTHER_PERIOD": "摘要写明属于其他结算月的批次",
}


def assign_receipts(
    receipts: pd.DataFrame,
    statements: pd.DataFrame,
    insurers: pd.DataFrame,
    rules: SettlementRules,
    *,
    period: Period,
    business_date: date,
) -> pd.DataFrame:
    """Receipts with insurer_slug, batch_no ("" = unidentified) and set_aside ("" = used here).

    ``statements`` may hold other periods: a receipt naming one of their batches is set aside, and so
    is one booked after ``business_date``, so that a past day can be run again.
    """
    receipts = receipts.sort_values(["booked_at", "bank", "transaction_no"], ignore_index=True)
    receipts = receipts.merge(_payers(insurers), on="payer_name", how="left", validate="many_to_one")
    receipts["insurer_slug"] = receipts["insurer_slug"].fillna("")
    named = _find_named_batch(receipts, statements)
    is_other_period = named["period"].notna() & (named["period"] != period.text)
    receipts["batch_no"] = named["batch_no"].where(named["period"] == period.text, "")
    is_future = receipts["booked_at"].dt.normalize() > pd.Timestamp(business_date)
    receipts["set_aside"] = np.select(
        [is_future, receipts["direction"] != "in", receipts["insurer_slug"] == "", is_other_period],
        list(SET_ASIDE_REASONS),
        default="",
    )
    receipts["batch_no"] = receipts["batch_no"].where(receipts["set_aside"] == "", "")
    current = statements[statements["period"] == period.text]
    match_days = value_on(rules.bank_match_days, period.last_day, "bank_match_days")
    return _claim_by_amount(receipts, current, match_days, has_number=named["has_number"])


def compare_batches(statements: pd.DataFrame, lines: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """One row per batch: lines_total_fen, cover_total_fen, bank_fen, both differences and classes.

    ``lines_class`` and ``bank_class`` are "" where the figures agree.
    """
    total = lines.groupby(_BATCH, as_index=False).agg(
        lines_total_fen=("amount_fen", "sum"), lines_read=("amount_fen", "size")
    )
    used = receipts[(receipts["set_aside"] == "") & (receipts["batch_no"] != "")]
    paid = used.groupby(_BATCH, as_index=False).agg(
        bank_fen=("amount_fen", "sum"),
        transaction_no=("transaction_no", "first"),
        booked_at=("booked_at", "max"),
    )
    batches = statements.merge(total, on=_BATCH, how="left").merge(paid, on=_BATCH, how="left")
    for column in ("lines_total_fen", "lines_read", "bank_fen"):
        batches[column] = batches[column].astype("Int64").fillna(0).astype("int64")
    batches["transaction_no"] = batches["transaction_no"].fillna("")
    batches["lines_difference_fen"] = batches["lines_total_fen"] - batches["cover_total_fen"]
    batches["bank_difference_fen"] = batches["bank_fen"] - batches["cover_total_fen"]
    batches["lines_class"] = np.where(
        batches["lines_difference_fen"] != 0, str(BreakClass.STATEMENT_TOTAL_NE_LINES), ""
    )
    batches["bank_class"] = np.select(
        [batches["bank_difference_fen"] < 0, batches["bank_difference_fen"] > 0],
        [str(BreakClass.BANK_SHORT), str(BreakClass.BANK_OVER)],
        default="",
    )
    return batches.sort_values(_BATCH, ignore_index=True)


def _payers(insurers: pd.DataFrame) -> pd.DataFrame:
    """payer_name -> insurer_slug; one name may stand for one insurer only."""
    listed = [json.loads(text) for text in insurers["payer_names"]]
    payers = pd.DataFrame({"insurer_slug": insurers["slug"], "payer_name": listed})
    payers = payers.explode("payer_name", ignore_index=True).dropna(subset="payer_name")
    payers["payer_name"] = payers["payer_name"].astype("str")
    doubled = payers.duplicated("payer_name")
    if doubled.any():
        name = payers.loc[doubled, "payer_name"].iloc[0]
        raise RulesInvalid(
            f"付款户名“{name}”同时属于两家保险公司。", remedy="请修改保险公司表的 payer_names。"
        )
    return payers


def _find_named_batch(receipts: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """batch_no and period of the batch that the summary names; has_number also for foreign ones."""
    # Longest first, so that TA1-10 is not read as TA1-1.
    numbers = sorted(statements["batch_no"].unique(), key=len, reverse=True)
    pattern = "(" + "|".join(re.escape(number) for number in numbers) + ")" if numbers else "(?!)()"
    named = receipts[["insurer_slug"]].copy()
    named["batch_no"] = receipts["summary"].str.extract(pattern, expand=False).fillna("")
    named["has_number"] = named["batch_no"] != ""
    return named.merge(statements[[*_BATCH, "period"]], on=_BATCH, how="left", validate="many_to_one")


def _claim_by_amount(
    receipts: pd.DataFrame, statements: pd.DataFrame, match_days: int, *, has_number: pd.Series
) -> pd.DataFrame:
    """Receipts without a number take the one unpaid batch of exactly their amount, in booking order."""
    paid = set(zip(receipts["insurer_slug"], receipts["batch_no"], strict=True))
    open_batches = {
        (row["insurer_slug"], row["batch_no"]): (row["cover_total_fen"], row["cutoff_date"])
        for row in statements.to_dict("records")
        if (row["insurer_slug"], row["batch_no"]) not in paid
    }
    waiting = receipts[(receipts["set_aside"] == "") & ~has_number]
    batch_nos = receipts["batch_no"].to_dict()
    for index, receipt in waiting.to_dict("index").items():
        fitting = [
            batch
            for batch, (cover_fen, cutoff) in open_batches.items()
            if batch[0] == receipt["insurer_slug"]
            and cover_fen == receipt["amount_fen"]
            and abs((receipt["booked_at"].normalize() - cutoff).days) <= match_days
        ]
        if len(fitting) == 1:
            batch_nos[index] = fitting[0][1]
            del open_batches[fitting[0]]
    return receipts.assign(batch_no=pd.Series(batch_nos, dtype="str"))
