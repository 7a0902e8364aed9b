"""Who sold a policy, and in which shares."""

import pandas as pd

from bots.errors import SourceFileInvalid
from bots.money import BASIS_POINTS

_SHARE = r"(?P<agent_no>[^:：%]+?)(?:[:：](?P<whole>\d{1,3})(?:\.(?P<rest>\d{1,2}))?%)?"


def read_splits(policies: pd.DataFrame) -> pd.DataFrame:
    """``A001`` or ``A001:60%/A007:40%`` as rows insurer_slug, policy_no, agent_no, share_bp.

    Rows keep the listed order. Raises SourceFileInvalid naming the policy when a split cannot be
    read, names an agent twice or does not add up to 100 %.
    """
    rows = policies[["insurer_slug", "policy_no", "agent_split"]].copy()
    rows["listed"] = rows["agent_split"].str.strip().str.split("/")
    rows = rows.explode("listed", ignore_index=True)
    parts = rows["listed"].astype("str").str.strip().str.extract(f"^{_SHARE}$")
    whole = parts["whole"].fillna("100")
    rest = parts["rest"].fillna("").str.pad(2, side="right", fillchar="0")
    rows["agent_no"] = parts["agent_no"].fillna("")
    rows["share_bp"] = whole.astype("int64") * 100 + rest.astype("int64")
    _check(rows)
    return rows[["insurer_slug", "policy_no", "agent_no", "share_bp"]]


def _check(rows: pd.DataFrame) -> None:
    policy = ["insurer_slug", "policy_no"]
    total = rows.groupby(policy)["share_bp"].transform("sum")
    wrong = (total != BASIS_POINTS) | (rows["agent_no"] == "") | rows.duplicated([*policy, "agent_no"])
    if wrong.any():
        first = rows.loc[wrong].sort_values(policy).iloc[0]
        raise SourceFileInvalid(
            f"保单 {first['policy_no']} 的业务员工号写作“{first['agent_split']}”，无法读出合计 100% 的分成。",
            remedy="请在保司系统中更正该保单的业务员工号，重新采集后再对账。",
        )
