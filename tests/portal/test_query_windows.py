"""Ranges longer than a portal answers at once: window after window, each proved, one list in the end."""

from datetime import date

import pytest

from bots.errors import ExtractionIncomplete, PageChanged
from bots.portal.marks import PageMark
from bots.portal.query_windows import cut_windows
from bots.portal.walks import ParameterInvalid
from sandbox.mingde.records import SMALL_SIZE, build_records
from tests.portal.mingde_visits import rows_of, visits

YEARS = {"from_date": "2024-01-01", "to_date": "2027-12-31"}
RECEIPTS = [premium for premium in build_records(size=SMALL_SIZE) if premium.received_date]
# Windows of a hundred days: some empty, some of one page, none of which is the whole.
HUNDRED_DAYS = ("window_days: 366", "window_days: 100")
AS_ONE = ("    window_days: 366\n", "")
SMALL_PAGES = ("size_field: pageSize, size: 100", "size_field: pageSize, size: 20")
browser = pytest.mark.browser


@pytest.fixture
def enter(context, evidence):
    """A function that logs in to a running sandbox's 明德养老."""
    yield from visits(context, evidence)


def receipt_row(premium):
    return {
        "policy_no": premium.policy_no,
        "policy_year": premium.policy_year,
        "received_date": premium.received_date,
        "received_fen": premium.received_fen,
        "receipt_no": premium.receipt_no or None,
    }


def in_windows(days):
    """The truth in the order of a walk: window by window, each as the portal lists it."""
    windows = cut_windows(YEARS, days).values()
    return [
        receipt_row(premium)
        for asked in windows
        for premium in RECEIPTS
        if asked["from_date"] <= premium.received_date.isoformat() <= asked["to_date"]
    ]


def test_windows_cover_every_day_once():
    """Both ends belong to a window; the last one may be shorter; a leap day costs no gap."""
    windows = cut_windows({"from_date": "2024-01-30", "to_date": "2024-03-31", "kind": "x"}, 31)
    assert [(each["from_date"], each["to_date"]) for each in windows.values()] == [
        ("2024-01-30", "2024-02-29"),
        ("2024-03-01", "2024-03-31"),
    ]
    assert list(windows) == ["2024-01-30", "2024-03-01"]
    assert {each["kind"] for each in windows.values()} == {"x"}
    spans = cut_windows({"from_date": "2024-01-01", "to_date": "2024-01-01"}, 1)
    assert [date.fromisoformat(day) for day in spans] == [date(2024, 1, 1)]


def test_a_list_without_windows_is_one_question():
    """The caller's answers go on as they are."""
    assert cut_windows({"period": "2026-10"}, None) == {"": {"period": "2026-10"}}


@browser
def test_the_portal_refuses_a_longer_range(small_sandbox, enter):
    """Asked for four years at once it says its limit, and nothing comes home."""
    with pytest.raises(PageChanged, match="查询区间不能超过 366 天"):
        list(enter(small_sandbox, AS_ONE).extract("receipts", YEARS))


@browser
def test_windows_come_home_as_one_list(small_sandbox, enter):
    """Every row of every window once, pages numbered through, one report; an empty window is one question."""
    session = enter(small_sandbox, HUNDRED_DAYS, SMALL_PAGES)
    rows, pages = rows_of(session, "receipts", YEARS)
    assert rows == in_windows(100)
    assert len(rows) == len(RECEIPTS)
    report = session.report("receipts")
    assert (report.rows, report.expected, report.set_aside) == (len(RECEIPTS), len(RECEIPTS), 0)
    assert [page.page_no for page in pages] == list(range(1, len(pages) + 1))
    assert len({page.raw_name for page in pages}) == len(pages)
    assert pages[0].raw_name == "mingde-receipts-2024-01-01-0001.json"
    assert len([page for page in pages if "2024-01-01" in page.raw_name]) == 1


@browser
def test_each_window_is_proved_by_its_own_sum(small_sandbox, enter):
    """A sum that lies in the first window fails there, before the next one is asked; the window is named."""
    session, pages = enter(small_sandbox, HUNDRED_DAYS), []
    small_sandbox.spoil("mingde", wrong_total="amount")
    with pytest.raises(ExtractionIncomplete, match=r"receipts 2024-01-01 至 2024-04-09 .*差 -1.00 元"):
        pages.extend(session.extract("receipts", YEARS))
    assert len(pages) == 1


@browser
def test_a_key_in_two_windows_fails(small_sandbox, enter):
    """A portal that answers every window with the same rows is found out by their keys."""
    same = (
        'fields: {beginDate: "{from_date}", endDate: "{to_date}"}',
        'fields: {beginDate: "2026-03-01", endDate: "2026-03-31"}',
    )
    with pytest.raises(ExtractionIncomplete, match="至 2025-12-31 读到两次同一条"):
        list(
            enter(small_sandbox, same).extract(
                "receipts", {"from_date": "2024-01-01", "to_date": "2025-12-31"}
            )
        )


@browser
def test_a_session_that_ends_in_a_window_goes_on_in_it(small_sandbox, enter):
    """After a new login the token in the page's storage is a new one, and no row is lost or doubled."""
    session = enter(small_sandbox, HUNDRED_DAYS, SMALL_PAGES)
    small_sandbox.spoil("mingde", expire_at_page=2)
    assert rows_of(session, "receipts", YEARS)[0] == in_windows(100)


@pytest.fixture
def cut_short(small_sandbox, enter):
    """A session, and the marked pages of a walk that ended in the midst of a window with rows."""
    session, pages = enter(small_sandbox, HUNDRED_DAYS, SMALL_PAGES), []
    for page in session.extract("receipts", YEARS):
        pages.append(page)
        if len([row for each in pages for row in each.rows]) > 100:
            break
    return session, pages


def marks_of(pages):
    return [PageMark.from_json(page.mark) for page in pages]


@browser
def test_the_walk_goes_on_in_the_window_where_it_was_killed(cut_short):
    """Marked windows and pages are not read again, their rows count, and the whole is proved."""
    session, before = cut_short
    marks = marks_of(before)
    assert len({mark.window for mark in marks}) > 8
    after = list(session.extract("receipts", YEARS, marks=marks))
    assert session.went_on_after == marks
    assert after[0].page_no == before[-1].page_no + 1
    assert [row for page in [*before, *after] for row in page.rows] == in_windows(100)
    assert session.report("receipts").rows == len(RECEIPTS)


@browser
@pytest.mark.parametrize("moved", ["first window", "last window", "end of a window"])
def test_a_window_that_has_moved_makes_every_mark_worthless(cut_short, moved):
    """All windows are read again from the first day on, none twice."""
    session, before = cut_short
    marks = marks_of(before)
    if moved == "end of a window":
        ends = [number for number, mark in enumerate(marks) if mark.window != marks[-1].window]
        full = [
            number
            for number in ends
            if marks[number].datasets["receipts"].rows == 0
            and marks[number - 1].window == marks[number].window
        ]
        del marks[full[-1]]
    else:
        number = 0 if moved == "first window" else -1
        marks[number] = PageMark.from_json({**marks[number].to_json(), "digest": "of another page"})
    after = list(session.extract("receipts", YEARS, marks=marks))
    assert session.went_on_after == []
    assert [row for page in after for row in page.rows] == in_windows(100)
    assert session.report("receipts").rows == len(RECEIPTS)


@browser
def test_a_range_that_ends_before_it_begins_is_no_question(small_sandbox, enter):
    """It would be no window at all, and no window is no proof."""
    with pytest.raises(ParameterInvalid, match="不是一段日期"):
        list(enter(small_sandbox).extract("receipts", {"from_date": "2026-02-01", "to_date": "2026-01-01"}))


@browser
@pytest.mark.parametrize("expected", ["[1, 200]", "[500, 100000]"])
def test_a_range_that_does_not_hold_fails(small_sandbox, enter, expected):
    """All windows together have as many rows as people expect, or the dataset is incomplete."""
    wrong = ("rows_between: [1, 100000]", f"rows_between: {expected}")
    low, high = expected.strip("[]").split(", ")
    with pytest.raises(ExtractionIncomplete, match=f"应有 {low} 到 {high} 条，读到 {len(RECEIPTS)} 条"):
        list(enter(small_sandbox, wrong).extract("receipts", YEARS))


@browser
def test_a_list_without_a_count_is_proved_by_its_sums(small_sandbox, enter):
    """A page that lost a row does not add up, though nobody printed how many there are."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", short_page=1)
    with pytest.raises(ExtractionIncomplete, match="receivedAmount 合计应为"):
        list(session.extract("receipts", YEARS))
