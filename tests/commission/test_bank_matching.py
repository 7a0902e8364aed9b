"""Which receipt pays which batch."""

from datetime import date

import pytest

from bots.errors import RulesInvalid
from bots.records import Period
from tests.commission.small_firm import PAYER, Firm

OWN = 360_000


def two_batches():
    """Two batches of one line each, 3,600.00 and 6,000.00."""
    firm = Firm().policy().policy("P2", premium_fen=2_000_000).batch("B2")
    return firm.line().line(600_000, batch_no="B2", policy_no="P2", premium_fen=2_000_000)


def by_class(result):
    """break_class -> (statement_fen, bank_fen, difference_fen)."""
    rows = result.breaks.to_dict("records")
    return {
        row["break_class"]: (row["statement_fen"], row["bank_fen"], row["difference_fen"]) for row in rows
    }


def test_the_batch_number_in_the_summary_decides():
    """A receipt is that batch's money whatever its amount: too little is short, too much is over."""
    result = two_batches().pay(OWN - 100, "结算B1佣金").pay(600_200, "结算B2佣金").settle()
    assert by_class(result) == {"BANK_SHORT": (OWN, OWN - 100, -100), "BANK_OVER": (600_000, 600_200, 200)}
    assert result.controls["payable_fen"] == 600_000
    assert result.controls["held_fen"] == OWN


def test_two_receipts_of_one_batch_are_added():
    """A batch paid in two instalments is whole."""
    firm = two_batches().pay(OWN - 100, "B1").pay(100, "B1 补款").pay(600_000, "B2")
    assert firm.settle().breaks.empty


def test_a_longer_number_is_not_read_as_a_shorter_one():
    """B10 in a summary is batch B10 even though B1 is its beginning."""
    firm = Firm().policy().line().policy("P2").batch("B10").line(batch_no="B10", policy_no="P2")
    assert firm.pay(OWN, "B10").pay(OWN, "B1").settle().breaks.empty


def test_a_unique_amount_near_the_cutoff_is_taken_without_number():
    """Exactly one unpaid batch with that amount within ten days of its cut-off is the one."""
    firm = two_batches().pay(OWN, "佣金", day="2026-11-06").pay(600_000, "佣金", day="2026-11-05")
    assert firm.settle().breaks.empty


def test_ten_days_is_the_limit():
    """On the eleventh day after the cut-off nobody guesses: unidentified, and the batch lacks its money."""
    result = (
        Firm().policy().line().batch(cutoff_date="2026-10-20").pay(OWN, "佣金", day="2026-10-31").settle()
    )
    assert by_class(result) == {"BANK_UNIDENTIFIED": (0, OWN, OWN), "BANK_SHORT": (OWN, 0, -OWN)}


def test_two_batches_of_one_amount_are_ambiguous():
    """The same amount fits two unpaid batches: asked, never guessed."""
    firm = Firm().policy().line().policy("P2").batch("B2").line(batch_no="B2", policy_no="P2")
    result = firm.pay(OWN, "佣金").settle()
    assert sorted(result.breaks["break_class"]) == ["BANK_SHORT", "BANK_SHORT", "BANK_UNIDENTIFIED"]


def test_an_unidentified_receipt_that_equals_a_gap_says_so():
    """The sentence points at the batch that lacks exactly this amount, without taking it."""
    result = two_batches().pay(OWN - 100, "B1").pay(100, "补").pay(600_000, "B2").settle()
    sentence = result.breaks.set_index("break_class").loc["BANK_UNIDENTIFIED", "sentence"]
    assert "批次 B1 的缺口" in sentence
    assert result.controls["held_fen"] == OWN


def test_others_and_outgoing_money_are_set_aside_with_the_reason():
    """Rent, customers and refunds paid are no insurer's receipts, and none of them is lost."""
    firm = Firm().policy().line().pay(OWN, "B1").pay(5, "B1", payer="张三").pay(7, "房租", direction="out")
    result = firm.settle()
    assert result.breaks.empty
    assert sorted(result.set_aside["code"]) == ["NOT_AN_INSURER", "OUTGOING"]


def test_money_booked_after_the_business_date_is_not_known_yet():
    """A run for an earlier day does not see later receipts."""
    result = Firm().policy().line().pay(OWN, "B1", day="2026-11-07").settle()
    assert list(result.breaks["break_class"]) == ["BANK_SHORT"]
    assert list(result.set_aside["code"]) == ["AFTER_BUSINESS_DATE"]


def test_a_receipt_for_another_months_batch_is_set_aside():
    """A summary that names September's batch belongs to September's run."""
    firm = Firm().policy().line().batch("B0", period="2026-09", line_count=0, cover_total_fen=900)
    result = firm.pay(OWN, "B1").pay(900, "B0").settle()
    assert result.breaks.empty
    assert list(result.set_aside["code"]) == ["OTHER_PERIOD"]


def october_and_november():
    """October's B1 and November's N1 of one amount, and a due item for each."""
    firm = Firm().policy().line().policy("P2", received="2026-11-03")
    firm.batch("N1", period="2026-11", cutoff_date="2026-11-07").line(batch_no="N1", policy_no="P2")
    return firm


NOVEMBER, DECEMBER_DAY = Period(2026, 11), date(2026, 12, 6)


def test_a_receipt_without_number_never_pays_two_months():
    """The receipt that paid October's batch is not November's money, though the amount would fit."""
    firm = october_and_november().pay(OWN, "佣金", day="2026-10-30").batch("N1", cutoff_date="2026-11-20")
    assert firm.settle().breaks.empty
    later = firm.settle(period=NOVEMBER, business_date=DECEMBER_DAY)
    assert by_class(later) == {"BANK_SHORT": (OWN, 0, -OWN)}
    assert list(later.set_aside["code"]) == ["OTHER_PERIOD"]


def test_an_amount_that_fits_batches_of_two_months_is_asked_in_one():
    """Near both cut-offs nobody guesses, and the money is an open break of the month it came in alone."""
    firm = october_and_november().pay(OWN, "佣金", day="2026-11-02")
    october = firm.settle(business_date=DECEMBER_DAY)
    november = firm.settle(period=NOVEMBER, business_date=DECEMBER_DAY)
    assert set(october.breaks["break_class"]) == {"BANK_SHORT"}
    assert set(november.breaks["break_class"]) == {"BANK_SHORT", "BANK_UNIDENTIFIED"}
    assert (october.controls["bank_fen"], november.controls["bank_fen"]) == (0, OWN)


def test_an_unidentified_receipt_stays_in_its_month():
    """October's unexplained money is not counted again in November, and its break keeps its period."""
    firm = october_and_november().pay(OWN, "B1").pay(77, "补", day="2026-10-12")
    firm.pay(OWN, "N1", day="2026-11-09")
    later = firm.settle(period=NOVEMBER, business_date=DECEMBER_DAY)
    assert later.breaks.empty
    assert later.controls["bank_fen"] == OWN
    assert list(firm.settle().breaks["period"]) == ["2026-10"]


def test_one_payer_name_for_two_insurers_is_refused():
    """A name that stands for two insurers cannot say whose money it is."""
    firm = Firm().policy().line()
    sources = firm.sources()
    insurers = sources[0].insurers
    twice = insurers.loc[[0, 0]].assign(slug=["taian", "other"])
    firm.sources = lambda: (_with(sources[0], insurers=twice), *sources[1:])
    with pytest.raises(RulesInvalid, match=PAYER):
        firm.settle()


def _with(ledger, **changes):
    from dataclasses import replace  # noqa: PLC0415 - one use

    return replace(ledger, **changes)
