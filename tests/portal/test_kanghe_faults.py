"""康禾人寿 misbehaves: survived without a row lost or doubled, or refused in one clear error."""

import time

import pytest

from bots.errors import (
    ExtractionIncomplete,
    LoginRefused,
    PageChanged,
    PortalUnavailable,
    SessionExpired,
    SourceFileInvalid,
)
from tests.portal.kanghe_portal import (
    ALWAYS,
    BATCHES,
    IN_WINDOWS,
    OCTOBER,
    QUICK,
    RECORDS,
    SMALL_PAGES,
    WITHOUT_DETAILS,
    days,
    detailed_row,
    log_in_elsewhere,
    logged_in,
    policy_row,
    rows_of,
    spoil,
)

pytestmark = pytest.mark.browser
PLACE = r"康禾人寿（kanghe）"
MONTH, FOUND = days("2026-10-01", "2026-10-31")
FILES = {"policies_file": MONTH, "statement_lines": OCTOBER, "monthly_statement": OCTOBER}
ASKED = {"policies": ALWAYS, "statements": OCTOBER, **FILES}


@pytest.fixture
def enter(context, evidence, small_sandbox):
    """A function that logs in and leaves the session open until the test ends."""
    opened = []

    def enter_kanghe(*changes, **options):
        opened.append(logged_in(context, evidence, small_sandbox, *changes, **options))
        return opened[-1].__enter__()

    yield enter_kanghe
    for session in opened:
        session.__exit__(None, None, None)


@pytest.fixture
def read(enter, small_sandbox):
    """A function that reads a whole dataset of a portal spoilt after the login."""

    def read_spoilt(dataset, *changes, **faults):
        session = enter(WITHOUT_DETAILS, *changes)
        spoil(small_sandbox, **faults)
        return rows_of(session, dataset, ASKED[dataset])[0]

    return read_spoilt


@pytest.mark.parametrize("page", [1, 7, 11, 12])
def test_expired_session_goes_back_to_the_page(read, page):
    """The session ends when a page is asked for; the way back by blocks of page numbers loses no row."""
    rows = read("policies", SMALL_PAGES, expire_at_page=page)
    assert rows == [policy_row(policy) for policy in RECORDS]


@pytest.mark.parametrize("dataset", ["statements", "statement_lines"])
def test_session_that_expires_at_the_month_is_found_again(read, dataset):
    """The select's own postback meets the login; the month is chosen again after it."""
    rows = read(dataset, expire_at_page=1)
    assert len(rows) == {"statements": 4, "statement_lines": 60}[dataset]


@pytest.mark.parametrize("dataset", ["statement_lines", "policies_file"])
def test_displaced_session_downloads_again(enter, small_sandbox, dataset):
    """A login elsewhere answers a download or a query with the login; after a new one the file comes."""
    session = enter()
    pages = session.extract(dataset, ASKED[dataset])
    rows = list(next(pages).rows) if dataset == "statement_lines" else []
    log_in_elsewhere(small_sandbox)
    rows += [row for page in pages for row in page.rows]
    assert len(rows) == {"statement_lines": 60, "policies_file": len(FOUND)}[dataset]


def test_budget_of_new_logins_ends(enter, small_sandbox):
    """With no new login allowed a displaced session is an error that says what the portal said."""
    session = enter(WITHOUT_DETAILS, ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:"))
    pages = session.extract("policies", ALWAYS)
    next(pages)
    log_in_elsewhere(small_sandbox)
    with pytest.raises(SessionExpired, match=f"{PLACE} 会话已失效：您的账号已在其他地点登录"):
        list(pages)


def test_wrong_password_is_tried_once(enter, evidence):
    """A refused password stops at once and stands in no evidence."""
    with pytest.raises(LoginRefused, match="用户名或密码不正确"):
        enter(password="wrong-secret-77")
    assert evidence.files
    assert not any(b"wrong-secret-77" in content for content in evidence.files.values())


@pytest.mark.parametrize(
    ("dataset", "page", "said"),
    [("policies", 3, "应有 236 条，读到 235 条"), ("statements", 1, "应有 4 条，读到 3 条")],
)
def test_short_page_is_incomplete(read, dataset, page, said):
    """A page that lacks its last row does not reach the printed count."""
    with pytest.raises(ExtractionIncomplete, match=f"{PLACE} {dataset} {said}"):
        read(dataset, short_page=page)


@pytest.mark.parametrize(
    ("wrong", "said"), [("count", "应有 237 条，读到 236 条"), ("amount", "差 -1.00 元")]
)
def test_wrong_total_of_a_list_is_incomplete(read, wrong, said):
    """A printed count or sum that the rows do not reach fails after the last page."""
    with pytest.raises(ExtractionIncomplete, match=said):
        read("policies", wrong_total=wrong)


@pytest.mark.parametrize("wrong", ["count", "amount"])
@pytest.mark.parametrize("dataset", FILES)
def test_wrong_total_of_a_file_refuses_the_file(read, dataset, wrong):
    """A footer that the file's own rows do not reach refuses the whole file, or its list before it."""
    with pytest.raises((SourceFileInvalid, ExtractionIncomplete), match=r"应有 \d+ [条笔]|合计应为"):
        read(dataset, wrong_total=wrong)


@pytest.mark.parametrize("dataset", ["policies", "statements"])
def test_renamed_table_is_a_changed_page(read, dataset):
    """A table under another id is not there where no fallback is written; what the page says is told."""
    ids = {"policies": "gvPolicies", "statements": "gvBatches"}
    alone = (f'["#ctl00_MainContent_{ids[dataset]}", table.gridview]', f'"#ctl00_MainContent_{ids[dataset]}"')
    with pytest.raises(PageChanged, match=f"{PLACE} 没有表格 #ctl00_MainContent_gv"):
        read(dataset, QUICK, alone, renamed_class=True)


def test_renamed_table_is_read_by_the_fallback_and_said(enter, small_sandbox):
    """Under its new id table, pages and windows come home; the report names both selectors."""
    session = enter(SMALL_PAGES)
    rows_of(session, "policies", MONTH)
    assert session.report("policies").fallbacks == []
    spoil(small_sandbox, renamed_class=True)
    rows, _ = rows_of(session, "policies", MONTH)
    assert rows == [detailed_row(policy) for policy in FOUND]
    said = "读取表格时没有 #ctl00_MainContent_gvPolicies，用了 table.gridview"
    assert session.report("policies").fallbacks == [said]


def test_fallbacks_of_steps_and_login_cost_no_waiting(enter):
    """With a patience of minutes the missing first selectors are not waited for when the second is there."""
    started = time.monotonic()
    session = enter(
        ("family: webforms", "family: webforms\ntimeout_seconds: 300"),
        (
            "\ndatasets:",
            "\nsession: {logged_in: {url: null, element: ['#gone', '#ctl00_lbtnLogout']}}\n\ndatasets:",
        ),
        ('"#ctl00_MainContent_btnQuery"', "['#btnSearch', '#ctl00_MainContent_btnQuery']"),
    )
    rows, _ = rows_of(session, "policies", MONTH)
    assert rows == [detailed_row(policy) for policy in FOUND]
    assert session.report("policies").fallbacks == [
        "等待时没有 #gone，用了 #ctl00_lbtnLogout",
        "点击时没有 #btnSearch，用了 #ctl00_MainContent_btnQuery",
    ]
    assert time.monotonic() - started < 250


def test_element_that_is_not_there_is_a_changed_page(read):
    """A select that cannot be found gets no answer either, and is still no portal out of reach."""
    with pytest.raises(PageChanged, match="在 #ctl00_MainContent_ddlTerm 里选择 2026-10失败：页面上没有它"):
        read("statements", QUICK, ("ddlMonth", "ddlTerm"))


@pytest.mark.parametrize("dataset", ["policies", *FILES])
@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"renamed_column": "币种"}, "缺少栏目：币种；多出栏目：新币种"),
        ({"missing_column": "币种"}, "缺少栏目：币种"),
        ({"extra_column": True}, "多出栏目：渠道标识"),
    ],
)
def test_changed_columns_are_named(read, dataset, faults, said):
    """A column renamed, gone or new stops list and file, naming portal, dataset and column."""
    said = said.removeprefix("缺少栏目：币种；") if dataset == "statement_lines" and "extra" in said else said
    with pytest.raises(PageChanged) as caught:
        read(dataset, **faults)
    assert said in caught.value.what
    assert caught.value.what.startswith("康禾人寿（kanghe） ")


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"renamed_column": "回执日期"}, "缺少栏目：回执日期；多出栏目：新回执日期"),
        ({"missing_column": "回访结果"}, "缺少栏目：回访结果"),
        ({"renamed_column": "备注"}, "多出栏目：新备注"),
    ],
)
def test_changed_labels_of_a_window_are_named(enter, small_sandbox, evidence, faults, said):
    """A label of the details gone, renamed or new names the policy; the window is kept without its person."""
    session = enter(IN_WINDOWS)
    spoil(small_sandbox, **faults)
    with pytest.raises(PageChanged) as caught:
        list(session.extract("policies", MONTH))
    assert f"policies {FOUND[0].policy_no} {said}" in caught.value.what
    html = evidence.files["kanghe-policies-2-0.html"].decode("utf-8")
    assert FOUND[0].policy_no in html
    person = [FOUND[0].policyholder.name, FOUND[0].address, FOUND[0].bank_account[:6]]
    assert not [text for text in filter(None, person) if f">{text}" in html]


def test_changed_label_of_a_sheet_as_sent_is_named(enter, small_sandbox):
    """The same without a window."""
    session = enter()
    spoil(small_sandbox, missing_column="回访结果")
    with pytest.raises(PageChanged, match=f"policies {FOUND[0].policy_no} 缺少栏目：回访结果"):
        list(session.extract("policies", MONTH))


def test_list_that_moves_between_pages_is_incomplete(read):
    """A new row that comes in between two pages is noticed by the printed totals."""
    with pytest.raises(ExtractionIncomplete, match="采集期间列表变了：第 1 页写 236 条"):
        read("policies", moved_at_page=3)


def test_slow_page_within_the_time_is_waited_for(read):
    """Two seconds are less than three."""
    rows = read("policies", QUICK, slow_page=2, slow_seconds=1.5)
    assert len(rows) == len(RECORDS)


@pytest.mark.parametrize("dataset", ["policies", "statements"])
def test_slow_page_beyond_the_time_is_unavailable(read, dataset):
    """A portal slower than timeout_seconds is PortalUnavailable."""
    with pytest.raises(PortalUnavailable, match="3 秒内没有应答"):
        read(dataset, QUICK, slow_page=1, slow_seconds=8)


@pytest.mark.parametrize("dataset", FILES)
def test_half_download_is_refused(read, dataset):
    """A file that breaks off is refused, also where the browser tries again and saves a page."""
    with pytest.raises(SourceFileInvalid, match=r"只下载了一半|下载中断|没有下载成功|表格没有结束"):
        read(dataset, half_download=True)


@pytest.mark.parametrize(("fault", "said"), [("down", "HTTP 503"), ("maintenance", "系统维护中")])
def test_closed_portal_is_unavailable(enter, small_sandbox, fault, said):
    """At the login and in the middle of the work; the same session works when the portal is back."""
    spoil(small_sandbox, **{fault: True})
    with pytest.raises(PortalUnavailable, match=said):
        enter(QUICK)
    spoil(small_sandbox, **{fault: False})
    session = enter(WITHOUT_DETAILS, QUICK)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    spoil(small_sandbox, **{fault: True})
    with pytest.raises(PortalUnavailable, match=said):
        list(pages)
    spoil(small_sandbox, **{fault: False})
    assert len(rows_of(session, "statements", OCTOBER)[0]) == len(BATCHES)


def test_window_of_a_closed_portal_is_unavailable(enter, context, small_sandbox):
    """A window that is answered 503 says so at once, not that the page has changed."""
    session = enter(IN_WINDOWS)

    def close_portal(_window):
        spoil(small_sandbox, down=True)

    context.on("page", close_portal)
    with pytest.raises((PortalUnavailable,), match="HTTP 503"):
        list(session.extract("policies", MONTH))
    spoil(small_sandbox, down=False)


def read_all_again_and_again(session):
    for _ in range(20):
        assert len(rows_of(session, "policies", ALWAYS)[0]) == len(RECORDS)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_errors_now_and_then_are_told_as_such(enter, small_sandbox, seed):
    """Each answer may be HTTP 500: all rows or PortalUnavailable, never fewer."""
    session = enter(WITHOUT_DETAILS)
    spoil(small_sandbox, error_rate=0.15, error_seed=seed)
    with pytest.raises(PortalUnavailable, match="HTTP 500"):
        read_all_again_and_again(session)
    spoil(small_sandbox, error_rate=0)
    assert len(rows_of(session, "policies", ALWAYS)[0]) == len(RECORDS)
