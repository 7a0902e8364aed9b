"""Every family goes on behind its checkpoint; 泰安人寿, with windows, in test_checkpoints.py.

Walks broken off by an exception stand for all families, one family's process is killed with SIGKILL.
"""

import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import date

import pytest
from prefect.logging import disable_run_logger
from sqlalchemy import select

from config.settings import PROJECT_ROOT
from connectors.browser import new_context
from connectors.collection_log import hold_account
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import Insurer, Policy, PortalRow, PremiumDue, QuarantinedRow
from flows.collect_portal import collect_list
from sandbox.mingde.records import SMALL_SIZE as MINGDE_SIZE
from sandbox.mingde.records import build_records as mingde_premiums
from tests.connectors.conftest import DAY
from tests.connectors.test_checkpoints import Killed, MortalVisit
from tests.portal import kanghe_portal, kehutong_visit, test_ruixiang
from tests.portal.five_portals import AUTUMN, LISTS, YEARS, logged_in, quick_recipe

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)]


@pytest.fixture
def stay(hub, small_sandbox, browser):
    """Collect a family's list in a new stay, which may die; pages saved, pages of the run before kept."""

    def collect(slug, dies_after=None):
        dataset, answers = LISTS[slug].dataset, LISTS[slug].parameters
        with (
            suppress(Killed),
            disable_run_logger(),
            hold_account(hub, slug) as lease,
            new_context(browser) as context,
            logged_in(context, small_sandbox, slug) as portal,
        ):
            visit = MortalVisit(portal, lease, quick_recipe(slug), DAY)
            visit.saved, visit.most = Counter(), dies_after
            collect_list.fn(visit, dataset, [], answers)
        return visit.saved[dataset], len(portal.went_on_after)

    return collect


# 254 records of these years, 50 in one call to the browser.
MINGDE_PAGES = 6


def due_in_years(premiums):
    first, last = map(date.fromisoformat, YEARS.values())
    return [
        (premium.policy_no, premium.policy_year) for premium in premiums if first <= premium.due_date <= last
    ]


TRUTHS = {
    "kanghe": lambda: [(policy.policy_no,) for policy in kanghe_portal.days(*AUTUMN.values())[1]],
    "ruixiang": lambda: due_in_years(test_ruixiang.PREMIUMS),
    "mingde": lambda: due_in_years(mingde_premiums(size=MINGDE_SIZE)),
    "kehutong": lambda: [(customer.customer_no,) for customer in kehutong_visit.RECORDS],
}


def keys_at_home(hub, slug):
    """Keys of a portal's rows in the hub, those set aside included."""
    columns = {
        "policies": (Policy.policy_no,),
        "premiums": (PremiumDue.policy_no, PremiumDue.policy_year),
        "customers": (PortalRow.row,),
    }[LISTS[slug].dataset]
    with session(hub, read_only=True) as current:
        found = [tuple(row) for row in current.execute(select(*columns))]
        aside = current.scalars(select(QuarantinedRow)).all()
    if slug == "kehutong":
        found = [(row["customer_no"],) for (row,) in found]
    return found, len(aside)


def know(hub, slug):
    with session(hub) as current:
        upsert(current, Insurer, [{"slug": slug, "name": slug, "payer_names": []}])


def assert_whole(hub, slug):
    """All records are at home, each once."""
    found, aside = keys_at_home(hub, slug)
    truth = TRUTHS[slug]()
    assert len(set(found)) == len(found)
    assert set(found) <= set(truth)
    assert len(found) + aside == len(truth)


@pytest.mark.parametrize("slug", TRUTHS)
def test_a_broken_off_walk_of_any_family_goes_on_and_ends_whole(hub, stay, slug):
    """Broken off before page 2 is saved: the next stay skips page 1 and ends with all records, each once."""
    know(hub, slug)
    assert stay(slug, dies_after=1) == (1, 0)
    saved, skipped = stay(slug)
    assert skipped == 1
    assert saved > 0
    assert_whole(hub, slug)


@pytest.fixture
def kill_at(hub_url, small_sandbox, monkeypatch):
    """A function: another process walks 明德养老's grid, and is killed with a page in hand; how it ended."""
    monkeypatch.setenv("BROKERFLOW_DATABASE_URL", hub_url)

    def walk(page):
        what = ["tests.connectors.killed_collection", small_sandbox.url, "mingde", str(page)]
        return subprocess.run(
            [sys.executable, "-m", *what], cwd=PROJECT_ROOT, capture_output=True, timeout=240, check=False
        )

    return walk


@pytest.mark.parametrize("page", [1, 3, MINGDE_PAGES], ids=["first", "middle", "last"])
def test_a_process_killed_at_any_page_is_gone_on_from(hub, stay, kill_at, page):
    """SIGKILL with a page read and not yet saved: the next process goes on from that very page."""
    know(hub, "mingde")
    killed = kill_at(page)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-800:]
    assert stay("mingde") == (MINGDE_PAGES - page + 1, page - 1)
    assert_whole(hub, "mingde")
