"""The collection's task at the real sandbox portal: only a complete walk takes something back."""

from datetime import date

import pytest
from prefect.logging import disable_run_logger

from bots.errors import ExtractionIncomplete
from bots.portal.session import open_session
from connectors.browser import new_context
from connectors.collection_log import hold_account, read_reports
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import Endorsement, PremiumDue, PremiumReceipt, Statement
from connectors.portal_recipes import load_recipe
from flows.collect_portal import collect_list
from flows.portal_visit import Visit
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.connectors.conftest import DAY, read

pytestmark = pytest.mark.browser

ANSWERS = {
    "policies": {"from_date": "2016-01-01", "to_date": "2026-11-06"},
    "premiums": {"from_date": "2016-01-01", "to_date": "2026-11-06"},
    "statements": {"period": "2026-10"},
}
TABLES = (Endorsement, PremiumDue, PremiumReceipt, Statement)


@pytest.fixture
def collect(ledger, small_sandbox, browser):
    """Walks every list of the portal with the flow's own task."""
    credentials = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}
    recipe = load_recipe("taian")

    def walk_all():
        with (
            disable_run_logger(),
            hold_account(ledger, "taian") as lease,
            new_context(browser) as context,
            open_session(context, recipe, credentials, f"{small_sandbox.url}/taian/") as portal,
        ):
            visit = Visit(portal, lease, recipe, DAY)
            for dataset, answers in ANSWERS.items():
                collect_list.fn(visit, dataset, list(recipe.children_of(dataset)), answers)

    return walk_all


def plant(hub):
    """Rows that the insurer showed once and shows no longer."""
    known = read(hub, Endorsement)["policy_no"][0]
    own = {"insurer_slug": "taian", "policy_no": known}
    money = {"premium_fen": 100, "currency": "CNY"}
    paid = {"receipt_no": "R-OLD", "policy_year": 77, "received_date": date(2026, 10, 2)}
    batch = {
        "insurer_slug": "taian", "batch_no": "TA202610-99", "period": "2026-10", "line_count": 0,
        "cutoff_date": date(2026, 10, 28), "cover_total_fen": 0, "is_tax_included": True,
    }  # fmt: skip
    change = {
        "kind": "减保",
        "effective_date": date(2026, 10, 1),
        "premium_before_fen": 2,
        "premium_after_fen": 1,
    }
    with session(hub) as current:
        upsert(current, Endorsement, [own | change | {"endorsement_no": "E-OLD"}])
        upsert(current, PremiumDue, [own | money | {"policy_year": 77, "due_date": date(2026, 10, 1)}])
        upsert(current, PremiumReceipt, [own | money | paid])
        upsert(current, Statement, [batch])


def counts(hub):
    return [len(read(hub, table)) for table in TABLES]


def test_a_failed_walk_takes_nothing_back_and_a_complete_one_does(ledger, small_sandbox, collect):
    """Withdrawn rows survive a walk whose total is wrong, and are gone after the next complete one."""
    collect()
    before = counts(ledger)
    plant(ledger)
    small_sandbox.spoil("taian", wrong_total="count")
    with pytest.raises(ExtractionIncomplete):
        collect()
    assert counts(ledger) == [rows + 1 for rows in before]
    small_sandbox.reset()
    collect()
    assert counts(ledger) == before
    with session(ledger, read_only=True) as current:
        reports = read_reports(current, "taian", DAY)
    assert all(report.rows + report.set_aside == report.expected for report in reports)
    assert len(reports) == 5
