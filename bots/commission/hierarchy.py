"""Who earns an override on whose sale: the upline chain as of the policy's issue date.

Source: domain.md a3. Same rank as the one below: that generation pays nothing and is used up.
An upline who has left passes the generation on to the next one above.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bots.errors import RulesInvalid


@dataclass(frozen=True, slots=True)
class Rank:
    """One agent on one day."""

    rank: int
    upline_agent_no: str
    has_left: bool


def find_uplines(sellers: pd.DataFrame, agents: pd.DataFrame, generations: int) -> pd.DataFrame:
    """Rows agent_no, issue_date, generation, upline_agent_no for each distinct seller and date.

    The chain is climbed once per agent and interval between two changes of the agents' table.
    Raises RulesInvalid on a cycle, two rows valid on one day, or an agent without a row.
    """
    cuts = _cut_days(agents)
    pairs = sellers[["agent_no", "issue_date"]].drop_duplicates().reset_index(drop=True)
    pairs["interval"] = np.searchsorted(cuts, pairs["issue_date"].to_numpy("datetime64[us]"), side="right")
    distinct = pairs.drop_duplicates(["agent_no", "interval"]).sort_values(["interval", "agent_no"])
    rosters: dict[int, Mapping[str, Rank]] = {}
    climbed = []
    for pair in distinct.to_dict("records"):
        seller, interval, day = pair["agent_no"], pair["interval"], pair["issue_date"]
        if interval not in rosters:
            rosters[interval] = _roster(agents, day)
        earning = _climb(seller, rosters[interval], generations, day)
        climbed += [(seller, interval, generation, upline) for generation, upline in earning]
    chains = pd.DataFrame(climbed, columns=["agent_no", "interval", "generation", "upline_agent_no"])
    chains = chains.astype({"agent_no": "str", "interval": "int64", "generation": "int64"})
    return pairs.merge(chains, on=["agent_no", "interval"]).drop(columns="interval")


def _cut_days(agents: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    ends = agents["valid_to"].dropna() + pd.Timedelta(days=1)
    return np.unique(pd.concat([agents["valid_from"], ends]).to_numpy("datetime64[us]"))


def _roster(agents: pd.DataFrame, day: pd.Timestamp) -> Mapping[str, Rank]:
    """Every agent on ``day``; cycles are found here, whoever sold."""
    held = agents[(agents["valid_from"] <= day) & (agents["valid_to"].isna() | (day <= agents["valid_to"]))]
    doubled = held.loc[held.duplicated("agent_no"), "agent_no"]
    if len(doubled):
        raise _invalid(f"业务员 {doubled.min()} 在 {day:%Y-%m-%d} 有两行记录同时有效")
    roster = {
        row["agent_no"]: Rank(row["rank"], row["upline_agent_no"], row["status"] == "left")
        for row in held.to_dict("records")
    }
    _check_cycles(roster, day)
    return roster


def _check_cycles(roster: Mapping[str, Rank], day: pd.Timestamp) -> None:
    cleared: set[str] = set()
    for start in sorted(roster):
        path: list[str] = []
        current = start
        while current in roster and current not in cleared:
            if current in path:
                circle = [*path[path.index(current) :], current]
                raise _invalid(f"{day:%Y-%m-%d} 的上下级关系成环：{' → '.join(circle)}")
            path.append(current)
            current = roster[current].upline_agent_no
        cleared.update(path)


def _climb(
    seller: str, roster: Mapping[str, Rank], generations: int, day: pd.Timestamp
) -> list[tuple[int, str]]:
    below = _find(seller, roster, day)
    current, generation = below.upline_agent_no, 1
    earning: list[tuple[int, str]] = []
    while current and generation <= generations:
        above = _find(current, roster, day)
        if not above.has_left:
            if above.rank != below.rank:
                earning.append((generation, current))
            generation += 1
            below = above
        current = above.upline_agent_no
    return earning


def _find(agent_no: str, roster: Mapping[str, Rank], day: pd.Timestamp) -> Rank:
    if agent_no not in roster:
        raise _invalid(f"业务员 {agent_no} 在 {day:%Y-%m-%d} 没有有效记录，无法确定上级")
    return roster[agent_no]


def _invalid(what: str) -> RulesInvalid:
    return RulesInvalid(f"业务员表：{what}。", remedy="请更正业务员表的上级或有效期后重新对账。")
