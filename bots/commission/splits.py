"""Who sold a policy, and in which shares."""

import pandas as pd

from bots.money import BASIS_POINTS

_SHARE = r"(?P<agent_no>[^:：%]+?)(?:[:：](?P<whole>\d{1,3})(?:\.(?P<rest>\d{1,2}))?%)?"


def read_splits(policies: pd.DataFrame) -> pd.DataFrame:
    """``A001`` or ``A001:60%/A007:40%`` as rows insurer_slug, policy_no, agent_no, share_bp.

    Rows keep the listed order. A policy whose split cannot be read, names an agent twice or does not
    add up to 100 % has no rows: its items are held, the rest of the month goes on.
    """
    rows = policies[["insurer_slug", "policy_no", "agent_split"]].copy()
    rows["listed"] = rows["agent_split"].str.strip().str.split("/")
    rows = rows.explode("listed", ignore_index=True)
    parts = rows["listed"].astype("str").str.strip().str.extract(f"^{_SHARE}$")
    whole = parts["whole"].fillna("100")
    rest = parts["rest"].fillna("").str.pad(2, side="right", fillchar="0")
    rows["agent_no"] = parts["agent_no"].fillna("")
    rows["share_bp"] = whole.astype("int64") * 100 + rest.astype("int64")
    return rows.loc[_is_whole(rows), ["insurer_slug", "policy_no", "agent_no", "share_bp"]]


def _is_whole(rows: pd.DataFrame) -> pd.Series:
    policy = ["insurer_slug", "policy_no"]
    wrong = (rows["agent_no"] == "") | rows.duplicated([*policy, "agent_no"])
    total = rows["share_bp"].mask(wrong, BASIS_POINTS + 1).groupby([rows[name] for name in policy])
    return total.transform("sum") == BASIS_POINTS
