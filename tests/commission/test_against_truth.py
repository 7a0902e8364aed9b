"""The bot against a brokerage whose truth was written before anything was rendered, by other code."""

from collections import Counter

import pytest

from bots.commission.reconciling import reconcile
from bots.records import Period
from connectors.commission_rules import load_rules
from sandbox.brokerage import build_brokerage
from tests.commission.sandbox_frames import BUSINESS_DATE, PERIOD, frames_of

POLICIES = 2_000
FIELDS = ["break_class", "policy_no", "policy_year", "item_type", "batch_no", "line_no"]
AMOUNTS = ["own_fen", "statement_fen", "bank_fen", "difference_fen"]


@pytest.fixture(scope="module", params=[20261106, 7, 424242])
def settled(request):
    """A brokerage and what the bot made of it."""
    brokerage = build_brokerage(request.param, POLICIES)
    result = reconcile(*frames_of(brokerage), load_rules(), Period.parse(PERIOD), BUSINESS_DATE)
    return brokerage.truth, result


def test_every_break_is_found_and_no_other(settled):
    """Class, place and all four amounts of every break equal the truth, as multisets."""
    truth, result = settled
    rows = result.breaks.astype("object").where(result.breaks.notna(), None).to_dict("records")
    found = Counter(tuple(row[name] for name in [*FIELDS, *AMOUNTS]) for row in rows)
    planted = Counter(tuple(row[name] for name in [*FIELDS, *AMOUNTS]) for row in truth["breaks"])
    assert sorted(map(str, (found - planted).elements())) == []
    assert sorted(map(str, (planted - found).elements())) == []


def test_every_agent_gets_his_fen(settled):
    """Payable and held of every agent, the house included, equal the truth."""
    truth, result = settled
    expected = {row["agent_no"]: (row["payable_fen"], row["held_fen"]) for row in truth["agents"]}
    got = result.settlements.set_index("agent_no")[["payable_fen", "held_fen"]]
    assert {
        agent: tuple(row) for agent, row in zip(got.index, got.to_numpy().tolist(), strict=True)
    } == expected


def test_totals_agree_and_tie_out(settled):
    """Own due, statement, bank, payable and held equal the truth; every tie-out is 0."""
    truth, result = settled
    names = ["own_due_fen", "statement_fen", "bank_fen", "payable_fen", "held_fen"]
    assert {name: result.controls[name] for name in names} == {name: truth[name] for name in names}
    assert result.counts["premium_rows"] == truth["premium_rows"]
    assert result.counts["due_items"] == truth["due_items"]
    assert set(result.tie_outs.values()) == {0}


def test_breaks_have_distinct_ids_and_whole_sentences(settled):
    """No two breaks share an id, and no sentence shows a gap in its facts."""
    _, result = settled
    assert result.breaks["break_id"].is_unique
    assert not result.breaks["sentence"].str.contains("无元|nan|NaT|None|日期不详").any()
