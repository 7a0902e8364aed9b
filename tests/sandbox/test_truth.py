"""The truth of the demo month against the business rules, read a second time."""

import json
import re
from collections import Counter

import pytest

from sandbox.brokerage import build_brokerage
from sandbox.scene import FEWEST_POLICIES, SEED
from tests.sandbox.judge import Judge

ITEM_CLASSES = set(
    "CORRECTION MISSING_IN_OWN CURRENCY DUPLICATE_PAID PERIOD_DIFF COOLING_OFF_CANCELLED SURRENDERED "  # noqa: SIM905
    "PREMIUM_UNPAID GATE_OPEN TIMING MISSING_IN_STATEMENT SPLIT_WRONG ATTRIBUTION ROUNDING ENDORSED_AFTER "
    "TAX_BASIS BASE_DIFF RATE_DIFF".split()
)
BATCH_CLASSES = {"STATEMENT_TOTAL_NE_LINES", "BANK_SHORT", "BANK_OVER", "BANK_UNIDENTIFIED"}
WORLDS = [(SEED, 2000), (SEED, FEWEST_POLICIES), (1, FEWEST_POLICIES), (2, 150), (3, 400)]


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: f"seed{world[0]}-{world[1]}")
def brokerage(request):
    seed, policies = request.param
    return build_brokerage(seed, policies)


def _total(rows, column):
    return sum(row[column] for row in rows)


def test_breaks_are_those_that_the_rules_find(brokerage):
    """Judging every line by the written rules finds the planted breaks, all of them and no other."""
    planted = Counter(
        (b["break_class"], b["policy_no"], b["batch_no"], b["line_no"], b["own_fen"], b["statement_fen"])
        for b in brokerage.truth["breaks"]
        if b["break_class"] in ITEM_CLASSES
    )
    assert planted == Counter(Judge(brokerage).breaks)


def test_every_class_is_planted(brokerage):
    """Each break class occurs, and no line is left unexplained."""
    assert {b["break_class"] for b in brokerage.truth["breaks"]} == ITEM_CLASSES | BATCH_CLASSES


def test_each_item_break_has_a_policy_of_its_own(brokerage):
    """No policy carries two breaks, so each can be judged alone."""
    policies = [b["policy_no"] for b in brokerage.truth["breaks"] if b["policy_no"]]
    assert len(policies) == len(set(policies))


def test_differences_tie_out(brokerage):
    """Statement - own, statement - cover and bank - cover are explained to the fen."""
    truth = brokerage.truth
    items = [b for b in truth["breaks"] if b["break_class"] in ITEM_CLASSES]
    bank = [b for b in truth["breaks"] if b["break_class"].startswith("BANK")]
    batch = [b for b in truth["breaks"] if b["break_class"] == "STATEMENT_TOTAL_NE_LINES"]
    cover = _total(truth["batches"], "cover_total_fen")
    assert truth["statement_fen"] - truth["own_due_fen"] == _total(items, "difference_fen")
    assert truth["statement_fen"] - cover == _total(batch, "difference_fen")
    assert truth["bank_fen"] - cover == _total(bank, "difference_fen")


def test_shares_add_up_to_what_is_due(brokerage):
    """Payable and held shares of sellers, uplines and the house are the own due, to the fen."""
    truth = brokerage.truth
    assert _total(truth["agents"], "payable_fen") == truth["payable_fen"] > 0
    assert _total(truth["agents"], "held_fen") == truth["held_fen"] > 0
    assert truth["payable_fen"] + truth["held_fen"] == truth["own_due_fen"]


def test_only_sound_items_are_payable(brokerage):
    """Payable = matched or rounded items in batches whose total holds and whose money came in full."""
    bad = {
        b["batch_no"]
        for b in brokerage.truth["breaks"]
        if b["break_class"] in {"STATEMENT_TOTAL_NE_LINES", "BANK_SHORT"}
    }
    judge = Judge(brokerage)
    batch_of = {}
    for line in judge.lines:
        batch_of.setdefault((line.policy_no, line.policy_year), line.batch_no)
    sound = [
        item.own_fen
        for item in brokerage.items
        if (item.policy_no, item.policy_year) in judge.matched_items
        and batch_of[item.policy_no, item.policy_year] not in bad
    ]
    assert sum(sound) == brokerage.truth["payable_fen"]


def test_traps_are_there(brokerage):
    """Right split policies, later surrenders and future endorsements are among the items paid right."""
    matched = {no for no, _ in Judge(brokerage).matched_items}
    clean = [p for p in brokerage.policies if p.policy_no in matched and not p.plant]
    assert any(len(p.shares) == 3 for p in clean)
    assert any(p.status == "surrendered" for p in clean)
    assert any(e.effective_date.isoformat() > "2026-10-31" for p in clean for e in p.endorsements)
    assert any(len(p.endorsements) == 2 for p in clean)


def test_truth_holds_no_personal_data(brokerage):
    """Neither names nor ID numbers, phones or accounts are in the truth file."""
    text = json.dumps(brokerage.truth, ensure_ascii=False)
    assert not re.search(r"(?<!\d)\d{17}[\dX]|(?<!\d)1[3-9]\d{9}(?!\d)|[一-鿿]", text)
