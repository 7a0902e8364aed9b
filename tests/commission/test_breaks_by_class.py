"""One small case per class of break, in the order of the rules."""

import pytest

from tests.commission.small_firm import Firm

OWN = 360_000


def check(found, break_class, *, own=OWN, statement=OWN, difference=None):
    """The break's class and amounts."""
    assert found["break_class"] == break_class
    assert (found["own_fen"], found["statement_fen"]) == (own, statement)
    assert found["difference_fen"] == (statement - own if difference is None else difference)


def test_a_right_line_is_no_break():
    """A line that pays exactly what is due leaves nothing to explain and is payable."""
    result = Firm().policy().line().settle()
    assert result.breaks.empty
    assert result.controls["payable_fen"] == OWN


def test_correction():
    """A negative line is the insurer's correction, whatever policy it names."""
    firm = Firm().policy().line().line(-50_000, policy_no="NOBODY", remark="冲正")
    found = firm.only_break()
    check(found, "CORRECTION", own=0, statement=-50_000)
    assert "-500.00" in found["sentence"]


def test_missing_in_own():
    """A line for a policy that the firm does not know is not ours until somebody says so."""
    check(
        Firm().policy().line().line(9_900, policy_no="P9").only_break(),
        "MISSING_IN_OWN",
        own=0,
        statement=9_900,
    )


def test_currency():
    """A line in another currency is asked even when the figures are the same."""
    found = Firm().policy().line(currency="HKD").only_break()
    check(found, "CURRENCY")
    assert "结算单以港元列 3,600.00" in found["sentence"]


def test_currency_beside_a_right_line_takes_no_own_amount():
    """When another line already answers the item, the foreign line is compared with nothing."""
    firm = Firm().policy().line().line(5_000, currency="HKD", agent_no="A2")
    check(firm.only_break(), "CURRENCY", own=0, statement=5_000)


@pytest.mark.parametrize("second_batch", ["B1", "B2"])
def test_duplicate_paid(second_batch):
    """The second positive line of the same item and agent is double, in the same batch or another."""
    found = Firm().policy().batch("B2").line().line(batch_no=second_batch).only_break()
    check(found, "DUPLICATE_PAID", own=0)
    assert "B1 第 1 行" in found["sentence"]


def test_another_endorsement_is_no_duplicate():
    """Two lines that name different endorsements are compared together, not called double."""
    result = Firm().policy().line(300_000).line(60_000, endorsement_no="E1").settle()
    assert result.breaks.empty


def test_period_diff():
    """A line under a year without premium row answers the one due item that nobody else pays."""
    found = Firm().policy().line(100_000, policy_year=2, item_type="RYC").only_break()
    check(found, "PERIOD_DIFF", statement=100_000)
    assert found["policy_year"] == 2
    assert "第 1 年" in found["sentence"]


def test_period_diff_needs_exactly_one_candidate():
    """With two due items unpaid nothing is guessed: the line is unpaid premium, both items are missing."""
    firm = Firm().policy().premium(year=2).line(100_000, policy_year=3, item_type="RYC")
    assert sorted(firm.settle().breaks["break_class"]) == [
        "MISSING_IN_STATEMENT",
        "MISSING_IN_STATEMENT",
        "PREMIUM_UNPAID",
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("cooling_off_cancelled", "COOLING_OFF_CANCELLED"), ("surrendered", "SURRENDERED")],
)
def test_ended_policies(status, expected):
    """A policy that ended by the period's end earns nothing, and what was paid is named."""
    firm = Firm().policy(status=status, status_date="2026-10-31").line()
    check(firm.only_break(), expected, own=0)


def test_a_surrender_after_the_period_changes_nothing():
    """A policy surrendered in November is settled as usual in October."""
    assert Firm().policy(status="surrendered", status_date="2026-11-01").line().settle().breaks.empty


def test_cancelled_without_a_date_is_not_paid():
    """A cancelled policy whose date is missing earns nothing: paying it would be the guess."""
    check(Firm().policy(status="cooling_off_cancelled").line().only_break(), "COOLING_OFF_CANCELLED", own=0)


def test_premium_unpaid():
    """A line whose premium row has no receipt is paid too early."""
    check(Firm().policy(received=None).line().only_break(), "PREMIUM_UNPAID", own=0)


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"receipt_date": None}, "回执未签收"),
        ({"return_visit_date": None}, "回访未成功"),
        ({"return_visit_result": "失败"}, "回访未成功"),
        ({"receipt_date": "2026-10-16"}, "2026-11-01"),
        ({"effective_date": "2026-11-01"}, "2026-11-01"),
        ({"return_visit_date": "2026-11-02"}, "2026-11-02"),
    ],
)
def test_gate_open(changes, gate):
    """Each open gate holds the item, and the sentence names the gate or the day it opens."""
    found = Firm().policy(**changes).line().only_break()
    check(found, "GATE_OPEN", own=0)
    assert gate in found["sentence"]


def test_the_last_day_of_the_period_counts():
    """Cooling-off that ends on the 30th makes the item due on the 31st, still in October."""
    assert Firm().policy(receipt_date="2026-10-15").line().settle().breaks.empty


def test_a_product_without_cooling_off_needs_the_premium_only():
    """No receipt and no return visit are asked for where the product has no cooling-off."""
    firm = Firm()
    firm.rates.append(firm.rates[0] | {"product_code": "SHORT"})
    firm.policy(product_code="SHORT", receipt_date=None, return_visit_date=None).line()
    assert firm.settle().breaks.empty


def test_timing_paid_late():
    """An item that was payable before the period and is paid now belongs to an earlier month."""
    check(Firm().policy(received="2026-09-28").line().only_break(), "TIMING", own=0)


def test_timing_after_the_last_cutoff():
    """An item that became payable after the last cut-off is expected in the next statement."""
    firm = Firm().policy().line().policy("P2", received="2026-10-29")
    check(firm.only_break(), "TIMING", statement=0)


def test_missing_in_statement():
    """An item payable by the last cut-off and on no line is missing, with the arithmetic."""
    found = Firm().policy().line().policy("P2", received="2026-10-28").only_break()
    check(found, "MISSING_IN_STATEMENT", statement=0)
    assert "12,000.00 × 30.00% = 3,600.00" in found["sentence"]


@pytest.mark.parametrize("with_line", [True, False])
def test_rate_missing(with_line):
    """An item without a rate is asked and never settled at 0 in silence, paid or not."""
    firm = Firm().policy(pay_years=20)
    firm = firm.line() if with_line else firm
    found = firm.only_break()
    check(found, "RATE_MISSING", own=0, statement=OWN if with_line else 0)
    assert "费率表" in found["sentence"]


def test_an_unknown_product_is_asked():
    """Without the product nobody knows its gates: the item is asked."""
    firm = Firm()
    firm.rates.append(firm.rates[0] | {"product_code": "NEW"})
    assert "产品表" in firm.policy(product_code="NEW").line().only_break()["sentence"]


def test_split_wrong():
    """A split whose sum is right and whose parts are swapped is one break for the item."""
    firm = Firm().policy(agent_split="A1:60%/A2:40%")
    firm.line(144_000, share_bp=6000).line(216_000, agent_no="A2", share_bp=4000)
    found = firm.only_break()
    check(found, "SPLIT_WRONG")
    assert "我方 A1 2,160.00、A2 1,440.00；结算单 A1 1,440.00、A2 2,160.00" in found["sentence"]


def test_a_right_split_matches_to_the_fen():
    """The last of a split takes the remainder: 100.01 in thirds is 33.33, 33.33 and 33.35."""
    firm = Firm().policy(agent_split="A1:33.33%/A2:33.33%/A3:33.34%", premium_fen=33_337)
    firm.line(3_333, agent_no="A1").line(3_333, agent_no="A2").line(3_335, agent_no="A3")
    assert firm.settle().breaks.empty


def test_attribution():
    """The right amount under another agent is a question of whom it belongs to."""
    check(Firm().policy().line(agent_no="A2").only_break(), "ATTRIBUTION")


@pytest.mark.parametrize("amount", [OWN - 1, OWN + 1])
def test_rounding_is_settled_at_the_own_amount(amount):
    """One fen a line is rounding: explained, closed by itself, the own amount is payable."""
    firm = Firm().policy().line(amount)
    check(firm.only_break(), "ROUNDING", statement=amount)
    assert firm.settle().controls["payable_fen"] == OWN


def test_endorsed_after():
    """The premium before the endorsement explains the amount."""
    firm = Firm().policy().endorse(before_fen=1_200_000, after_fen=1_000_000).line()
    found = firm.only_break()
    check(found, "ENDORSED_AFTER", own=300_000)
    assert "12,000.00 × 30.00% = 3,600.00" in found["sentence"]


def test_an_endorsement_after_the_period_is_not_used():
    """An endorsement that takes effect in November leaves October's base alone."""
    firm = Firm().policy().endorse(before_fen=1_200_000, after_fen=1_000_000, effective_date="2026-11-01")
    assert firm.line().settle().breaks.empty


def test_tax_basis():
    """3,600.00 without 6 % VAT is 3,396.23."""
    check(Firm().policy().line(339_623).only_break(), "TAX_BASIS", statement=339_623)


def test_base_diff():
    """Another premium at the own rate explains the amount."""
    firm = Firm().policy().line(330_000, premium_fen=1_100_000)
    check(firm.only_break(), "BASE_DIFF", statement=330_000)


def test_rate_diff():
    """The same premium at the line's rate explains the amount."""
    check(Firm().policy().line(336_000, rate_bp=2800).only_break(), "RATE_DIFF", statement=336_000)


@pytest.mark.parametrize("rate_bp", [3000, None])
def test_amount_diff(rate_bp):
    """What no rule explains goes to a person, also when the line names no rate."""
    check(Firm().policy().line(123_456, rate_bp=rate_bp).only_break(), "AMOUNT_DIFF", statement=123_456)


def test_the_filed_cap_limits_the_rate():
    """A contract rate above the cap earns the cap."""
    firm = Firm()
    firm.caps = [firm.caps[0] | {"max_rate_bp": 2500}]
    assert firm.policy().line(300_000).settle().breaks.empty


def test_the_rate_is_that_of_the_issue_date():
    """A rate that ended before the issue date is not used."""
    firm = Firm()
    old = firm.rates[0] | {"rate_bp": 9000, "valid_to": "2026-08-31"}
    firm.rates = [old, firm.rates[0] | {"valid_from": "2026-09-01"}, *firm.rates[1:]]
    assert firm.policy().line().settle().breaks.empty


def test_statement_total_ne_lines_holds_the_batch():
    """A batch whose list total is not the sum of its lines is a break and holds its items."""
    firm = Firm().policy().line().batch(cover_total_fen=OWN + 500).pay(OWN + 500, "B1")
    found = firm.only_break()
    assert (found["break_class"], found["difference_fen"]) == ("STATEMENT_TOTAL_NE_LINES", -500)
    result = firm.settle()
    assert result.controls["held_fen"] == OWN
    assert set(result.settlement_lines["break_id"]) == {found["break_id"]}
