"""What the firm itself expects: one item per premium row, with base, rate, gates and due flag."""

import numpy as np
import pandas as pd

from bots.commission.classes import ITEM_KEY, YUAN
from bots.commission.whole_fen import share_of_each
from bots.errors import RulesInvalid
from bots.records import Period

_POLICY = ["insurer_slug", "policy_no"]
_PREMIUM = [*_POLICY, "policy_year"]
_RATE = ["insurer_slug", "product_code", "pay_years", "policy_year"]
RETURN_VISIT_DONE = "成功"


def build_items(frames: dict[str, pd.DataFrame], period: Period) -> pd.DataFrame:
    """One row per premium row (due or received) of a known policy, keyed by ITEM_KEY.

    ``nominal_fen`` is HALF_UP(base x rate) in the policy's currency; ``own_fen`` is the same where the
    item ``is_due`` in yuan, else 0: another currency is no yuan until a person confirms the rate.
    ``is_asked`` marks items that would be due but have no product or rate: never 0 silently.
    ``open_gate`` says in Chinese what is still missing, "" when every gate holds.
    """
    items = premium_rows(frames["premium_dues"], frames["premium_receipts"])
    items = items.merge(frames["policies"], on=_POLICY, how="inner", validate="many_to_one")
    items["item_type"] = np.where(items["policy_year"] == 1, "FYC", "RYC")
    items = _add_base(items, frames["endorsements"], period)
    items = _pick_dated(items, frames["commission_rates"], _RATE, ["rate_bp"], "佣金费率")
    items = _pick_dated(items, frames["commission_caps"], _RATE, ["max_rate_bp"], "费率上限")
    items = _pick_dated(items, frames["products"], _RATE[:2], ["cooling_off_days"], "产品")
    items = _add_product_name(items, frames["products"])
    items["contract_rate_bp"] = items["rate_bp"]
    items["rate_bp"] = items[["rate_bp", "max_rate_bp"]].min(axis=1).where(items["rate_bp"].notna())
    items = _add_gates(items, period)
    return _add_due(items, period).sort_values(ITEM_KEY, ignore_index=True)


def add_policy_facts(policies: pd.DataFrame, splits: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Policies with seller_no (first listed), is_split, is_cooling_off_cancelled, is_surrendered.

    ``seller_no`` is "" where the split cannot be read.
    """
    sellers = splits.groupby(_POLICY, as_index=False).agg(
        seller_no=("agent_no", "first"), seller_count=("agent_no", "size")
    )
    policies = policies.merge(sellers, on=_POLICY, how="left", validate="one_to_one")
    policies["seller_no"] = policies["seller_no"].fillna("")
    policies["is_split"] = policies.pop("seller_count") > 1
    # A cancelled policy without a date is still cancelled: paying it would be the guess.
    last_day = pd.Timestamp(period.last_day)
    ended = policies["status_date"].isna() | (policies["status_date"] <= last_day)
    policies["is_cooling_off_cancelled"] = (policies["status"] == "cooling_off_cancelled") & ended
    policies["is_surrendered"] = (policies["status"] == "surrendered") & ended
    return policies


def orphan_premiums(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Premium rows whose policy is not in the ledger: dataset, row_key, code, reason."""
    rows = premium_rows(frames["premium_dues"], frames["premium_receipts"])
    known = pd.MultiIndex.from_frame(frames["policies"][_POLICY])
    rows = rows[~pd.MultiIndex.from_frame(rows[_POLICY]).isin(known)]
    return pd.DataFrame(
        {
            "dataset": "premium_dues",
            "row_key": rows["insurer_slug"]
            + "/"
            + rows["policy_no"]
            + "/"
            + rows["policy_year"].astype("str"),
            "code": "POLICY_UNKNOWN",
            "reason": "保费所属保单不在台账中",
        }
    )


def premium_rows(dues: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """One row per insurer, policy and year that is due or received: received_fen, received_date."""
    received = receipts.groupby(_PREMIUM, as_index=False).agg(
        received_fen=("premium_fen", "sum"), received_date=("received_date", "max")
    )
    rows = dues[_PREMIUM].merge(received, on=_PREMIUM, how="outer")
    rows["received_fen"] = rows["received_fen"].astype("Int64")
    return rows


def _add_base(items: pd.DataFrame, endorsements: pd.DataFrame, period: Period) -> pd.DataFrame:
    in_force = endorsements[endorsements["effective_date"] <= pd.Timestamp(period.last_day)]
    latest = in_force.sort_values([*_POLICY, "effective_date", "endorsement_no"]).drop_duplicates(
        _POLICY, keep="last"
    )
    latest = latest.rename(columns={"effective_date": "endorsement_date"})
    items = items.merge(latest, on=_POLICY, how="left", validate="many_to_one")
    for column in ("premium_before_fen", "premium_after_fen"):
        items[column] = items[column].astype("Int64")
    items["base_fen"] = items["premium_after_fen"].fillna(items["received_fen"]).fillna(0).astype("int64")
    return items


def _pick_dated(
    items: pd.DataFrame, table: pd.DataFrame, key: list[str], columns: list[str], title: str
) -> pd.DataFrame:
    """Columns of the row of ``table`` whose interval holds the policy's issue date; NA if none does."""
    wanted = items[[*key, "issue_date"]].drop_duplicates()
    found = wanted.merge(table[[*key, *columns, "valid_from", "valid_to"]], on=key)
    starts, ends = found["valid_from"], found["valid_to"]
    found = found[(found["issue_date"] >= starts) & (ends.isna() | (found["issue_date"] <= ends))]
    doubled = found.duplicated([*key, "issue_date"])
    if doubled.any():
        place = "、".join(str(value) for value in found.loc[doubled, [*key, "issue_date"]].iloc[0])
        raise RulesInvalid(f"{title}有两行同时有效：{place}。", remedy=f"请修改{title}的有效期，使其不重叠。")
    picked = items.merge(found[[*key, "issue_date", *columns]], on=[*key, "issue_date"], how="left")
    picked[columns] = picked[columns].astype("Int64")
    return picked


def _add_product_name(items: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    newest = products.sort_values("valid_from").drop_duplicates(_RATE[:2], keep="last")
    items = items.merge(newest[[*_RATE[:2], "product_name"]], on=_RATE[:2], how="left")
    return items.fillna({"product_name": "（产品表中没有）"})


def _add_gates(items: pd.DataFrame, period: Period) -> pd.DataFrame:
    """payable_date (NaT until every gate holds) and open_gate. Source: domain.md a2."""
    last_day = pd.Timestamp(period.last_day)
    days = items["cooling_off_days"].fillna(0).astype("int64")
    has_cooling_off = (items["item_type"] == "FYC") & (days > 0)
    no_receipt = has_cooling_off & items["receipt_date"].isna()
    is_visited = items["return_visit_date"].notna() & (items["return_visit_result"] == RETURN_VISIT_DONE)
    no_visit = has_cooling_off & ~is_visited
    cooled_off = items["receipt_date"] + pd.to_timedelta(days + 1, unit="D")
    payable = items[["received_date", "effective_date"]].max(axis=1).where(items["received_date"].notna())
    later = pd.DataFrame({"a": payable, "b": items["return_visit_date"], "c": cooled_off}).max(axis=1)
    payable = payable.mask(has_cooling_off & payable.notna(), later).mask(no_receipt | no_visit)
    items["payable_date"] = payable.astype("datetime64[us]")
    not_yet = payable > last_day
    items["open_gate"] = np.select(
        [items["received_date"].isna(), no_receipt, no_visit, not_yet],
        [
            "保费未实收",
            "回执未签收",
            "回访未成功",
            "最早可发放日为 " + payable.dt.strftime("%Y-%m-%d").fillna(""),
        ],
        default="",
    )
    return items


def _add_due(items: pd.DataFrame, period: Period) -> pd.DataFrame:
    first_day, last_day = pd.Timestamp(period.first_day), pd.Timestamp(period.last_day)
    alive = ~items["is_cooling_off_cancelled"] & ~items["is_surrendered"]
    in_period = alive & items["payable_date"].between(first_day, last_day)
    known = items["rate_bp"].notna() & items["cooling_off_days"].notna()
    items["rate_bp"] = items["rate_bp"].fillna(0).astype("int64")
    items["is_due"] = in_period & known
    items["is_asked"] = in_period & ~known
    items["missing_rule"] = np.where(
        items["cooling_off_days"].isna(), "产品表中没有该产品", "费率表中没有承保日适用的费率"
    )
    items["nominal_fen"] = share_of_each(items["base_fen"], items["rate_bp"])
    items["own_fen"] = items["nominal_fen"].where(items["is_due"] & (items["currency"] == YUAN), 0)
    return items
