"""Query windows of a list whose rows lead to more: what is behind them comes home with its own window."""

import pytest

from bots.portal.marks import PageMark

pytestmark = pytest.mark.browser

YEARS = {"from_date": "2022-01-01", "to_date": "2026-11-06"}
THREE_WINDOWS = ('    table: "#dataTable"\n', '    window_days: 800\n    table: "#dataTable"\n')


@pytest.fixture
def walked(small_sandbox, enter):
    """A session, and all pages of policies in three windows with the endorsements behind their rows."""
    session = enter(small_sandbox, THREE_WINDOWS)
    return session, list(session.extract("policies", YEARS, with_children=True))


def keys_of(pages, dataset, name):
    return [row[name] for page in pages if page.dataset == dataset for row in page.rows]


def test_rows_and_what_is_behind_them_come_home_once(walked, small_sandbox):
    """All policies and all endorsements of all windows, none twice, in one report each."""
    session, pages = walked
    policies = keys_of(pages, "policies", "policy_no")
    assert sorted(policies) == sorted(policy.policy_no for policy in small_sandbox.brokerage.policies)
    changes = keys_of(pages, "endorsements", "endorsement_no")
    assert len(set(changes)) == len(changes) == small_sandbox.truth["endorsements"]
    assert (session.report("policies").expected, session.report("endorsements").rows) == (120, len(changes))
    assert {PageMark.from_json(page.mark).window for page in pages if page.mark} == {
        "2022-01-01",
        "2024-03-11",
        "2026-05-20",
    }


def test_a_walk_goes_on_behind_a_window_with_its_children(walked, small_sandbox):
    """Behind the first window's mark the other two are read; endorsements of all three are counted."""
    session, pages = walked
    marks = [PageMark.from_json(page.mark) for page in pages if page.mark][:1]
    after = list(session.extract("policies", YEARS, with_children=True, marks=marks))
    assert session.went_on_after == marks
    before = pages[: next(number for number, page in enumerate(pages, 1) if page.mark)]
    assert [page.raw_name for page in after] == [page.raw_name for page in pages[len(before) :]]
    assert session.report("policies").rows == 120
    assert session.report("endorsements").rows == small_sandbox.truth["endorsements"]
