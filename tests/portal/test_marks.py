"""A walk that was cut short goes on behind its last marked page, when the list has not moved."""

from dataclasses import replace

import pytest

from bots.errors import ExtractionIncomplete
from bots.portal.marks import PageMark

pytestmark = pytest.mark.browser

ALWAYS = {"from_date": "2016-01-01", "to_date": "2026-11-06"}


@pytest.fixture
def first_page(small_sandbox, enter):
    """A session, and the pages of policies (with what is behind them) up to the first mark."""
    session = enter(small_sandbox)
    pages = []
    for page in session.extract("policies", ALWAYS, with_children=True):
        pages.append(page)
        if page.mark:
            break
    return session, pages


def rows_of(pages, dataset):
    return [row for page in pages if page.dataset == dataset for row in page.rows]


def test_a_mark_stands_on_the_last_page_of_its_group(first_page):
    """It counts the list page and the windows behind its rows, and comes back whole from JSON."""
    _, pages = first_page
    assert [page.mark is not None for page in pages] == [*[False] * (len(pages) - 1), True]
    mark = PageMark.from_json(pages[-1].mark)
    assert mark.datasets["policies"].rows == 100
    assert mark.datasets["endorsements"].rows == len(rows_of(pages, "endorsements"))
    assert PageMark.from_json(mark.to_json()) == mark


def test_the_walk_goes_on_behind_the_mark(first_page, small_sandbox):
    """Marked pages are not read again, their rows count, and the whole is proved."""
    session, before = first_page
    mark = PageMark.from_json(before[-1].mark)
    after = list(session.extract("policies", ALWAYS, with_children=True, marks=[mark]))
    assert session.went_on_after == [mark]
    assert {page.page_no for page in after if page.dataset == "policies"} == {2}
    numbers = [row["policy_no"] for row in rows_of([*before, *after], "policies")]
    assert numbers == [policy.policy_no for policy in small_sandbox.brokerage.policies]
    report = session.report("policies")
    assert (report.rows, report.expected) == (120, 120)
    endorsements = rows_of([*before, *after], "endorsements")
    assert session.report("endorsements").rows == len(endorsements) == small_sandbox.truth["endorsements"]


def test_a_whole_walk_that_was_killed_at_its_very_end_is_only_proved(first_page):
    """With a mark on every page nothing is read again but what proves that the list stands still."""
    session, before = first_page
    mark = PageMark.from_json(before[-1].mark)
    after = list(session.extract("policies", ALWAYS, with_children=True, marks=[mark]))
    both = [mark, PageMark.from_json(after[-1].mark)]
    assert list(session.extract("policies", ALWAYS, with_children=True, marks=both)) == []
    assert session.report("policies").rows == 120


@pytest.mark.parametrize(
    "change",
    [{"digest": "of another page"}, {"claims": [121, {}, 2]}],
    ids=["another row on the page", "another count"],
)
def test_a_list_that_has_moved_is_read_from_the_start(first_page, change):
    """A first page that differs from the marked one makes every mark worthless."""
    session, before = first_page
    mark = replace(PageMark.from_json(before[-1].mark), **change)
    after = list(session.extract("policies", ALWAYS, with_children=True, marks=[mark]))
    assert session.went_on_after == []
    assert {page.page_no for page in after if page.dataset == "policies"} == {1, 2}
    assert session.report("policies").rows == 120


def test_a_list_that_has_moved_at_its_beginning_alone_is_read_from_the_start(first_page):
    """The last marked page is still the same: that proves nothing about the pages before it."""
    session, before = first_page
    mark = PageMark.from_json(before[-1].mark)
    after = list(session.extract("policies", ALWAYS, with_children=True, marks=[mark]))
    both = [replace(mark, digest="of another page"), PageMark.from_json(after[-1].mark)]
    again = list(session.extract("policies", ALWAYS, with_children=True, marks=both))
    assert session.went_on_after == []
    assert {page.page_no for page in again if page.dataset == "policies"} == {1, 2}
    assert session.report("policies").rows == 120


def test_the_marked_rows_take_part_in_the_proof(first_page):
    """A mark that lost a row is found out at the end: count and sum of the whole do not agree."""
    session, before = first_page
    mark = PageMark.from_json(before[-1].mark)
    policies = replace(mark.datasets["policies"], rows=99)
    short = replace(mark, datasets={**mark.datasets, "policies": policies})
    with pytest.raises(ExtractionIncomplete, match="应有 120 条，读到 119 条"):
        list(session.extract("policies", ALWAYS, with_children=True, marks=[short]))


def test_a_row_that_stands_on_a_marked_page_and_again_is_doubled(first_page):
    """Keys of marked pages are remembered."""
    session, before = first_page
    mark = PageMark.from_json(before[-1].mark)
    list(session.extract("policies", ALWAYS, with_children=True, marks=[mark]))
    last = session.went_on_after[0].datasets["policies"]
    page_two = [row["policy_no"] for row in rows_of(list(session.extract("policies", ALWAYS)), "policies")][
        -1
    ]
    doubled = replace(last, keys=[[page_two], *last.keys[1:]])
    twice = replace(mark, datasets={**mark.datasets, "policies": doubled})
    with pytest.raises(ExtractionIncomplete, match="读到两次同一条"):
        list(session.extract("policies", ALWAYS, marks=[twice]))
