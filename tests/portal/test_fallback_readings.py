"""Lists whose names on the page have changed: read by the names that their recipes write next, and said."""

import pytest

from sandbox.mingde.records import SMALL_SIZE, build_records
from tests.portal.kanghe_portal import ALWAYS, RECORDS, SMALL_PAGES, WITHOUT_DETAILS, logged_in, policy_row
from tests.portal.kehutong_visit import RECORDS as CUSTOMERS
from tests.portal.kehutong_visit import WITHOUT_DETAILS as LIST_ALONE
from tests.portal.kehutong_visit import Person, as_drawn, truth, visit
from tests.portal.mingde_visits import TAB, YEAR, premium_row, rows_of, visits
from tests.portal.test_ruixiang import enter_ruixiang, policies_of
from tests.portal.test_ruixiang import policy_row as ruixiang_row

__all__ = ["enter_ruixiang"]
pytestmark = pytest.mark.browser
VIEW = f"{TAB} .x-grid-inner-normal"
DOTS = "td:last-child a:text-is('...')"


def test_renamed_grid_is_read_by_its_fallbacks(context, evidence, small_sandbox):
    """Rows and the element that scrolls have other classes; each record comes home, both names are told."""
    entering = visits(context, evidence)
    session = next(entering)(small_sandbox)
    small_sandbox.spoil("mingde", renamed_class=True)
    rows, _ = rows_of(session, "premiums", YEAR)
    assert rows == [premium_row(premium) for premium in build_records(size=SMALL_SIZE)]
    assert session.report("premiums").fallbacks == [
        f"读取 rows 时没有 {TAB} .x-grid-item，用了 {TAB} [data-recordindex]",
        f"读取 scroller 时没有 {VIEW} .x-grid-view，用了 {VIEW} > :has(> .x-grid-item-container)",
    ]
    small_sandbox.spoil("mingde", renamed_class=False)
    rows_of(session, "premiums", YEAR)
    assert session.report("premiums").fallbacks == []
    next(entering, None)


def test_renamed_cards_are_read_by_their_fallbacks(context, evidence, small_sandbox):
    """Rows and titles under another name; cells are still found inside the rows."""
    person = Person(small_sandbox, context)
    with visit(small_sandbox, context, evidence, person, LIST_ALONE) as session:
        small_sandbox.spoil("kehutong", renamed_class=True)
        rows, _ = rows_of(session, "customers", {})
        assert rows == [as_drawn(truth(customer)) for customer in CUSTOMERS]
        assert session.report("customers").fallbacks == [
            "读取 rows 时没有 #customer-grid .row，用了 [role=grid] > .row",
            "读取 headers 时没有 #customer-grid [role=columnheader]，用了 [role=grid] [role=columnheader]",
        ]


def test_page_numbers_are_pressed_by_their_fallbacks(context, evidence, small_sandbox):
    """Numbers and the link to more of them: each page once, also on the way back after a lost session."""
    changes = (SMALL_PAGES, ('["tr.pager a:text', '["tr.pages a:text'), ('["tr.pager td', '["tr.pages td'))
    with logged_in(context, evidence, small_sandbox, WITHOUT_DETAILS, *changes) as session:
        small_sandbox.spoil("kanghe", expire_at_page=12)
        rows, pages = rows_of(session, "policies", ALWAYS)
        assert rows == [policy_row(policy) for policy in RECORDS]
        assert [page.page_no for page in pages] == list(range(1, 13))
        assert session.report("policies").fallbacks == [
            "翻页时没有 tr.pages a:text-is('{page}')，用了 table.gridview tr:last-child a:text-is('{page}')",
            f"翻页时没有 tr.pages {DOTS}，用了 table.gridview tr:last-child {DOTS}",
        ]


def test_next_page_and_way_back_by_their_fallbacks(small_sandbox, enter):
    """The link to the next page and the form's page number; the session ends on the way."""
    session = enter(
        small_sandbox, ('["#pageBar a', '["#turnBar a'), ('["[name=queryForm] ', '["[name=askForm] ')
    )
    pages, rows = session.extract("policies", ALWAYS), []
    for page in pages:
        rows += page.rows
        if page.page_no == 1:
            small_sandbox.spoil("taian", expire_after_requests=1)
    assert [row["policy_no"] for row in rows] == [each.policy_no for each in small_sandbox.brokerage.policies]
    assert session.report("policies").fallbacks == [
        "翻页时没有 #turnBar a:text-is('下一页')，用了 a:text-is('下一页')",
        "翻页时没有 [name=askForm] [name=pageNo]，用了 [name=pageNo]",
    ]


def test_header_of_its_own_by_its_fallback(small_sandbox, enter_ruixiang):
    """Titles in a table of their own are found by the second name."""
    session = enter_ruixiang(small_sandbox, ('[".lay-table-box > ', '[".lay-grid-box > '))
    month = {"from_date": "2026-10-01", "to_date": "2026-10-31"}
    rows, _ = rows_of(session, "policies", month)
    assert rows == [ruixiang_row(policy) for policy in policies_of(month)]
    said = "读取表头时没有 .lay-grid-box > .lay-table-header > table，用了 #policyGrid table:has(> thead)"
    assert session.report("policies").fallbacks == [said]
