"""Pages of a portal in the hub, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select, text

from bots.errors import RecipeInvalid, SetupInvalid
from bots.records import SetAside
from connectors.database.engine import session
from connectors.database.tables import PortalRow, PremiumDue, PremiumReceipt, QuarantinedRow, StatementLine
from connectors.portal_recipes import load_recipe
from connectors.portal_store import RECEIPT_INCOMPLETE, check_datasets, require_insurer
from tests.connectors.conftest import line, page_of, premium, read, save, statement, unpaid


def receipts(hub):
    return [
        tuple(row) for row in read(hub, PremiumReceipt)[["receipt_no", "policy_no", "policy_year"]].to_numpy()
    ]


def test_a_bounced_premium_is_received_no_longer(ledger):
    """A premium that the portal shows as 未收 again loses its receipt; the others keep theirs."""
    save(ledger, page_of("premiums", [premium(1), premium(2), premium(1, policy_year=2, receipt_no="R9")]))
    save(ledger, page_of("premiums", [unpaid(1)]))
    assert receipts(ledger) == [("R000002", "TA0000000002", 1), ("R9", "TA0000000001", 2)]
    assert len(read(ledger, PremiumDue)) == 3


def test_a_corrected_receipt_takes_the_place_of_the_first(ledger):
    """Another receipt number for the same policy year leaves one receipt, the one the portal shows."""
    save(ledger, page_of("premiums", [premium(1)]))
    corrected = premium(1, receipt_no="R77", received_date=date(2026, 10, 9), premium_received_fen=1_100_000)
    save(ledger, page_of("premiums", [corrected]))
    found = read(ledger, PremiumReceipt)
    assert list(found["receipt_no"]) == ["R77"]
    assert list(found["premium_fen"]) == [1_100_000]


def test_receipts_that_change_places_are_both_kept(ledger):
    """Two policies whose receipts were mixed up end with each other's number, none is lost."""
    save(ledger, page_of("premiums", [premium(1, receipt_no="R1"), premium(2, receipt_no="R2")]))
    save(ledger, page_of("premiums", [premium(1, receipt_no="R2"), premium(2, receipt_no="R1")]))
    assert receipts(ledger) == [("R1", "TA0000000002", 1), ("R2", "TA0000000001", 1)]


def test_the_same_page_again_changes_nothing(ledger):
    """A second night with the same page leaves the same dues and receipts."""
    for _ in range(2):
        save(ledger, page_of("premiums", [premium(1), unpaid(2)]))
    assert receipts(ledger) == [("R000001", "TA0000000001", 1)]
    assert len(read(ledger, PremiumDue)) == 2


@pytest.mark.parametrize(
    ("name", "title"),
    [("receipt_no", "收据号"), ("received_date", "实收日期"), ("premium_received_fen", "实收保费")],
)
def test_a_received_premium_without_a_part_of_its_receipt_is_set_aside(ledger, caplog, name, title):
    """已收 without number, date or amount: quarantined with row number and reason, the others stored."""
    refused = SetAside({"保单号": "?"}, 1, "保单号", "BAD_VALUE", "不是保单号")
    rows = [premium(2), premium(3, **{name: None}), premium(4)]
    unfit = save(ledger, page_of("premiums", rows, [refused]))
    assert [(item.row_no, item.column, item.code) for item in unfit] == [(3, name, RECEIPT_INCOMPLETE)]
    kept = read(ledger, QuarantinedRow, decrypt=["raw_row"])
    assert list(kept["row_no"]) == [1, 3]
    assert title in kept["reason"][1]
    assert kept["raw_row"][1]["policy_no"] == "TA0000000003"
    assert [number for number, _, _ in receipts(ledger)] == ["R000002", "R000004"]
    assert len(read(ledger, PremiumDue)) == 2
    assert RECEIPT_INCOMPLETE in caplog.text


def test_a_batch_that_is_issued_again_is_replaced_whole(ledger):
    """Lines that the new file no longer holds are gone."""
    save(ledger, page_of("statements", [statement(line_count=2)]))
    save(ledger, page_of("statement_lines", [line(), line(line_no=2)]))
    save(ledger, page_of("statement_lines", [line(line_no=2)]))
    assert list(read(ledger, StatementLine)["line_no"]) == [2]


def test_a_dataset_that_does_not_fit_its_table_is_refused():
    """A column that the table lacks and one that it needs are both named; the committed recipe passes."""
    recipe = load_recipe("taian")
    check_datasets(recipe, "taian.yaml")
    strange = recipe.model_copy(update={"datasets": {"premiums": recipe.datasets["endorsements"]}})
    with pytest.raises(RecipeInvalid) as caught:
        check_datasets(strange, "draft.yaml")
    assert "draft.yaml: datasets.premiums.columns.endorsement_no: 数据库里没有对应的栏目" in caught.value.what
    assert "draft.yaml: datasets.premiums.columns: 缺少栏目 due_date" in caught.value.what


def test_rows_of_another_dataset_come_into_the_general_table(ledger):
    """A CRM's rows are sealed under a key that shows no name; the same rows again change nothing."""
    rows = [{"customer_no": "C001", "name": "李喆", "phone": "16312345678"}]
    for _ in range(2):
        save(ledger, page_of("customers", rows))
    with session(ledger, read_only=True) as current:
        (kept,) = current.scalars(select(PortalRow)).all()
        raw = current.execute(text("SELECT row_key, row FROM portal_rows")).one()
    assert kept.row == rows[0]
    assert "C001" not in "".join(raw)
    assert "李喆" not in "".join(raw)


def test_an_insurer_nobody_entered_is_refused_before_the_login(hub):
    """A portal whose insurer is not in the master data ends in one sentence that says where to enter it."""
    with session(hub) as current, pytest.raises(SetupInvalid, match=r"insurers\.csv"):
        require_insurer(current, "nobody")
