"""A collection that broke off at a page goes on behind it, in the hub as at the portal.

Here it breaks off by an exception that nothing of ours catches; processes are killed with SIGKILL in
test_families_resume.py and, with a whole night, in tests/flows/test_worker_killed.py.
"""

from collections import Counter
from contextlib import suppress

import pytest
from prefect.logging import disable_run_logger
from sqlalchemy import func, select

from bots.errors import ExtractionIncomplete
from bots.portal.session import open_session
from connectors.browser import new_context
from connectors.collection_log import PAGE_QUEUE, VisitKey, hold_account, read_marks
from connectors.database.engine import session
from connectors.database.tables import Endorsement, Policy, WorkItem
from connectors.portal_recipes import load_recipe
from flows.collect_portal import collect_list
from flows.portal_visit import Visit
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.connectors.conftest import ALWAYS, DAY, read

pytestmark = pytest.mark.browser

KEY = VisitKey("taian", DAY, ALWAYS)


class Killed(BaseException):
    """Breaks a walk off; unlike kill -9 it lets the account and the browser go."""


class MortalVisit(Visit):
    """Counts what it saves, and dies before it saves one page more than ``most``."""

    saved: Counter
    most: int | None

    def save(self, page, *rest):
        """Save, or die."""
        if self.saved.total() == self.most:
            raise Killed
        self.saved[page.dataset] += 1
        return super().save(page, *rest)


@pytest.fixture
def stay(ledger, small_sandbox, browser):
    """Collect policies with their endorsements in a new stay, which may die; saved pages by dataset."""
    whole = load_recipe("taian")
    credentials = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}

    def collect(dies_after=None, window_days=None):
        policies = whole.datasets["policies"].model_copy(update={"window_days": window_days})
        recipe = whole.model_copy(update={"datasets": whole.datasets | {"policies": policies}})
        with (
            suppress(Killed),
            disable_run_logger(),
            hold_account(ledger, "taian") as lease,
            new_context(browser) as context,
            open_session(context, recipe, credentials, f"{small_sandbox.url}/taian/") as portal,
        ):
            visit = MortalVisit(portal, lease, recipe, DAY)
            visit.saved, visit.most = Counter(), dies_after
            collect_list.fn(visit, "policies", ["endorsements"], ALWAYS)
        return visit.saved

    return collect


def counts(hub):
    return len(read(hub, Policy)), len(read(hub, Endorsement))


def marks_left(hub):
    with session(hub, read_only=True) as current:
        return current.scalar(select(func.count()).where(WorkItem.queue == PAGE_QUEUE))


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_a_collection_that_breaks_off_goes_on_and_ends_whole(ledger, small_sandbox, stay, pages):
    """Broken off after any page: the next stay ends with the truth, and leaves no checkpoint behind."""
    stay(dies_after=pages)
    stay()
    truth = small_sandbox.truth
    assert counts(ledger) == (truth["policies"], truth["endorsements"])
    assert marks_left(ledger) == 0


def test_a_collection_that_was_killed_between_windows_goes_on(ledger, small_sandbox, stay):
    """Dead in the third query window: the next stay saves the rest alone, and the hub holds the whole."""
    whole = stay(window_days=1500).total()
    saved = stay(dies_after=whole - 2, window_days=1500).total()
    with session(ledger, read_only=True) as current:
        marks = read_marks(current, KEY, "policies")
    assert len({mark["mark"]["window"] for mark in marks}) > 1
    assert stay(window_days=1500).total() < whole
    assert saved == whole - 2
    truth = small_sandbox.truth
    assert counts(ledger) == (truth["policies"], truth["endorsements"])
    assert marks_left(ledger) == 0


def test_a_saved_page_is_not_asked_for_again(ledger, small_sandbox, stay):
    """Dead on page 2: page 1 and its windows are not opened again."""
    has_window = [bool(policy.endorsements) for policy in small_sandbox.brokerage.policies]
    stay(dies_after=1 + sum(has_window[:100]))
    with session(ledger, read_only=True) as current:
        assert len(read_marks(current, KEY, "policies")) == 1
    assert stay() == Counter({"policies": 1, "endorsements": sum(has_window[100:])})


def test_what_contradicts_itself_is_not_built_upon(ledger, small_sandbox, stay):
    """A list whose total is wrong leaves no checkpoint: the next stay reads all of it."""
    small_sandbox.spoil("taian", wrong_total="count")
    with pytest.raises(ExtractionIncomplete):
        stay()
    assert marks_left(ledger) == 0
    small_sandbox.reset()
    assert stay()["policies"] == 2
