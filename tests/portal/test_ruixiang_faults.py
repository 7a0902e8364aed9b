"""瑞祥人寿 misbehaves: survived without a row lost or doubled, or refused in one clear error."""

import re
import time

import httpx
import pytest

from bots.errors import ExtractionIncomplete, LoginRefused, PageChanged, PortalUnavailable, SessionExpired
from sandbox.ruixiang.portal import ACCOUNT
from tests.portal import test_ruixiang
from tests.portal.test_ruixiang import (
    ALWAYS,
    JUNE,
    PREMIUMS,
    YEARS,
    endorsement_rows,
    policies_of,
    policy_row,
    premium_row,
    rows_of,
)

pytestmark = pytest.mark.browser
enter_ruixiang = test_ruixiang.enter_ruixiang
SLUG = "ruixiang"
QUICK = ("family: layui_admin", "family: layui_admin\ntimeout_seconds: 5")
NO_RELOGIN = ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:")
# Three pages of thirty policies; three answers of ninety premiums.
_MOST_WALKS = 15
DAYS = {"policies": YEARS, "premiums": ALWAYS}


class Heard:
    """Addresses that the browser asked for, as far as they hold a text."""

    def __init__(self, context, part):
        self.urls = []
        context.on("request", lambda request: self.urls.append(request.url) if part in request.url else None)

    def __len__(self):
        return len(self.urls)


@pytest.fixture
def logins(context):
    """The logins that were tried in the browser."""
    return Heard(context, f"/{SLUG}/api/login")


def truth_of(dataset):
    """The rows that the dataset's days hold."""
    if dataset == "policies":
        return [policy_row(policy) for policy in policies_of(YEARS)]
    return [premium_row(row) for row in PREMIUMS]


def log_in_elsewhere(sandbox):
    form = {"username": ACCOUNT.user, "password": ACCOUNT.password}
    assert httpx.post(f"{sandbox.url}/{SLUG}/api/login", json=form).json()["code"] == 0


def test_days_fill_three_pages():
    """The days of these tests reach over page borders in both lists."""
    assert 60 < len(truth_of("policies")) <= 90
    assert 180 < len(truth_of("premiums")) <= 270


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_session_lost_at_a_page_loses_and_doubles_nothing(
    small_sandbox, enter_ruixiang, dataset, page, logins
):
    """A code in an answer of HTTP 200, an alert and a moved window: logged in again, back to the page."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, expire_at_page=page)
    rows, pages = rows_of(session, dataset, DAYS[dataset])
    assert rows == truth_of(dataset)
    assert [page.page_no for page in pages] == [1, 2, 3]
    assert (small_sandbox.faults(SLUG)["expire_at_page"], len(logins)) == (None, 2)


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_displaced_session_logs_in_again(small_sandbox, enter_ruixiang, dataset, logins):
    """Somebody else logs in between two pages; the bot comes back to the page it was going to."""
    session = enter_ruixiang(small_sandbox)
    pages = session.extract(dataset, DAYS[dataset])
    rows = [*next(pages).rows, *next(pages).rows]
    log_in_elsewhere(small_sandbox)
    assert len(logins) == 1
    assert [*rows, *(row for page in pages for row in page.rows)] == truth_of(dataset)
    assert len(logins) == 2


def test_session_lost_behind_a_link_opens_it_again(small_sandbox, enter_ruixiang, logins):
    """The layer's answer says that the session is gone: back to the list's page, and to the same row."""
    session = enter_ruixiang(small_sandbox)
    rows = []
    for number, page in enumerate(session.extract("endorsements", YEARS)):
        rows += page.rows
        if number in {2, 3}:
            log_in_elsewhere(small_sandbox)
    assert rows == endorsement_rows(policies_of(YEARS))
    assert len(logins) == 3


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_budget_of_new_logins_ends(small_sandbox, enter_ruixiang, dataset):
    """With no new login allowed the portal's own words are in the error."""
    session = enter_ruixiang(small_sandbox, NO_RELOGIN)
    pages = session.extract(dataset, DAYS[dataset])
    next(pages)
    log_in_elsewhere(small_sandbox)
    with pytest.raises(SessionExpired, match=r"瑞祥人寿（ruixiang） 会话已失效：您的账号已在其他地点登录"):
        list(pages)


def test_wrong_password_is_tried_once_and_told_at_once(small_sandbox, enter_ruixiang, evidence, logins):
    """The refusal is in a script's answer: known long before the time is over, never tried again."""
    started = time.monotonic()
    with pytest.raises(LoginRefused, match="账号或密码错误") as caught:
        enter_ruixiang(small_sandbox, password="wrong-secret-77")
    assert time.monotonic() - started < 15
    assert len(logins) == 1
    assert "wrong-secret-77" not in str(caught.value)
    assert evidence.files
    assert not any(b"wrong-secret-77" in content for content in evidence.files.values())
    log_in_elsewhere(small_sandbox)


def test_locked_account_is_a_refusal(small_sandbox, enter_ruixiang):
    """账号已锁定 is a refusal too."""
    for _ in range(3):
        httpx.post(f"{small_sandbox.url}/{SLUG}/api/login", json={"username": "x", "password": "x"})
    with pytest.raises(LoginRefused, match="账号已锁定"):
        enter_ruixiang(small_sandbox)


def test_notice_about_locked_accounts_is_no_refusal(small_sandbox, enter_ruixiang, context):
    """What the login page says to everybody, itself or by its scripts, is not the answer to our login."""
    notice, asked = "连续输错五次，账号已锁定", Heard(context, "/api/notices")
    pages = []

    def add_notice(route):
        page = route.fetch().text().replace("</form>", f"</form><p>{notice}</p>")
        pages.append(page)
        route.fulfill(body=page, content_type="text/html; charset=utf-8")

    context.route(f"**/{SLUG}/", add_notice)
    context.route("**/api/notices", lambda route: route.fulfill(json={"code": 0, "msg": notice}))
    context.add_init_script("if (location.pathname === '/ruixiang/') fetch('api/notices')")
    session = enter_ruixiang(small_sandbox)
    assert rows_of(session, "premiums", ALWAYS)[0] == truth_of("premiums")
    assert [page.count(notice) for page in pages] == [1]
    assert len(asked) == 1


def test_mask_that_shows_late_lets_no_old_page_through(small_sandbox, enter_ruixiang, context):
    """At the second query the rows of the first still stand there unmasked: its own are read all the same."""
    sources = []

    def show_late(route):
        source = route.fetch().text()
        assert source.count("mask(true);\n") == 1
        late = source.replace("mask(true);\n", "setTimeout(function () { mask(true); }, 400);\n")
        sources.append(late)
        route.fulfill(body=late, content_type="text/javascript; charset=utf-8")

    context.route("**/static/grid.js", show_late)
    session = enter_ruixiang(small_sandbox)
    for days in (JUNE, YEARS):
        assert rows_of(session, "policies", days)[0] == [policy_row(policy) for policy in policies_of(days)]
    assert sources


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"short_page": 2}, "应有 {count} 条，读到 {short} 条"),
        ({"short_page": 3}, "应有 {count} 条，读到 {short} 条"),
        ({"wrong_total": "count"}, "应有 {more} 条，读到 {count} 条"),
        ({"wrong_total": "amount"}, "差 -1.00 元"),
        ({"moved_at_page": 2}, "第 2 页 采集期间列表变了：第 1 页写 {count} 条"),
        ({"moved_at_page": 3}, "第 3 页 采集期间列表变了：第 1 页写 {count} 条"),
    ],
)
def test_list_that_does_not_add_up_is_incomplete(small_sandbox, enter_ruixiang, dataset, faults, said):
    """A row missing, a total that lies, a list that moves: both figures are in the error."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, **faults)
    count = len(truth_of(dataset))
    with pytest.raises(ExtractionIncomplete) as caught:
        list(session.extract(dataset, DAYS[dataset]))
    assert said.format(count=count, short=count - 1, more=count + 1) in caught.value.what
    with pytest.raises(KeyError):
        session.report(dataset)


@pytest.mark.parametrize(
    "changed",
    [
        ("policies", {"renamed_class": True}, "没有表格 .lay-table-main > table"),
        (
            "policies",
            {"renamed_column": "币种"},
            "缺少栏目：币种；多出栏目：币种（新）。页面上的栏目：序号、保单号",
        ),
        ("policies", {"missing_column": "状态日期"}, "缺少栏目：状态日期"),
        ("policies", {"missing_column": "保单号"}, "缺少栏目：保单号"),
        ("policies", {"extra_column": True}, "多出栏目：渠道标识"),
        ("premiums", {"renamed_column": "收据号"}, "缺少栏目：receipt_no；多出栏目：receipt_noNew"),
        ("premiums", {"missing_column": "收据号"}, "缺少栏目：receipt_no"),
        ("premiums", {"extra_column": True}, "多出栏目：channelFlag"),
    ],
)
def test_changed_page_is_named(small_sandbox, enter_ruixiang, evidence, changed):
    """A title, key or class that is new or gone names portal, dataset, page; evidence shows no person."""
    dataset, faults, said = changed
    session = enter_ruixiang(small_sandbox, QUICK)
    small_sandbox.spoil(SLUG, **faults)
    with pytest.raises(PageChanged) as caught:
        list(session.extract(dataset, DAYS[dataset]))
    assert caught.value.what.startswith("瑞祥人寿（ruixiang） ")
    assert said in caught.value.what
    shown = b"".join(content for name, content in evidence.files.items() if name.endswith(".html")).decode()
    hidden = re.findall(r'-cell\b[^"]*">\*\*</div>', shown)
    assert (len(hidden) > 30) is (dataset == "policies")
    on_page = policies_of(YEARS)[:30]
    assert not [policy for policy in on_page if f">{policy.policyholder.name}<" in shown]


def test_json_list_does_not_mind_a_new_look(small_sandbox, enter_ruixiang):
    """Renamed classes change nothing for a list that is read without its page."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, renamed_class=True)
    looks = httpx.get(f"{small_sandbox.url}/{SLUG}/pages/premium.html").text
    assert ("lay-grid" in looks, "lay-table" in looks) == (True, False)
    assert rows_of(session, "premiums", ALWAYS)[0] == truth_of("premiums")


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_slow_page_in_time_is_waited_for(small_sandbox, enter_ruixiang, dataset):
    """The old rows stay under the mask for seconds: they are not read as the next page."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, slow_page=2, slow_seconds=3)
    started = time.monotonic()
    assert rows_of(session, dataset, DAYS[dataset])[0] == truth_of(dataset)
    assert time.monotonic() - started > 3


@pytest.mark.parametrize(
    ("dataset", "page", "said"),
    [
        ("policies", 1, "5 秒内没有 api/policies 的应答"),
        ("policies", 2, "5 秒内没有画完第 2 页"),
        ("premiums", 1, "第 1 页 没有应答"),
        ("premiums", 2, "第 2 页 没有应答"),
    ],
)
def test_slow_page_beyond_the_time_is_unavailable(small_sandbox, enter_ruixiang, dataset, page, said):
    """A page slower than timeout_seconds is the portal's fault, not a changed page."""
    session = enter_ruixiang(small_sandbox, QUICK)
    small_sandbox.spoil(SLUG, slow_page=page, slow_seconds=9)
    with pytest.raises(PortalUnavailable) as caught:
        list(session.extract(dataset, DAYS[dataset]))
    assert said in caught.value.what
    small_sandbox.reset()


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"down": True}, "HTTP 503"),
        ({"maintenance": True}, "页面写着：系统维护中"),
        ({"error_rate": 1.0}, "HTTP 500"),
    ],
)
def test_portal_closed_at_the_door(small_sandbox, enter_ruixiang, faults, said):
    """503, a maintenance page with status 200, 500: unavailable, and nothing is wrong with the account."""
    small_sandbox.spoil(SLUG, **faults)
    with pytest.raises(PortalUnavailable, match=said):
        enter_ruixiang(small_sandbox, QUICK)


@pytest.mark.parametrize("dataset", ["policies", "premiums", "endorsements"])
@pytest.mark.parametrize(("fault", "said"), [("down", "HTTP 503"), ("maintenance", "页面写着：系统维护中")])
def test_portal_that_closes_between_pages_and_comes_back(small_sandbox, enter_ruixiang, dataset, fault, said):
    """The scripts' answers say why; when the portal is back the same session reads everything."""
    days = DAYS.get(dataset, YEARS)
    session = enter_ruixiang(small_sandbox, QUICK)
    pages = session.extract(dataset, days)
    next(pages)
    small_sandbox.spoil(SLUG, **{fault: True})
    with pytest.raises(PortalUnavailable, match=said):
        list(pages)
    small_sandbox.reset()
    expected = endorsement_rows(policies_of(YEARS)) if dataset == "endorsements" else truth_of(dataset)
    assert rows_of(session, dataset, days)[0] == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_answers_that_fail_now_and_then(small_sandbox, enter_ruixiang, dataset, seed):
    """One answer in ten is HTTP 500: a walk comes home whole, or says so; walked until some have failed."""
    session = enter_ruixiang(small_sandbox, QUICK)
    small_sandbox.spoil(SLUG, error_rate=0.1, error_seed=seed)
    said = []
    for _ in range(_MOST_WALKS):
        try:
            assert rows_of(session, dataset, DAYS[dataset])[0] == truth_of(dataset)
        except PortalUnavailable as error:
            said.append(error.what)
        if small_sandbox.faults(SLUG)["errors_sent"]:
            break
    assert small_sandbox.faults(SLUG)["errors_sent"] >= max(len(said), 1)
    assert all("HTTP 500" in what for what in said)
    small_sandbox.reset()


@pytest.mark.parametrize("script", ["portal", "calendar"])
def test_script_of_the_page_that_fails_is_named(context, small_sandbox, enter_ruixiang, script):
    """A page that never asks, a calendar that never opens: the error tells the status that the script got."""
    session = enter_ruixiang(small_sandbox, QUICK)
    asked = Heard(context, f"/static/{script}.js")
    context.route(f"**/static/{script}.js*", lambda route: route.fulfill(status=500))
    with pytest.raises(PortalUnavailable, match="瑞祥人寿（ruixiang） 网页的请求得到 HTTP 500"):
        rows_of(session, "policies", DAYS["policies"])
    assert asked.urls


def test_refused_question_is_passed_on(small_sandbox, enter_ruixiang):
    """What the portal says in place of rows is in the error; a calendar shows it before the question."""
    session = enter_ruixiang(
        small_sandbox, QUICK, ("kind: date, written: YYYY-MM-DD", "kind: date, written: YYYY/MM/DD")
    )
    with pytest.raises(PageChanged, match="应答写着：code 1400、msg 参数错误，日期格式应为"):
        list(session.extract("premiums", ALWAYS))
    with pytest.raises(PageChanged, match="选了 2000/01/01，页面上仍是“2000-01-01”"):
        list(session.extract("policies", ALWAYS))
