"""Shares, overrides and the house."""

import pytest

from bots.errors import RulesInvalid
from tests.commission.small_firm import Firm


def shares(result):
    """(role, generation, agent_no) -> fen."""
    rows = result.settlement_lines.to_dict("records")
    return {(row["role"], row["generation"], row["agent_no"]): row["amount_fen"] for row in rows}


def test_the_worked_example():
    """domain.md a9: 12,000 at 30 % is 3,600; 2,520 + 126 + 75.60 + 25.20, the house keeps 853.20."""
    assert shares(Firm().policy().line().settle()) == {
        ("SELLER", 0, "A1"): 252_000,
        ("OVERRIDE", 1, "A2"): 12_600,
        ("OVERRIDE", 2, "A3"): 7_560,
        ("OVERRIDE", 3, "A4"): 2_520,
        ("HOUSE", 0, "HOUSE"): 85_320,
    }


def test_a_line_tells_its_arithmetic():
    """Every settlement line says how its amount came about, and why it is held."""
    lines = Firm().policy().line(999).settle().settlement_lines
    assert (
        lines["reason"].iloc[0] == "12,000.00 × 30.00% = 3,600.00；× 业务员 70.00% = 2,520.00；暂缓：金额不符"
    )
    assert set(lines["state"]) == {"held"}


def test_settlements_add_up_per_agent():
    """An agent's total is the sum of what he sold and what he earns on others; the house is listed too."""
    firm = Firm().policy().line().policy("P2", agent_split="A2").line(policy_no="P2", agent_no="A2")
    totals = firm.settle().settlements.set_index("agent_no")
    assert totals.loc["A2", "payable_fen"] == 12_600 + 252_000
    assert totals["payable_fen"].sum() == 720_000
    assert totals.loc["A2", "line_count"] == 2


def test_the_same_rank_uses_up_the_generation():
    """An upline of the downline's rank earns nothing and the next one earns the second generation."""
    firm = Firm()
    firm.agents[1]["rank"] = 1
    assert shares(firm.policy().line().settle()).keys() == {
        ("SELLER", 0, "A1"),
        ("OVERRIDE", 2, "A3"),
        ("OVERRIDE", 3, "A4"),
        ("HOUSE", 0, "HOUSE"),
    }


def test_who_has_left_passes_the_generation_up():
    """The share of an upline who has left moves to the next one above."""
    firm = Firm()
    firm.agents[1]["status"] = "left"
    got = shares(firm.policy().line().settle())
    assert got[("OVERRIDE", 1, "A3")] == 12_600
    assert got[("OVERRIDE", 2, "A4")] == 7_560
    assert ("OVERRIDE", 3, "A4") not in got


def test_the_chain_is_that_of_the_issue_date():
    """A move to another upline after the sale changes nothing for the sale."""
    firm = Firm()
    moved = firm.agents[0] | {"upline_agent_no": "A3", "valid_from": "2026-09-02"}
    firm.agents = [firm.agents[0] | {"valid_to": "2026-09-01"}, moved, *firm.agents[1:]]
    assert shares(firm.policy().line().settle())[("OVERRIDE", 1, "A2")] == 12_600
    firm.policies[0]["issue_date"] = "2026-09-02"
    assert shares(firm.settle())[("OVERRIDE", 1, "A3")] == 12_600


def test_four_generations_at_most():
    """The fifth upline earns nothing."""
    firm = Firm()
    firm.agents[3]["upline_agent_no"] = "A5"
    firm.agents += [
        firm.agents[3] | {"agent_no": "A5", "rank": 5, "upline_agent_no": "A6"},
        firm.agents[3] | {"agent_no": "A6", "rank": 4, "upline_agent_no": ""},
    ]
    got = shares(firm.policy().line().settle())
    assert got[("OVERRIDE", 4, "A5")] == 1_260
    assert not any(agent == "A6" for _, _, agent in got)


def test_a_cycle_names_the_agents():
    """Agents who are each other's upline stop the settlement and are named."""
    firm = Firm()
    firm.agents[3]["upline_agent_no"] = "A2"
    with pytest.raises(RulesInvalid, match="A2 → A3 → A4 → A2"):
        firm.policy().line().settle()


def test_two_rows_of_one_agent_on_one_day_are_refused():
    """Overlapping validity would make the chain a matter of luck."""
    firm = Firm()
    firm.agents.append(firm.agents[1] | {"valid_from": "2026-01-01"})
    with pytest.raises(RulesInvalid, match="A2"):
        firm.policy().line().settle()


def test_overlapping_rates_are_refused():
    """Two rates valid on the issue date contradict each other."""
    firm = Firm()
    firm.rates.append(firm.rates[0] | {"valid_from": "2026-01-01", "rate_bp": 2000})
    with pytest.raises(RulesInvalid, match="佣金费率"):
        firm.policy().line().settle()
