"""The whole of 康禾人寿 (WebForms) through a real browser, against what the sandbox invented."""

import io
import zipfile

import pytest

from sandbox.kanghe.records import build_records
from tests.portal.kanghe_portal import (
    ALWAYS,
    BATCHES,
    IN_WINDOWS,
    OCTOBER,
    SMALL_PAGES,
    WITHOUT_DETAILS,
    days,
    detailed_row,
    line_row,
    log_in_elsewhere,
    logged_in,
    policy_row,
    rows_of,
    watch_windows,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def enter(context, evidence, small_sandbox):
    """A function that logs in and leaves the session open until the test ends."""
    opened = []

    def enter_kanghe(*changes):
        opened.append(logged_in(context, evidence, small_sandbox, *changes))
        return opened[-1].__enter__()

    yield enter_kanghe
    for session in opened:
        session.__exit__(None, None, None)


def test_all_policies_come_home_exactly(context, evidence, sandbox):
    """Every policy on 12 pages (full size: the proof), across the pager's blocks of ten, is as invented."""
    with logged_in(context, evidence, sandbox, WITHOUT_DETAILS) as session:
        rows, pages = rows_of(session, "policies", ALWAYS)
    assert rows == [policy_row(policy) for policy in build_records()]
    assert [page.page_no for page in pages] == list(range(1, 13))
    report = session.report("policies")
    assert (report.rows, report.expected, report.set_aside, report.emptied) == (1180, 1180, 0, 0)
    assert report.round_trips <= 2 * len(pages) + 8
    for page in pages:
        assert f"第 {page.page_no} 页/共 12 页" in page.raw.decode("utf-8")
        assert page.raw_name == f"kanghe-policies-{page.page_no:04d}.html"


@pytest.mark.parametrize(("changes", "ending"), [((), ".html"), ((IN_WINDOWS,), ".as-read.html")])
def test_details_are_merged_into_each_row(enter, context, changes, ending):
    """Two pages of policies with the columns of their sheets, each kept in an archive."""
    parameters, found = days("2026-08-05", "2026-10-31")
    assert 20 < len(found) <= 40
    session = enter(SMALL_PAGES, *changes)
    windows = watch_windows(context)
    rows, pages = rows_of(session, "policies", parameters)
    assert rows == [detailed_row(policy) for policy in found]
    assert [page.raw_name for page in pages] == ["kanghe-policies-0001.zip", "kanghe-policies-0002.zip"]
    with zipfile.ZipFile(io.BytesIO(pages[1].raw)) as archive:
        names = archive.namelist()
        sheet = archive.read(f"{found[-1].policy_no}{ending}").decode("utf-8")
    assert names[0] == "policies-0002.html"
    assert names[1:] == [f"{policy.policy_no}{ending}" for policy in found[20:]]
    assert "批改记录" in sheet
    assert len(windows) == (len(found) if changes else 0)


def test_row_with_a_bad_detail_is_set_aside(enter):
    """A word in the window that the recipe does not know sets the row aside, with both sheets' cells."""
    parameters, found = days("2026-10-01", "2026-10-31")
    session = enter(("lookups: {成功: 成功, 失败: 失败}", "lookups: {成功: 成功}"))
    rows, pages = rows_of(session, "policies", parameters)
    failed = [policy for policy in found if policy.return_visit_result == "失败"]
    assert failed
    assert rows == [detailed_row(policy) for policy in found if policy not in failed]
    asides = [aside for page in pages for aside in page.set_aside]
    assert {(aside.column, aside.reason) for aside in asides} == {("回访结果", "回访结果：不在 lookups 里")}
    assert [aside.row["保单号"] for aside in asides] == [policy.policy_no for policy in failed]
    assert asides[0].row["回执日期"]
    assert session.report("policies").expected == len(found)


def test_row_set_aside_is_not_opened(enter, context):
    """A row that the list itself cannot give costs no window; it still counts towards the total."""
    parameters, found = days("2026-09-16", "2026-10-31")
    session = enter(("退保: surrendered, ", ""), IN_WINDOWS)
    windows = watch_windows(context)
    rows, _ = rows_of(session, "policies", parameters)
    kept = [policy for policy in found if policy.status != "surrendered"]
    assert len(kept) < len(found)
    assert rows == [detailed_row(policy) for policy in kept]
    assert len(windows) == len(kept)


class DisturbedClient:
    """The session's own client; before its ``at``-th question something happens."""

    def __init__(self, client, at, happens):
        self._client, self._left, self._happens = client, at, happens

    def fetch(self, address, /, **how):
        """The real answer."""
        self._left -= 1
        if self._left == 0:
            self._happens()
        return self._client.fetch(address, **how)


@pytest.mark.parametrize("at_sheet", [1, 22])
def test_session_lost_among_the_sheets_comes_back_to_page_and_row(enter, small_sandbox, at_sheet):
    """Displaced while sheets are asked for, the bot logs in, finds the page and row and goes on."""
    parameters, found = days("2026-08-05", "2026-10-31")
    session = enter(SMALL_PAGES)
    screen = session._screen
    screen.client = DisturbedClient(screen.client, at_sheet, lambda: log_in_elsewhere(small_sandbox))
    rows, _ = rows_of(session, "policies", parameters)
    assert rows == [detailed_row(policy) for policy in found]


@pytest.mark.parametrize("at_window", [3, 22])
def test_session_lost_among_the_windows_comes_back_to_page_and_row(enter, context, small_sandbox, at_window):
    """Displaced in the middle of a page's windows, the bot logs in, finds the page and row and goes on."""
    parameters, found = days("2026-08-05", "2026-10-31")
    session = enter(SMALL_PAGES, IN_WINDOWS)
    windows = []

    def displace(window):
        windows.append(window)
        if len(windows) == at_window:
            log_in_elsewhere(small_sandbox)

    context.on("page", displace)
    rows, _ = rows_of(session, "policies", parameters)
    assert rows == [detailed_row(policy) for policy in found]
    assert len(windows) >= len(found) + 1


def test_statements_of_a_month_come_home_exactly(enter):
    """The month's four batches, chosen by a select that posts itself, with their printed sum."""
    session = enter()
    rows, pages = rows_of(session, "statements", OCTOBER)
    assert rows == [
        {
            "batch_no": batch.batch_no,
            "period": batch.period,
            "cutoff_date": batch.cutoff_date,
            "line_count": len(batch.lines),
            "cover_total_fen": batch.total_fen,
            "is_tax_included": True,
        }
        for batch in BATCHES
    ]
    assert len(pages) == 1
    assert session.report("statements").expected == 4


def test_statement_lines_come_home_from_zipped_csv_files(enter):
    """Every line of the four zips equals what the sandbox invented; the bytes kept are the zips."""
    session = enter()
    pages = list(session.extract("statements", OCTOBER, with_children=True))
    files = [page for page in pages if page.dataset == "statement_lines"]
    rows = [row for page in files for row in page.rows]
    assert rows == [line_row(line) for batch in BATCHES for line in batch.lines]
    assert [page.raw_name for page in files] == [f"佣金结算明细_{batch.batch_no}.zip" for batch in BATCHES]
    assert all(zipfile.is_zipfile(io.BytesIO(page.raw)) for page in files)
    assert session.report("statement_lines").rows == 60
    assert "<html" in pages[0].raw.decode("utf-8")


def test_monthly_statement_comes_home_from_a_pdf(enter):
    """Every line of all pages equals what the sandbox invented, wrapped remarks too."""
    session = enter()
    rows, (page,) = rows_of(session, "monthly_statement", OCTOBER)
    assert rows == [line_row(line) for batch in BATCHES for line in batch.lines]
    assert (page.raw[:5], page.raw_name) == (b"%PDF-", "佣金月结单_2026-10.pdf")
    report = session.report("monthly_statement")
    assert (report.rows, report.expected, report.set_aside) == (60, 60, 0)


def test_month_without_batches_is_complete_with_no_rows(enter):
    """A sentence instead of the table's titles is an empty list when the count says 0 too."""
    session = enter()
    for dataset in ("statements", "statement_lines", "monthly_statement"):
        assert rows_of(session, dataset, {"period": "2026-09"})[0] == []
        assert session.report(dataset).expected == 0
    assert rows_of(session, "policies", {"from_date": "2028-01-01", "to_date": "2029-01-01"})[0] == []


def test_export_of_a_query_is_the_same_list(enter):
    """The workbook of the whole query holds the list's rows, with dates and amounts as numbers of a sheet."""
    session = enter()
    parameters, found = days("2026-10-01", "2026-10-31")
    rows, (page,) = rows_of(session, "policies_file", parameters)
    assert rows == [policy_row(policy) for policy in found]
    assert page.raw_name == f"保单清单_{parameters['from_date']}_{parameters['to_date']}.xlsx"
    assert page.raw.startswith(b"PK")
    report = session.report("policies_file")
    assert (report.rows, report.expected, report.set_aside) == (len(found), len(found), 0)


def test_list_is_read_on_after_a_download_in_the_same_session(enter):
    """The file's answer is no page: the list after it is read and kept as a page again."""
    session = enter(WITHOUT_DETAILS)
    october = {"from_date": "2026-10-01", "to_date": "2026-10-31"}
    file_rows, _ = rows_of(session, "policies_file", october)
    rows, pages = rows_of(session, "policies", october)
    assert rows == file_rows
    assert "第 1 页/共 1 页" in pages[0].raw.decode("utf-8")


def test_session_logs_out_at_the_end(enter, context, small_sandbox):
    """After close() the portal has forgotten the cookie."""
    session = enter()
    session.close()
    answer = context.request.get(f"{small_sandbox.url}/kanghe/Default.aspx")
    assert "Login.aspx" in answer.url
