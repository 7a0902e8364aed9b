"""What an insurer withdraws leaves the hub, on both databases, and nothing else does."""

from datetime import date

import pytest

from bots.records import SetAside
from connectors.database.engine import session
from connectors.database.tables import (
    Endorsement,
    Policy,
    PremiumDue,
    PremiumReceipt,
    Statement,
    StatementLine,
)
from connectors.portal_withdrawals import Walk, forget_unseen
from tests.connectors.conftest import (
    endorsement,
    line,
    page_of,
    portal_policy,
    premium,
    read,
    save,
    statement,
    unpaid,
)

OCTOBER = {"period": "2026-10"}
WINDOW = {"from_date": "2026-01-01", "to_date": "2026-11-06"}


def walk(hub, answers, *pages):
    """One complete walk: pages saved and noted, then every dataset settled; rows gone by dataset."""
    walked = Walk("taian", answers)
    for page in pages:
        walked.note(page, save(hub, page))
    with session(hub) as current:
        return {page.dataset: forget_unseen(current, walked, page.dataset) for page in pages}


def test_a_withdrawn_batch_goes_with_its_lines(ledger):
    """A batch that the month's list no longer shows is gone with its lines; other months stay."""
    other = statement("TA202609-01", period="2026-09")
    walk(
        ledger,
        OCTOBER,
        page_of("statements", [statement(), statement("TA202610-02"), other]),
        page_of("statement_lines", [line(), line("TA202610-02"), line("TA202609-01")]),
    )
    gone = walk(ledger, OCTOBER, page_of("statements", [statement()]), page_of("statement_lines", [line()]))
    assert gone == {"statements": 1, "statement_lines": 0}
    assert list(read(ledger, Statement)["batch_no"]) == ["TA202609-01", "TA202610-01"]
    assert list(read(ledger, StatementLine)["batch_no"]) == ["TA202609-01", "TA202610-01"]


def test_a_batch_that_is_issued_again_without_lines_has_none(ledger):
    """A batch whose new file is empty keeps none of its old lines."""
    walk(ledger, OCTOBER, page_of("statements", [statement()]), page_of("statement_lines", [line()]))
    empty = statement(line_count=0, cover_total_fen=0)
    gone = walk(ledger, OCTOBER, page_of("statements", [empty]), page_of("statement_lines", []))
    assert gone == {"statements": 0, "statement_lines": 1}
    assert len(read(ledger, StatementLine)) == 0


def test_endorsements_of_policies_seen_are_those_shown(ledger):
    """A withdrawn endorsement goes when its policy was seen; that of an unseen policy stays."""
    policies = [portal_policy(1, has_endorsement=True), portal_policy(2)]
    shown = [endorsement(1, 1), endorsement(2, 1), endorsement(3, 2), endorsement(4, 3)]
    walk(ledger, WINDOW, page_of("policies", policies), page_of("endorsements", shown))
    gone = walk(ledger, WINDOW, page_of("policies", policies), page_of("endorsements", [endorsement(2, 1)]))
    assert gone["endorsements"] == 2
    assert list(read(ledger, Endorsement)["endorsement_no"]) == ["E000002", "E000004"]


def test_a_premium_that_vanished_from_its_window_goes_with_its_receipt(ledger):
    """Premiums due inside the window and no longer shown are gone; those due outside it stay."""
    early = premium(3, due_date=date(2025, 12, 31))
    walk(ledger, WINDOW, page_of("premiums", [premium(1), premium(2), early, unpaid(4)]))
    gone = walk(ledger, WINDOW, page_of("premiums", [premium(1)]))
    assert gone == {"premiums": 2}
    left = ["TA0000000001", "TA0000000003"]
    assert list(read(ledger, PremiumDue)["policy_no"]) == left
    assert list(read(ledger, PremiumReceipt)["policy_no"]) == left


def test_a_policy_that_vanished_is_kept_and_reported(ledger, caplog):
    """A policy missing from the list stays in the hub, counted and warned of."""
    walk(ledger, WINDOW, page_of("policies", [portal_policy(1), portal_policy(2)]))
    assert walk(ledger, WINDOW, page_of("policies", [portal_policy(1)])) == {"policies": 1}
    assert len(read(ledger, Policy)) == 2
    assert "1 rows no longer shown by the insurer, kept" in caplog.text


def test_a_row_set_aside_may_be_the_missing_one(ledger):
    """While a row of the list cannot be read, nothing is taken back."""
    walk(ledger, WINDOW, page_of("premiums", [premium(1), premium(2)]))
    unread = SetAside({"保单号": "TA00?"}, 2, "保单号", "BAD_VALUE", "不是保单号")
    assert walk(ledger, WINDOW, page_of("premiums", [premium(1)], [unread])) == {"premiums": 0}
    assert len(read(ledger, PremiumDue)) == 2


def test_a_premium_that_the_hub_set_aside_is_not_withdrawn(ledger):
    """A premium whose receipt became unreadable keeps what was known of it."""
    walk(ledger, WINDOW, page_of("premiums", [premium(1), premium(2)]))
    assert walk(ledger, WINDOW, page_of("premiums", [premium(1), premium(2, receipt_no=None)])) == {
        "premiums": 0
    }
    assert len(read(ledger, PremiumReceipt)) == 2


@pytest.mark.parametrize("answers", [{}, {"from_date": "2026-01-01"}, {"branch": "上海", **WINDOW}])
def test_a_list_of_unknown_reach_takes_nothing_back(ledger, answers):
    """Without exactly a window nobody knows which premiums the list should have shown."""
    walk(ledger, WINDOW, page_of("premiums", [premium(1), premium(2)]))
    assert walk(ledger, answers, page_of("premiums", [premium(1)])) == {"premiums": 0}
    assert len(read(ledger, PremiumDue)) == 2


def test_the_same_walk_again_takes_nothing_back(ledger):
    """A second night that sees the same rows removes none."""
    pages = [
        page_of("policies", [portal_policy(1, has_endorsement=True)]),
        page_of("endorsements", [endorsement()]),
    ]
    assert [walk(ledger, WINDOW, *pages) for _ in range(2)] == [{"policies": 0, "endorsements": 0}] * 2
