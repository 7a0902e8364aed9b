"""Sixty agents on five levels, with the turns that make overrides hard: same rank, leavers, moves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from sandbox.people import invent_bank_account, invent_person
from sandbox.records import Agent
from sandbox.scene import MASTER_VALID_FROM

_BRANCHES = ("北京分公司", "上海分公司", "深圳分公司", "成都分公司")
_RANK_SIZES = ((5, 2), (4, 4), (3, 8), (2, 14), (1, 32))
_SELLER_WEIGHTS = {1: 6, 2: 3, 3: 1}

_SAME_RANK_UPLINES = {"A040": "A039", "A020": "A019", "A053": "A052"}
_LEAVERS = {"A010": date(2026, 3, 31), "A024": date(2025, 6, 30)}
_LEAVER_UNDER_LEAVER = {"A024": "A010"}
_PROMOTED = {"A016": (1, date(2025, 1, 1))}
_MOVED = {"A045": ("A018", date(2026, 1, 1))}


def build_agents(seed: int) -> list[Agent]:
    """Validity rows in order of agent_no and valid_from."""
    rows: list[Agent] = []
    above: list[str] = []
    serial = 0
    for rank, size in _RANK_SIZES:
        level = []
        for place in range(size):
            serial += 1
            agent_no = f"A{serial:03d}"
            upline = above[place % len(above)] if above else None
            rows.extend(_rows_of(_first_row(seed, agent_no, rank, upline, place)))
            level.append(agent_no)
        above = level
    return rows


def _first_row(seed: int, agent_no: str, rank: int, upline: str | None, place: int) -> Agent:
    rng = Random(f"{seed}/agent/{agent_no}")
    upline = (_SAME_RANK_UPLINES | _LEAVER_UNDER_LEAVER).get(agent_no, upline)
    return Agent(
        agent_no=agent_no,
        person=invent_person(rng),
        bank_account=invent_bank_account(rng),
        branch=_BRANCHES[place % len(_BRANCHES)],
        rank=rank,
        upline_agent_no=upline,
        status="active",
        valid_from=MASTER_VALID_FROM,
        valid_to=None,
    )


def _rows_of(now: Agent) -> list[Agent]:
    """The agent's history: ``now`` is how things stand today, before leaving."""
    if now.agent_no in _LEAVERS:
        last_day = _LEAVERS[now.agent_no]
        gone = replace(now, status="left", valid_from=last_day + timedelta(days=1))
        return [replace(now, valid_to=last_day), gone]
    if now.agent_no in _PROMOTED:
        old_rank, since = _PROMOTED[now.agent_no]
        return _changed(now, replace(now, rank=old_rank), since)
    if now.agent_no in _MOVED:
        old_upline, since = _MOVED[now.agent_no]
        return _changed(now, replace(now, upline_agent_no=old_upline), since)
    return [now]


def _changed(now: Agent, before: Agent, since: date) -> list[Agent]:
    return [replace(before, valid_to=since - timedelta(days=1)), replace(now, valid_from=since)]


def agents_on(agents: Iterable[Agent], day: date) -> dict[str, Agent]:
    """Every agent as of a day."""
    return {agent.agent_no: agent for agent in agents if agent.holds_on(day)}


def pick_sellers(rng: Random, agents: Iterable[Agent], day: date, how_many: int) -> list[str]:
    """Different active agents of the lower three ranks, as of the day a policy is issued."""
    sellers = [
        a for a in agents_on(agents, day).values() if a.status == "active" and a.rank in _SELLER_WEIGHTS
    ]
    weights = [_SELLER_WEIGHTS[agent.rank] for agent in sellers]
    chosen: list[str] = []
    while len(chosen) < how_many:
        agent_no = rng.choices(sellers, weights)[0].agent_no
        if agent_no not in chosen:
            chosen.append(agent_no)
    return chosen
