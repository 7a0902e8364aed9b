"""Bank receipts to statement batches: by batch number, else by a unique exact amount; never a guess."""

import json
import re
from datetime import date

import numpy as np
import pandas as pd

from bots.commission.classes import BreakClass
from bots.commission.rules import SettlementRules, values_on
from bots.errors import RulesInvalid
from bots.records import Period

_BATCH = ["insurer_slug", "batch_no"]
SET_ASIDE_REASONS = {
    "AFTER_BUSINESS_DATE": "到账日晚于业务日期",
    "OUTGOING": "支出，不是保司回款",
    "NOT_AN_INSURER": "付款户名不是保险公司",
    "OTHER_PERIOD": "属于其他结算月：付的是其他月的批次，或在其他月到账而无批次可认",
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

    ``statements`` holds the batches of all periods. Which batch a receipt pays does not depend on
    ``period``, so no receipt pays two months; one that pays no batch belongs to the month it was booked
    in. What belongs to another month is set aside, and so is what was booked after ``business_date``,
    so that a past day can be run again.
    """
    receipts = receipts.sort_values(["booked_at", "bank", "transaction_no"], ignore_index=True)
    receipts = receipts.merge(_payers(insurers), on="payer_name", how="left", validate="many_to_one")
    receipts["insurer_slug"] = receipts["insurer_slug"].fillna("")
    named = _find_named_batch(receipts, statements)
    is_future = receipts["booked_at"].dt.normalize() > pd.Timestamp(business_date)
    receipts["set_aside"] = np.select(
        [is_future, receipts["direction"] != "in", receipts["insurer_slug"] == ""],
        list(SET_ASIDE_REASONS)[:3],
        default="",
    )
    is_named = named["period"].notna() & (receipts["set_aside"] == "")
    receipts["batch_no"] = named["batch_no"].where(is_named, "")
    match_days = values_on(rules.bank_match_days, statements["cutoff_date"], "bank_match_days")
    limited = statements.assign(match_days=match_days)
    receipts = _claim_by_amount(receipts, limited, has_number=named["has_number"])
    return _leave_other_periods(receipts, statements, period)


def _leave_other_periods(receipts: pd.DataFrame, statements: pd.DataFrame, period: Period) -> pd.DataFrame:
    paid = receipts[_BATCH].merge(statements[[*_BATCH, "period"]], on=_BATCH, how="left")["period"]
    belongs_to = paid.fillna(receipts["booked_at"].dt.strftime("%Y-%m"))
    is_other = (receipts["set_aside"] == "") & (belongs_to != period.text)
    receipts["set_aside"] = receipts["set_aside"].mask(is_other, "OTHER_PERIOD")
    receipts["batch_no"] = receipts["batch_no"].mask(is_other, "")
    return receipts


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
    batches["lines_class"] = np.select(
        [batches["lines_read"] != batches["line_count"], batches["lines_difference_fen"] != 0],
        [str(BreakClass.BATCH_INCOMPLETE), str(BreakClass.STATEMENT_TOTAL_NE_LINES)],
        default="",
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
    receipts: pd.DataFrame, statements: pd.DataFrame, *, has_number: pd.Series
) -> pd.DataFrame:
    """Receipts without a number take the one unpaid batch of exactly their amount, in booking order."""
    paid = set(zip(receipts["insurer_slug"], receipts["batch_no"], strict=True))
    open_batches = {
        (row["insurer_slug"], row["batch_no"]): row
        for row in statements.to_dict("records")
        if (row["insurer_slug"], row["batch_no"]) not in paid
    }
    waiting = receipts[(receipts["set_aside"] == "") & ~has_number]
    batch_nos = receipts["batch_no"].to_dict()
    for index, receipt in waiting.to_dict("index").items():
        fitting = [
            batch
            for batch, row in open_batches.items()
            if batch[0] == receipt["insurer_slug"]
            and row["cover_total_fen"] == receipt["amount_fen"]
            and abs((receipt["booked_at"].normalize() - row["cutoff_date"]).days) <= row["match_days"]
        ]
        if len(fitting) == 1:
            batch_nos[index] = fitting[0][1]
            del open_batches[fitting[0]]
    return receipts.assign(batch_no=pd.Series(batch_nos, dtype="str"))
