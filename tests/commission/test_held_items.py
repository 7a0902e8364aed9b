"""One bad row holds its own items and the rest of the month goes on."""

from datetime import date

import pytest

from bots.records import Period
from tests.commission.small_firm import Firm

OWN = 360_000
NOVEMBER, DECEMBER_DAY = Period(2026, 11), date(2026, 12, 6)


def beside_a_good_one(**changes):
    """P1 is right and payable; P2 is bent by ``changes`` and paid like P1."""
    return Firm().policy().line().policy("P2", **changes).line(policy_no="P2")


def held(result):
    """policy_no -> class of the break that holds its due item."""
    classes = result.breaks.set_index("break_id")["break_class"]
    rows = result.items[result.items["state"] == "held"]
    return {row["policy_no"]: classes[row["held_by"]] for row in rows.to_dict("records")}


@pytest.mark.parametrize("text", ["A1:60%/A2:50%", "A1/A2", "A1:50%/A1:50%", "A1:六成/A2:40%", ""])
def test_a_split_that_is_not_whole_holds_its_policy(text):
    """A split that cannot be read, repeats an agent or misses 100 % holds the policy and no other."""
    result = beside_a_good_one(agent_split=text).settle()
    assert held(result) == {"P2": "SPLIT_UNREADABLE"}
    assert result.controls["payable_fen"] == OWN
    lines = result.settlement_lines[result.settlement_lines["policy_no"] == "P2"]
    assert lines[["agent_no", "amount_fen", "state"]].to_numpy().tolist() == [["HOUSE", OWN, "held"]]
    assert "无法分给业务员" in lines["reason"].iloc[0]
    if text:
        assert text in result.breaks["sentence"].iloc[0]


def test_an_unreadable_split_keeps_the_amounts_own_break():
    """Where the amount is wrong too, that break is the one that is told and that holds the item."""
    firm = Firm().policy(agent_split="A1/A2").line(336_000, rate_bp=2800)
    assert held(firm.settle()) == {"P1": "RATE_DIFF"}


def test_an_unknown_seller_holds_his_sale():
    """A seller without a row on the issue date is named; everybody else is paid."""
    result = beside_a_good_one(agent_split="A1:60%/A9:40%").settle()
    assert held(result) == {"P2": "AGENT_UNKNOWN"}
    assert "A9" in result.breaks["sentence"].iloc[0]
    assert result.controls["payable_fen"] == OWN


def test_an_unknown_upline_holds_the_sales_below_him():
    """A chain that cannot be climbed holds what it earns on, and names the missing upline."""
    firm = beside_a_good_one(issue_date="2026-08-01")
    firm.agents[1]["valid_from"] = "2026-08-15"
    result = firm.settle()
    assert held(result) == {"P2": "AGENT_UNKNOWN"}
    assert "A2" in result.breaks["sentence"].iloc[0]


def test_a_batch_without_all_its_lines_is_held():
    """Fewer lines at home than the list prints: that batch is held, another one is paid."""
    firm = Firm().policy().line().policy("P2").batch("B2").line(batch_no="B2", policy_no="P2")
    result = firm.batch("B1", line_count=2, cover_total_fen=OWN + 70).settle()
    assert held(result) == {"P1": "BATCH_INCOMPLETE"}
    assert result.breaks["difference_fen"].tolist() == [-70]
    assert "2 笔，读到明细 1 笔" in result.breaks["sentence"].iloc[0]
    assert result.controls["payable_fen"] == OWN


def test_a_line_of_an_unknown_batch_is_set_aside():
    """Nobody knows its month: the line is set aside, its item is held, the rest goes on."""
    firm = beside_a_good_one()
    firm.lines[1]["batch_no"] = "B7"
    result = firm.settle()
    assert held(result) == {"P2": "BATCH_UNKNOWN"}
    assert result.set_aside["row_key"].tolist() == ["B7/2"]
    assert result.controls["statement_fen"] == result.controls["payable_fen"] == OWN


def test_an_item_that_was_taken_back_is_held():
    """Paid and reversed in one month: the item waits for the person who judges the correction."""
    firm = Firm().policy().line().line(-OWN, remark="冲正").policy("P2").line(policy_no="P2")
    result = firm.settle()
    assert held(result) == {"P1": "CORRECTION"}
    assert result.controls["payable_fen"] == OWN


def test_a_foreign_policy_is_no_yuan():
    """A policy in Hong Kong dollars counts 0 yuan, whatever currency the line names."""
    for currency in ("HKD", "CNY"):
        result = Firm().policy(currency="HKD").line(currency=currency).settle()
        found = result.breaks.to_dict("records")[0]
        assert held(result) == {"P1": "CURRENCY"}
        assert (found["own_fen"], found["statement_fen"], found["difference_fen"]) == (0, OWN, OWN)
        assert "港元，佣金面额 3,600.00" in found["sentence"]
        assert result.controls["own_due_fen"] == 0
        assert "确认汇率前" in result.settlement_lines["reason"].iloc[0]


def test_a_foreign_item_without_a_line_is_asked_too():
    """A due item in another currency that nobody paid is held with its nominal amount told."""
    result = Firm().policy(currency="HKD").settle()
    assert held(result) == {"P1": "CURRENCY"}
    assert "3,600.00；本期结算单无此笔" in result.breaks["sentence"].iloc[0]


def test_money_of_last_month_paid_again_is_double():
    """An item of September, paid then and again in October, is paid twice and not late."""
    firm = Firm().policy(received="2026-09-28").line().batch("B0", period="2026-09", cutoff_date="2026-09-28")
    found = firm.line(batch_no="B0").only_break()
    assert (found["break_class"], found["own_fen"], found["difference_fen"]) == ("DUPLICATE_PAID", 0, OWN)
    assert "B0 第 1 行" in found["sentence"]


def test_a_due_item_that_was_paid_last_month_already_is_held():
    """Paid early and again when due: held as double with its own amount, never missing as well."""
    firm = Firm().policy().line().batch("B0", period="2026-09", cutoff_date="2026-09-28").line(batch_no="B0")
    found = firm.only_break()
    assert (found["break_class"], found["own_fen"], found["difference_fen"]) == ("DUPLICATE_PAID", OWN, 0)
    assert held(firm.settle()) == {"P1": "DUPLICATE_PAID"}


def test_next_months_payment_leaves_this_month_alone():
    """A later batch makes no earlier line double."""
    firm = Firm().policy().line().batch("N1", period="2026-11", cutoff_date="2026-11-07").line(batch_no="N1")
    assert firm.settle().breaks.empty
    later = firm.settle(period=NOVEMBER, business_date=DECEMBER_DAY)
    assert list(later.breaks["break_class"]) == ["DUPLICATE_PAID"]
