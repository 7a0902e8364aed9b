"""Ranges longer than a portal exports at once: file after file, each proved, one list in the end."""

from types import SimpleNamespace

import pytest

from bots.errors import ExtractionIncomplete, PortalUnavailable, RecipeInvalid, SourceFileInvalid
from bots.portal import file_walk
from bots.portal.pace import Pace
from bots.portal.walks import ParameterInvalid
from sandbox.kanghe.files import policy_workbook
from sandbox.kanghe.policy_list import Query
from sandbox.portal_faults import PortalFaults
from tests.portal.kanghe_portal import (
    QUICK,
    RECORDS,
    days,
    logged_in,
    parse_kanghe,
    policy_row,
    rows_of,
    spoil,
)

# The first window is empty, two have rows.
PARTS = [("2015-06-01", "2020-05-30"), ("2020-05-31", "2025-05-30"), ("2025-05-31", "2026-12-31")]
LONG = {"from_date": "2015-06-01", "to_date": "2026-12-31"}
AS_ONE = ("    window_days: 1826\n", "")
browser = pytest.mark.browser


@pytest.fixture
def enter(context, evidence, small_sandbox):
    """A function that logs in to 康禾人寿 with variations of its recipe."""
    opened = []

    def enter_kanghe(*changes):
        opened.append(logged_in(context, evidence, small_sandbox, *changes))
        return opened[-1].__enter__()

    yield enter_kanghe
    for session in opened:
        session.__exit__(None, None, None)


@browser
def test_the_portal_exports_no_longer_range(enter):
    """Asked for all years at once it sends no file, and nothing comes home."""
    with pytest.raises(PortalUnavailable, match="policies_file 3 秒内没有文件"):
        rows_of(enter(QUICK, AS_ONE), "policies_file", LONG)


@browser
def test_windows_come_home_as_one_list(enter, small_sandbox):
    """Every policy of every window once, an empty window too; each file kept under its days; one report.

    A session that ends in the second window's query logs in again and goes on with that window.
    """
    session, pages = enter(), []
    for page in session.extract("policies_file", LONG):
        pages.append(page)
        if page.page_no == 1:
            spoil(small_sandbox, expire_at_page=1)
    rows = [row for page in pages for row in page.rows]
    assert rows == [policy_row(policy) for part in PARTS for policy in days(*part)[1]]
    assert len(rows) == len(days(*LONG.values())[1]) > 100
    assert [len(page.rows) > 0 for page in pages] == [False, True, True]
    assert [page.page_no for page in pages] == [1, 2, 3]
    assert [page.expected for page in pages] == [len(page.rows) for page in pages]
    assert [page.raw_name for page in pages] == [f"保单清单_{first}_{last}.xlsx" for first, last in PARTS]
    report = session.report("policies_file")
    assert (report.rows, report.expected, report.set_aside) == (len(rows), len(rows), 0)


@browser
def test_each_window_is_proved_by_its_own_file(enter, small_sandbox):
    """A footer that lies in the first window refuses that file before the next is asked for; it is named."""
    session, pages = enter(), []
    spoil(small_sandbox, wrong_total="count")
    with pytest.raises(
        SourceFileInvalid, match=r"policies_file 2015-06-01 至 2020-05-30 .*应有 1 条，读到 0"
    ):
        pages.extend(session.extract("policies_file", LONG))
    assert pages == []


def test_a_key_in_two_windows_fails(monkeypatch):
    """A portal that answers two windows with the same rows is found out by their keys."""
    rules = parse_kanghe().datasets["policies_file"]
    screen = SimpleNamespace(
        place="康禾人寿（kanghe）",
        recipe=SimpleNamespace(encoding="utf-8"),
        pace=Pace(None),
        downloads=[],
        pause=lambda: None,
    )
    login = SimpleNamespace(attempt=lambda fetch, _again: fetch())
    asked = {first: {"from_date": first, "to_date": last} for first, last in PARTS[1:]}
    files = [
        policy_workbook(RECORDS[:5], Query(each["from_date"], each["to_date"]), PortalFaults())
        for each in asked.values()
    ]
    monkeypatch.setattr(file_walk, "run_steps", lambda *_: None)
    monkeypatch.setattr(file_walk, "take_download", lambda *_: files.pop(0))
    pages = file_walk.FileWalk(screen, login, "policies_file", rules, asked).pages()
    assert len(next(pages).rows) == 5
    with pytest.raises(
        ExtractionIncomplete, match=f"2025-05-31 读到两次同一条：policy_no {RECORDS[0].policy_no}"
    ):
        next(pages)


@browser
def test_a_range_that_ends_before_it_begins_is_no_question(enter):
    """It would be no file at all, and no file is no proof."""
    with pytest.raises(ParameterInvalid, match="不是一段日期"):
        rows_of(enter(), "policies_file", {"from_date": "2026-02-01", "to_date": "2026-01-01"})


def test_recipe_tells_the_windows_files_apart():
    """Days are asked for, said by the file and in the name of its bytes, or the recipe is refused."""
    for change, said in (
        (
            ("{from_date}_{to_date}.xlsx", "{to_date}.xlsx"),
            r"file_name: 写了 window_days，要有 \{from_date\}",
        ),
        (
            ("says: 承保日期 {from_date} 至 {to_date}", "says: 承保日期 {from_date} 至"),
            r"says: .*\{to_date\}",
        ),
        (("window_days: 1826", "window_days: 0"), "window_days"),
    ):
        with pytest.raises(RecipeInvalid, match=said):
            parse_kanghe(change)
    monthly = ("parameters: {period: *period}", "window_days: 31\n    parameters: {period: *period}")
    with pytest.raises(RecipeInvalid, match="window_days 要和 kind: date 的参数"):
        parse_kanghe(monthly)
