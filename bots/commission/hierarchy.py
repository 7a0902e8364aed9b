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


@dataclass(frozen=True, slots=True)
class Uplines:
    """Who earns on whose sale, and which chains cannot be climbed.

    ``earning``: agent_no, issue_date, generation, upline_agent_no. ``unknown``: agent_no, issue_date and
    the unknown_agent_no, seller or upline, who has no row on that day.
    """

    earning: pd.DataFrame
    unknown: pd.DataFrame


def find_uplines(sellers: pd.DataFrame, agents: pd.DataFrame, generations: int) -> Uplines:
    """Who earns on each distinct seller and date (agent_no, issue_date) of ``sellers``.

    The chain is climbed once per agent and interval between two changes of the agents' table.
    Raises RulesInvalid on a cycle or two rows valid on one day.
    """
    cuts = _cut_days(agents)
    pairs = sellers[["agent_no", "issue_date"]].drop_duplicates().reset_index(drop=True)
    pairs["interval"] = np.searchsorted(cuts, pairs["issue_date"].to_numpy("datetime64[us]"), side="right")
    distinct = pairs.drop_duplicates(["agent_no", "interval"]).sort_values(["interval", "agent_no"])
    rosters: dict[int, Mapping[str, Rank]] = {}
    climbed, lost = [], []
    for pair in distinct.to_dict("records"):
        seller, interval, day = pair["agent_no"], pair["interval"], pair["issue_date"]
        if interval not in rosters:
            rosters[interval] = _roster(agents, day)
        earning, unknown = _climb(seller, rosters[interval], generations)
        climbed += [(seller, interval, generation, upline) for generation, upline in earning]
        lost += [(seller, interval, unknown)] if unknown else []
    key = {"agent_no": "str", "interval": "int64"}
    chains = pd.DataFrame(climbed, columns=[*key, "generation", "upline_agent_no"])
    gaps = pd.DataFrame(lost, columns=[*key, "unknown_agent_no"]).astype(key | {"unknown_agent_no": "str"})
    chains = chains.astype(key | {"generation": "int64"})
    return Uplines(
        pairs.merge(chains, on=list(key)).drop(columns="interval"),
        pairs.merge(gaps, on=list(key)).drop(columns="interval"),
    )


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


def _climb(seller: str, roster: Mapping[str, Rank], generations: int) -> tuple[list[tuple[int, str]], str]:
    """Who earns in which generation, and the agent without a row at whom the climb ended, or ""."""
    earning: list[tuple[int, str]] = []
    if seller not in roster:
        return earning, seller
    below = roster[seller]
    current, generation = below.upline_agent_no, 1
    while current and generation <= generations:
        if current not in roster:
            return [], current
        above = roster[current]
        if not above.has_left:
            if above.rank != below.rank:
                earning.append((generation, current))
            generation += 1
            below = above
        current = above.upline_agent_no
    return earning, ""


def _invalid(what: str) -> RulesInvalid:
    return RulesInvalid(f"业务员表：{what}。", remedy="请更正业务员表的上级或有效期后重新对账。")
