"""The whole of 明德养老 through a real browser: a virtual grid, its own answers, windows, files."""

import time
from datetime import date
from random import Random

import pytest

from sandbox.mingde.records import SIZE, SMALL_SIZE, build_records, build_statements
from tests.portal.mingde_visits import ALL_MONTHS, YEAR, line_row, premium_row, rows_of, statement_row, visits

pytestmark = pytest.mark.browser
PREMIUMS = build_records(size=SMALL_SIZE)
STATEMENTS = build_statements()
SMALL_BATCHES = ("batch: 400", "batch: 40")
# The page draws its locked half 30 ms after the other one.
LATE_HALF = """const soon = window.setTimeout;
window.setTimeout = (action, ms, ...rest) => soon(action, ms === 30 ? LAG : ms, ...rest);"""
OTHER_TAB = """\
      - click: ".x-tree-node:has-text('佣金管理') .x-tree-expander"
      - click: ".x-tree-leaf:has-text('佣金结算')"
      - wait_for: .x-batch-row >> nth=0
"""
SCROLL_AWAY = "(top) => { document.querySelector('.x-grid-inner-normal .x-grid-view').scrollTop = top; }"


@pytest.fixture
def enter(context, evidence):
    """A function that logs in to a running sandbox's 明德养老."""
    yield from visits(context, evidence)


def premiums_between(first, last):
    """The truth of a question, in hub columns."""
    return [
        premium_row(premium)
        for premium in PREMIUMS
        if date.fromisoformat(first) <= premium.due_date <= date.fromisoformat(last)
    ]


def test_all_premiums_of_the_grid_come_home_exactly(sandbox, enter):
    """2,400 rows (full size: the proof) through forty row elements: as invented, in order, in few calls."""
    session = enter(sandbox)
    rows, pages = rows_of(session, "premiums", YEAR)
    assert rows == [premium_row(premium) for premium in build_records()]
    report = session.report("premiums")
    assert (report.rows, report.expected, report.set_aside) == (SIZE, SIZE, 0)
    assert len(pages) == SIZE // 400
    assert report.round_trips <= 2 * len(pages) + 8
    for page in pages:
        assert page.raw_name == f"mingde-premiums-{page.page_no:04d}.as-read.html"
        lines = page.raw.decode("utf-8").split("\n")
        assert len(lines) == len(page.rows) == page.raw.count(b"data-recordindex") // 2
        assert all(row["policy_no"] in line for row, line in zip(page.rows, lines, strict=True))


@pytest.mark.parametrize("lag_ms", [30, 200])
def test_rows_of_the_question_before_never_come_back(small_sandbox, enter, context, lag_ms):
    """Question after question: no row of an earlier answer is joined, however late a half is drawn."""
    context.add_init_script(LATE_HALF.replace("LAG", str(lag_ms)))
    session, rng = enter(small_sandbox), Random("mingde/questions")  # noqa: S311 - repeatable
    for _ in range(6):
        month = rng.randrange(1, 11)
        first, last = f"2026-{month:02d}-01", f"2026-{month + 2:02d}-{rng.randrange(8, 29):02d}"
        rows, _ = rows_of(session, "premiums", {"from_date": first, "to_date": last})
        assert rows == premiums_between(first, last)


def test_question_without_an_answer_is_complete_at_once(small_sandbox, enter):
    """A grid that prints 共 0 条 is complete, and nobody waits for its first row."""
    session = enter(small_sandbox)
    started = time.monotonic()
    rows, pages = rows_of(session, "premiums", {"from_date": "1990-01-01", "to_date": "1990-01-31"})
    assert (rows, len(pages), session.report("premiums").expected) == ([], 1, 0)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("seed", [1, 2])
def test_grid_that_somebody_scrolls_away_is_read_on(small_sandbox, enter, context, seed):
    """Wherever the grid stands when a batch is asked for, the batch begins where the one before ended."""
    session, rng, rows = enter(small_sandbox, SMALL_BATCHES), Random(seed), []  # noqa: S311 - repeatable
    for page in session.extract("premiums", YEAR):
        rows += page.rows
        context.pages[0].evaluate(SCROLL_AWAY, rng.randrange(SMALL_SIZE * 27))
        if rng.random() < 0.5:
            context.pages[0].wait_for_timeout(rng.randrange(200))
    assert rows == [premium_row(premium) for premium in PREMIUMS]


def test_tab_behind_the_grid_confuses_nobody(small_sandbox, enter):
    """With the statements' tab open and hidden the grid is read as without."""
    before = "      - click: \".x-tree-node:has-text('业务管理')"
    hidden_tab = (before, OTHER_TAB + before)
    question = {"from_date": "2026-03-01", "to_date": "2026-03-31"}
    rows, _ = rows_of(enter(small_sandbox, hidden_tab), "premiums", question)
    assert rows == premiums_between("2026-03-01", "2026-03-31")


def test_statements_of_all_months_and_of_one(small_sandbox, enter):
    """Twelve statements in three of the page's own answers, and the one of a month; bytes are kept."""
    session = enter(small_sandbox)
    rows, pages = rows_of(session, "batches", ALL_MONTHS)
    assert rows == [statement_row(statement) for statement in STATEMENTS]
    assert [len(page.rows) for page in pages] == [5, 5, 2]
    assert {page.expected for page in pages} == {len(STATEMENTS)}
    assert pages[1].raw.startswith(b'{"success":true')
    assert pages[1].raw_name == "mingde-batches-0002.json"
    rows, pages = rows_of(session, "batches", {"period": "2026-07"})
    assert rows == [statement_row(next(each for each in STATEMENTS if each.period == "202607"))]
    assert len(pages) == 1


def test_lines_in_the_windows_come_home_exactly(small_sandbox, enter):
    """Every line of all twelve windows equals what the sandbox invented; each window stays as it was read."""
    session = enter(small_sandbox)
    rows, pages = rows_of(session, "batch_lines", ALL_MONTHS)
    assert rows == [line_row(statement, line) for statement in STATEMENTS for line in statement.lines]
    assert [page.raw_name for page in pages] == [
        f"mingde-batch_lines-{statement.batch_no}.as-read.html" for statement in STATEMENTS
    ]
    for page, statement in zip(pages, STATEMENTS, strict=True):
        assert f"结算明细 {statement.batch_no}" in page.raw.decode("utf-8")


def test_files_hold_the_lines_of_the_windows(small_sandbox, enter):
    """Every line of the twelve CSV files behind the hovered links; their bytes are kept."""
    session = enter(small_sandbox)
    rows, pages = rows_of(session, "batch_files", ALL_MONTHS)
    assert rows == [line_row(statement, line) for statement in STATEMENTS for line in statement.lines]
    assert [page.raw_name for page in pages] == [f"佣金结算_{each.batch_no}.csv" for each in STATEMENTS]
    assert all(page.raw.startswith(b"\xef\xbb\xbf") for page in pages)


def test_windows_and_files_in_the_walk_of_the_list(small_sandbox, enter):
    """Read in one walk, the list and what is behind its rows are the same rows as apart."""
    session = enter(small_sandbox)
    together = {"batches": [], "batch_lines": [], "batch_files": []}
    for page in session.extract("batches", {"period": "2026-09"}, with_children=True):
        together[page.dataset] += page.rows
    statement = next(each for each in STATEMENTS if each.period == "202609")
    lines = [line_row(statement, line) for line in statement.lines]
    assert together == {
        "batches": [statement_row(statement)],
        "batch_lines": lines,
        "batch_files": lines,
    }


def test_session_logs_out_at_the_end(small_sandbox, enter, context):
    """After close() the portal has forgotten the cookie."""
    enter(small_sandbox).close()
    answer = context.request.get(f"{small_sandbox.url}/mingde/main.action")
    assert "会话已过期" in answer.text()
