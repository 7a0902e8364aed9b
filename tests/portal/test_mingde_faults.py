"""明德养老 misbehaves: survived without a row lost or doubled, or refused in one clear error."""

import re

import httpx
import pytest

from bots.errors import (
    ExtractionIncomplete,
    LoginRefused,
    PageChanged,
    PortalUnavailable,
    SessionExpired,
    SourceFileInvalid,
)
from sandbox.mingde.portal import ACCOUNT
from sandbox.mingde.records import SMALL_SIZE, build_new_record, build_records, build_statements
from tests.portal.mingde_visits import (
    ALL_MONTHS,
    ROWS_ALONE,
    YEAR,
    line_row,
    premium_row,
    rows_of,
    statement_row,
    visits,
)

pytestmark = pytest.mark.browser
QUICK = ("family: extjs", "family: extjs\ntimeout_seconds: 2")
# The grid fetches a hundred rows, and the hundred after them: the first fifty leave something to fetch.
SMALL_BATCHES = ("batch: 400", "batch: 50")
STATEMENTS = build_statements()
MOST_READINGS = 6
PREMIUMS, BATCHES, LINES = ("premiums", YEAR), ("batches", ALL_MONTHS), ("batch_lines", ALL_MONTHS)
IN_YEAR = [premium_row(premium) for premium in build_records(size=SMALL_SIZE)]


@pytest.fixture
def enter(context, evidence):
    """A function that logs in to a running sandbox's 明德养老."""
    yield from visits(context, evidence)


def log_in_elsewhere(sandbox):
    form = {"username": ACCOUNT.user, "password": ACCOUNT.password}
    httpx.post(f"{sandbox.url}/mingde/auth.action", data=form)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_session_that_ends_while_the_grid_scrolls(small_sandbox, enter, batch):
    """The batch that finds no session shows a message box; after a new login the same rows come, in order."""
    session = enter(small_sandbox, SMALL_BATCHES)
    small_sandbox.spoil("mingde", expire_at_page=batch)
    rows, pages = rows_of(session, "premiums", YEAR)
    assert rows == IN_YEAR
    assert [page.page_no for page in pages] == list(range(1, len(pages) + 1))


def test_displaced_session_scrolls_back_to_its_record(small_sandbox, enter):
    """Somebody logs in with the account after the first batch; the second begins where the first ended."""
    pages = enter(small_sandbox, SMALL_BATCHES).extract("premiums", YEAR)
    first = next(pages)
    log_in_elsewhere(small_sandbox)
    assert [*first.rows, *(row for page in pages for row in page.rows)] == IN_YEAR


@pytest.mark.parametrize("page", [1, 2, 3])
def test_session_that_ends_between_statements(small_sandbox, enter, page):
    """An answer that is the login page leads to a new login, and back by the query and 下一页."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", expire_at_page=page)
    rows, _ = rows_of(session, "batches", ALL_MONTHS)
    assert rows == [statement_row(statement) for statement in STATEMENTS]


def test_session_that_ends_behind_a_double_click(small_sandbox, enter):
    """A window that cannot be opened is opened after a new login, on its own page of the list."""
    pages, rows = enter(small_sandbox).extract("batch_lines", ALL_MONTHS), []
    for number, page in enumerate(pages, 1):
        rows += page.rows
        if number == 7:
            log_in_elsewhere(small_sandbox)
    assert rows == [line_row(statement, line) for statement in STATEMENTS for line in statement.lines]


@pytest.mark.parametrize(
    ("faults", "said"),
    [({"half_download": True}, "不完整|下载中断|下载了一半"), ({"wrong_total": "amount"}, "差 -1.00 元")],
)
def test_file_that_cannot_be_trusted(small_sandbox, enter, faults, said):
    """A file that breaks off or disagrees with its own footer is refused as a whole; its batch is named."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", **faults)
    with pytest.raises(SourceFileInvalid, match=f"batch_files MDJS202610.*({said})"):
        list(session.extract("batch_files", ALL_MONTHS))


def test_file_of_another_name_is_refused(small_sandbox, enter):
    """What the portal calls the file proves that it is the row's own."""
    session = enter(small_sandbox, ('named: "佣金结算_{batch_no}.csv"', 'named: "佣金_{batch_no}.csv"'))
    with pytest.raises(SourceFileInvalid, match=r"叫 佣金结算_MDJS202610\.csv，应当叫 佣金_MDJS202610\.csv"):
        list(session.extract("batch_files", ALL_MONTHS))


def test_session_that_ends_behind_a_file(small_sandbox, enter):
    """A download that answers with the login is asked for again after a new login."""
    pages, rows = enter(small_sandbox).extract("batch_files", ALL_MONTHS), []
    for number, page in enumerate(pages, 1):
        rows += page.rows
        if number == 7:
            log_in_elsewhere(small_sandbox)
    assert rows == [line_row(statement, line) for statement in STATEMENTS for line in statement.lines]


def test_budget_of_new_logins_ends(small_sandbox, enter):
    """With no new login allowed a displaced session is an error that says what the message box said."""
    session = enter(small_sandbox, SMALL_BATCHES, ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:"))
    pages = session.extract("premiums", YEAR)
    next(pages)
    log_in_elsewhere(small_sandbox)
    with pytest.raises(SessionExpired, match=r"明德养老（mingde） 会话已失效：您的账号已在其他地点登录"):
        list(pages)


def test_wrong_password_is_tried_once(small_sandbox, enter, evidence):
    """The message box of a refused login stops at once; the password is nowhere."""
    with pytest.raises(LoginRefused, match="用户名或密码错误") as caught:
        enter(small_sandbox, password="wrong-secret-77")
    assert "wrong-secret-77" not in str(caught.value)
    assert evidence.files
    assert not any(b"wrong-secret-77" in content for content in evidence.files.values())
    enter(small_sandbox)


@pytest.mark.parametrize(
    ("question", "wrong", "said"),
    [
        (
            PREMIUMS,
            "count",
            f"第 {len(IN_YEAR) + 1} 条记录（共 {len(IN_YEAR) + 1} 条）没有画出来",
        ),
        (PREMIUMS, "amount", "实收保费\\(元\\) 合计应为 .*差 -1.00 元"),
        (BATCHES, "count", "列表没有下一页了，只读到 12 条"),
        (LINES, "count", r"batch_lines MDJS202610 应有 \d+ 条，读到 \d+ 条"),
        (LINES, "amount", "MDJS202610 佣金\\(元\\) 合计应为 .*差 -1.00 元"),
    ],
)
def test_wrong_total_is_incomplete(small_sandbox, enter, question, wrong, said):
    """A claim that the rows do not reach fails with both figures, or with the record that never comes."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("mingde", wrong_total=wrong)
    with pytest.raises(ExtractionIncomplete, match=said):
        list(session.extract(*question))
    with pytest.raises(KeyError):
        session.report(question[0])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (PREMIUMS, r"premiums 第 \d 页 第 200 条记录（共 .* 条）没有画出来"),
        (BATCHES, "列表没有下一页了，只读到 11 条"),
    ],
)
def test_page_that_lacks_its_last_row_is_incomplete(small_sandbox, enter, question, said):
    """The record that the second batch came without is named, or the count."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("mingde", short_page=2)
    with pytest.raises(ExtractionIncomplete, match=said):
        list(session.extract(*question))


def test_list_that_moves_while_it_is_read_is_incomplete(small_sandbox, enter):
    """A premium that comes in at the top while the grid scrolls stops the walk; the next one has it."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", moved_at_page=3)
    with pytest.raises(
        ExtractionIncomplete, match=f"采集期间列表变了：.*{SMALL_SIZE} 条.*{SMALL_SIZE + 1} 条"
    ):
        list(session.extract("premiums", YEAR))
    october = {"from_date": "2026-10-10", "to_date": "2026-10-20"}
    rows, _ = rows_of(session, "premiums", october)
    assert rows[0] == premium_row(build_new_record())
    assert len(rows) == session.report("premiums").expected


@pytest.mark.parametrize(
    ("question", "column"),
    [(PREMIUMS, "币种"), (LINES, "费率")],
)
def test_columns_that_change_are_named(small_sandbox, enter, evidence, question, column):
    """A column gone, renamed or new names portal, dataset and column; evidence is kept."""
    session = enter(small_sandbox)
    for fault, said in (
        ({"missing_column": column}, f"缺少栏目：{column}。页面上的栏目：序号、保单号"),
        ({"missing_column": "", "renamed_column": column}, f"缺少栏目：{column}；多出栏目：新{column}"),
        ({"renamed_column": "", "extra_column": True}, "多出栏目：(渠道标识|extField1)"),
    ):
        small_sandbox.spoil("mingde", **fault)
        with pytest.raises(PageChanged, match=rf"明德养老（mingde） .* {said}"):
            list(session.extract(*question))
    assert f"mingde-{question[0]}-1.png" in evidence.files
    text = evidence.files[f"mingde-{question[0]}-1-0.html"].decode("utf-8")
    assert STATEMENTS[0].lines[0].agent_name not in text
    assert "来电" not in text


def test_keys_that_change_in_the_answer_are_named(small_sandbox, enter):
    """A key gone or new in the page's own answer stops the run; a title renamed on the page does not."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", missing_column="笔数")
    with pytest.raises(PageChanged, match="batches 第 1 页 缺少栏目：lineCount"):
        list(session.extract("batches", ALL_MONTHS))
    small_sandbox.spoil("mingde", missing_column="", extra_column=True)
    with pytest.raises(PageChanged, match="batches 第 1 页 多出栏目：extField1"):
        list(session.extract("batches", ALL_MONTHS))
    small_sandbox.spoil("mingde", extra_column=False, renamed_column="笔数", renamed_class=True)
    rows, _ = rows_of(session, "batches", ALL_MONTHS)
    assert rows == [statement_row(statement) for statement in STATEMENTS]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (PREMIUMS, r"没有画出任何一行（.*\.x-grid-item）"),
        (LINES, "没有表格 .x-statement-window .x-statement-table"),
    ],
)
def test_renamed_class_is_named(small_sandbox, enter, question, said):
    """A grid without a fallback or a window's table with another class is a changed page."""
    session = enter(small_sandbox, QUICK, ROWS_ALONE)
    small_sandbox.spoil("mingde", renamed_class=True)
    with pytest.raises(PageChanged, match=said):
        list(session.extract(*question))


@pytest.mark.parametrize(
    ("question", "page", "said"),
    [
        (PREMIUMS, 1, "2 秒内没有 premium.action 的应答"),
        (PREMIUMS, 3, "第 201 条记录（共 .* 条） 2 秒后仍写着“加载中”"),
        (BATCHES, 2, "2 秒内没有 batch.action 的应答"),
    ],
)
def test_answer_that_comes_too_late(small_sandbox, enter, question, page, said):
    """A portal slower than timeout_seconds cannot be reached; what it owes is named."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("mingde", slow_page=page, slow_seconds=9)
    with pytest.raises(PortalUnavailable, match=said):
        list(session.extract(*question))


@pytest.mark.parametrize("page", [1, 3])
def test_slow_answer_is_waited_for(small_sandbox, enter, page):
    """Within the timeout slowness costs time alone."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", slow_page=page, slow_seconds=3)
    assert rows_of(session, "premiums", YEAR)[0] == IN_YEAR


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_errors_now_and_then_never_cost_a_row(small_sandbox, enter, seed):
    """With every fifth answer an HTTP 500 the rows are all there or the error says so; later they are."""
    session = enter(small_sandbox)
    small_sandbox.spoil("mingde", error_rate=0.2, error_seed=seed)
    for _ in range(MOST_READINGS):
        rows, said = [], ""
        try:
            rows, _ = rows_of(session, "premiums", YEAR)
        except PortalUnavailable as error:
            said = error.what
        assert rows == IN_YEAR or re.match(r"明德养老（mingde） .*(HTTP 500|服务器返回异常|请求失败)", said)
        if small_sandbox.faults("mingde")["errors_sent"]:
            break
    assert small_sandbox.faults("mingde")["errors_sent"]
    small_sandbox.spoil("mingde", error_rate=0)
    assert rows_of(session, "premiums", YEAR)[0] == IN_YEAR


@pytest.mark.parametrize(
    ("fault", "said"), [({"down": True}, "HTTP 503"), ({"maintenance": True}, "系统维护中|服务器返回异常")]
)
def test_portal_that_closes_and_opens_again(small_sandbox, enter, fault, said):
    """Closed at the door or in mid-grid is PortalUnavailable; open again, the same session works."""
    small_sandbox.spoil("mingde", **fault)
    with pytest.raises(PortalUnavailable, match=said):
        enter(small_sandbox, QUICK)
    small_sandbox.spoil("mingde", **dict.fromkeys(fault, False))
    session = enter(small_sandbox, SMALL_BATCHES)
    for question in (("premiums", YEAR), BATCHES):
        pages = session.extract(*question)
        next(pages)
        small_sandbox.spoil("mingde", **fault)
        with pytest.raises(PortalUnavailable, match=f"明德养老（mingde） .*({said}|请求失败)"):
            list(pages)
        small_sandbox.spoil("mingde", **dict.fromkeys(fault, False))
    assert rows_of(session, "premiums", YEAR)[0] == IN_YEAR
