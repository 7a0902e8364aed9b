"""泰安人寿 misbehaves: survived without a row lost or doubled, or refused in one clear error."""

import httpx
import pytest

from bots.errors import (
    BrowserLost,
    ExtractionIncomplete,
    LoginRefused,
    PageChanged,
    PortalUnavailable,
    SecretMissing,
    SessionExpired,
    SourceFileInvalid,
)
from bots.portal.session import open_session
from bots.portal.walks import ParameterInvalid
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import parse_taian
from tests.portal.test_taian import ALWAYS, rows_of

pytestmark = pytest.mark.browser
OCTOBER = {"period": "2026-10"}
QUICK = ("family: jsp_frameset", "family: jsp_frameset\ntimeout_seconds: 2")


@pytest.mark.parametrize("requests", [1, 2, 3])
def test_expired_session_loses_and_doubles_nothing(small_sandbox, enter, requests):
    """The session ends while pages are turned; after a new login the same rows come, in order."""
    session = enter(small_sandbox)
    good, _ = rows_of(session, "premiums", ALWAYS)
    small_sandbox.control(expire_after_requests=requests)
    rows, pages = rows_of(session, "premiums", ALWAYS)
    assert small_sandbox.control()["expire_after_requests"] is None
    assert rows == good
    assert [page.page_no for page in pages] == list(range(1, len(pages) + 1))


@pytest.mark.parametrize("requests", [1, 4])
def test_session_that_expires_between_pages_goes_back_to_the_page(sandbox, enter, requests):
    """In the middle of some pages the session ends; the walk goes on at the page it was going to."""
    session = enter(sandbox)
    policies = sandbox.brokerage.policies
    first_day = sorted(policy.issue_date for policy in policies)[-550]
    numbers = []
    for page in session.extract("policies", ALWAYS | {"from_date": first_day.isoformat()}):
        numbers += [row["policy_no"] for row in page.rows]
        if page.page_no == 3:
            sandbox.control(expire_after_requests=requests)
    assert page.page_no == 6
    assert numbers == [policy.policy_no for policy in policies if policy.issue_date >= first_day]


@pytest.mark.parametrize(("dataset", "parameters"), [("endorsements", ALWAYS), ("statement_lines", OCTOBER)])
def test_session_that_expires_behind_a_link_opens_it_again(small_sandbox, enter, dataset, parameters):
    """A window or a download that answers with the login is asked for again after a new login."""
    session = enter(small_sandbox)
    good, _ = rows_of(session, dataset, parameters)
    rows = []
    for number, page in enumerate(session.extract(dataset, parameters)):
        rows += page.rows
        if number == 1:
            small_sandbox.control(expire_after_requests=1)
    assert rows == good


def test_displaced_session_logs_in_again(small_sandbox, enter):
    """Somebody else logs in with the account; the bot says so by logging in once more and finishes."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    first = next(pages)
    log_in_elsewhere(small_sandbox)
    rows = [*first.rows, *(row for page in pages for row in page.rows)]
    assert [row["policy_no"] for row in rows] == [p.policy_no for p in small_sandbox.brokerage.policies]


def test_budget_of_new_logins_ends(small_sandbox, enter):
    """With no new login allowed a displaced session is an error that names the portal."""
    session = enter(small_sandbox, ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:"))
    pages = session.extract("policies", ALWAYS)
    next(pages)
    log_in_elsewhere(small_sandbox)
    with pytest.raises(SessionExpired, match=r"泰安人寿（taian） 会话已失效：您的账号已在其他地点登录"):
        list(pages)


def log_in_elsewhere(sandbox):
    form = {"userId": PORTAL_USER, "passwd": PORTAL_PASSWORD}
    httpx.post(f"{sandbox.url}/taian/login.do", data=form, follow_redirects=False)


def test_wrong_password_is_tried_once(small_sandbox, enter, evidence):
    """A refused password stops at once, is not in message or evidence, and leaves the account unlocked."""
    with pytest.raises(LoginRefused, match="用户名或密码错误") as caught:
        enter(small_sandbox, password="wrong-secret-77")
    assert "wrong-secret-77" not in str(caught.value)
    assert evidence.files
    assert not any(b"wrong-secret-77" in content for content in evidence.files.values())
    with pytest.raises(LoginRefused, match="用户名或密码错误"):
        enter(small_sandbox, password="wrong-secret-78")
    enter(small_sandbox)


def test_refusal_in_mid_run_is_not_tried_again(small_sandbox, context):
    """When the password stops working at a new login, the refusal ends everything, also later datasets."""
    credentials = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}
    with open_session(context, parse_taian(), credentials, f"{small_sandbox.url}/taian/") as session:
        credentials["password"] = "changed-by-insurer"
        small_sandbox.control(expire_after_requests=1)
        for _ in range(4):
            with pytest.raises(LoginRefused, match="用户名或密码错误"):
                list(session.extract("policies", ALWAYS))


def test_locked_account_is_a_refusal(small_sandbox, enter):
    """账号已锁定 is a refusal too."""
    for _ in range(3):
        httpx.post(f"{small_sandbox.url}/taian/login.do", data={"userId": PORTAL_USER, "passwd": "x"})
    with pytest.raises(LoginRefused, match="账号已锁定"):
        enter(small_sandbox)


def test_missing_secret_is_named_before_the_portal_is_asked(small_sandbox, context):
    """A secret that is nowhere set is named with the variable to set."""
    with pytest.raises(SecretMissing, match="BROKERFLOW_SECRET_TAIAN_PASSWORD"):
        open_session(context, parse_taian(), {"user": "x"}, f"{small_sandbox.url}/taian/")


def test_portal_that_is_down_at_login(small_sandbox, enter):
    """HTTP 503 at the door is PortalUnavailable."""
    small_sandbox.control(taian_down=True)
    with pytest.raises(PortalUnavailable, match="HTTP 503"):
        enter(small_sandbox)


def test_portal_that_goes_down_and_comes_back(small_sandbox, enter):
    """Down in mid-paging is PortalUnavailable; the same session logs in and works when it is back."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    small_sandbox.control(taian_down=True)
    with pytest.raises(PortalUnavailable, match="HTTP 503"):
        list(pages)
    small_sandbox.control(taian_down=False)
    rows, _ = rows_of(session, "policies", ALWAYS)
    assert len(rows) == 120


def test_address_where_nothing_listens(context):
    """A refused connection is PortalUnavailable, at once."""
    credentials = {"user": "x", "password": "y"}
    with pytest.raises(PortalUnavailable, match="ERR_CONNECTION_REFUSED"):
        open_session(context, parse_taian(), credentials, "http://127.0.0.1:2/")


def test_answer_that_does_not_come_in_time(small_sandbox, enter):
    """A portal slower than timeout_seconds is PortalUnavailable."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.control(slow_seconds=5)
    with pytest.raises(PortalUnavailable, match="2 秒内没有应答"):
        list(session.extract("policies", ALWAYS))
    small_sandbox.control(slow_seconds=0)


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_missing_column_is_named(small_sandbox, enter, evidence, dataset):
    """A column gone names portal, dataset, page, column and the columns found; evidence is kept."""
    session = enter(small_sandbox)
    small_sandbox.control(missing_column="币种")
    with pytest.raises(
        PageChanged, match=rf"泰安人寿（taian） {dataset} 第 1 页 缺少栏目：币种。页面上的栏目：序号、保单号"
    ):
        list(session.extract(dataset, ALWAYS))
    assert f"taian-{dataset}-1.png" in evidence.files


@pytest.mark.parametrize(
    "changes",
    [(), (("投保人: {", "投保人姓名: {"), ("证件号码: {", "证件号: {"), ("手机号码: {", "电话: {"))],
)
def test_evidence_shows_the_page_but_no_person(small_sandbox, enter, evidence, changes):
    """The kept HTML has the page's policies but no person, also where the portal renamed the columns."""
    session = enter(small_sandbox, *changes)
    small_sandbox.control(missing_column="币种")
    with pytest.raises(PageChanged):
        list(session.extract("policies", ALWAYS))
    html = evidence.files["taian-policies-1-mainFrame.html"].decode("utf-8")
    shown = small_sandbox.brokerage.policies[:100]
    assert all(policy.policy_no in html for policy in shown)
    for policy in shown:
        person = policy.policyholder
        assert not [text for text in (person.id_no, person.phone, f">{person.name}<") if text in html]
    assert small_sandbox.brokerage.policies[0].product.product_name in html
    assert evidence.files["taian-policies-1.png"].startswith(b"\x89PNG")
    assert not any(PORTAL_PASSWORD.encode() in content for content in evidence.files.values())


@pytest.mark.parametrize(
    ("wrong", "said"), [("count", "应有 121 条，读到 120 条"), ("amount", "差 -1.00 元")]
)
def test_wrong_total_is_incomplete(small_sandbox, enter, wrong, said):
    """A printed count or sum that the rows do not reach fails after the last page, with both figures."""
    session = enter(small_sandbox)
    small_sandbox.control(wrong_total=wrong)
    with pytest.raises(ExtractionIncomplete, match=said):
        list(session.extract("policies", ALWAYS))
    with pytest.raises(KeyError):
        session.report("policies")


def test_list_that_moves_between_pages_is_incomplete(small_sandbox, enter):
    """A total that changes from one page to the next stops the walk."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    small_sandbox.control(wrong_total="count")
    with pytest.raises(ExtractionIncomplete, match="采集期间列表变了：第 1 页写 120 条"):
        list(pages)


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"statement_truncated": True}, "不完整|下载了一半"),
        ({"statement_footer_off_fen": 1}, "与文件末尾的合计不符"),
    ],
)
def test_statement_file_that_cannot_be_trusted(small_sandbox, enter, switches, said):
    """A file that breaks off or disagrees with its footer is refused; the batch is named."""
    session = enter(small_sandbox)
    small_sandbox.control(**switches)
    with pytest.raises(SourceFileInvalid, match=said) as caught:
        list(session.extract("statement_lines", OCTOBER))
    assert "TA202610-01" in caught.value.what
    assert "重新导出" in caught.value.remedy


def test_evidence_of_a_window_shows_the_window(small_sandbox, enter, evidence):
    """When the details window is what fails, its HTML is kept without the person; the next dataset works."""
    session = enter(small_sandbox, ("变更后保费(元): {", "变更后年缴保费(元): {"))
    with pytest.raises(PageChanged, match=r"endorsements TA.* 缺少栏目：变更后年缴保费"):
        list(session.extract("endorsements", ALWAYS))
    html = evidence.files["taian-endorsements-2-0.html"].decode("utf-8")
    policy = next(policy for policy in small_sandbox.brokerage.policies if policy.endorsements)
    assert policy.policy_no in html
    assert "变更后保费(元)" in html
    for text in (policy.policyholder.name, policy.policyholder.id_no, policy.policyholder.phone):
        assert f">{text}<" not in html
    rows, _ = rows_of(session, "statements", OCTOBER)
    assert len(rows) == 5


def test_browser_that_dies_is_told_from_a_portal_that_changed(small_sandbox, enter, context):
    """A browser lost in mid-paging is an error of its own, and closing the session afterwards is quiet."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    context.browser.close()
    with pytest.raises(BrowserLost, match="浏览器关闭了"):
        next(pages)


def test_window_that_closes_itself_is_no_lost_browser(small_sandbox, enter, context):
    """Only a window is gone: the portal is to blame, the window is named, and the next dataset is read."""
    session = enter(small_sandbox, QUICK)
    page = "<html><script>window.close()</script></html>"
    context.route("**/policyDetail.do*", lambda route: route.fulfill(body=page, content_type="text/html"))
    with pytest.raises(
        PortalUnavailable, match=r"endorsements TA.*时窗口 /taian/policyDetail\.do 自己关闭了"
    ):
        list(session.extract("endorsements", ALWAYS))
    assert rows_of(session, "statements", OCTOBER)[0]


def test_second_session_in_the_same_browser_answers_its_own_dialogs(small_sandbox, enter):
    """A closed session listens no more: the next one accepts the confirm() and downloads."""
    enter(small_sandbox).close()
    rows, files = rows_of(enter(small_sandbox), "statement_lines", OCTOBER)
    assert (len(rows), len(files)) == (88, 5)


def test_dialog_that_the_recipe_does_not_expect(small_sandbox, enter):
    """A confirm() that nobody declared is declined and fails the dataset with its text."""
    session = enter(small_sandbox, ("dialogs: [{says: 确认导出该批次结算单, answer: ok}]\n", ""))
    with pytest.raises(PageChanged, match="没有登记的对话框：确认导出该批次结算单"):
        list(session.extract("statement_lines", OCTOBER))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((("frame: mainFrame\n", "frame: workFrame\n"),), "没有框架 workFrame；有：topFrame"),
        ((('table: "#dataTable"', 'table: "#grid"'),), "没有表格 #grid；页面写着：当前位置：保单查询"),
        ((("text-is('保单查询')", "text-is('保单列表')"),), "点击 a:text-is('保单列表')失败"),
        ((("第 {page}/{pages} 页", "页码 {page}/{pages}"),), "没有出现第 1 页"),
        ((("link: 详情", "link: 查看"),), "这一行没有链接（查看）"),
        (
            (("same: {policy_no: 保单号}", "same: {policy_no: 产品代码}"),),
            "打开的窗口不是这一条：产品代码 写着",
        ),
    ],
)
def test_place_that_the_recipe_names_wrongly(small_sandbox, enter, change, said):
    """A frame, table, link, page number or label that is not there is named in the error."""
    session = enter(small_sandbox, QUICK, *change)
    with pytest.raises((PageChanged, ExtractionIncomplete)) as caught:
        list(session.extract("endorsements", ALWAYS))
    assert said in caught.value.what


def test_questions_that_the_recipe_does_not_know(small_sandbox, enter):
    """Unknown datasets, missing parameters and impossible dates are answered before the portal is asked."""
    session = enter(small_sandbox)
    with pytest.raises(ParameterInvalid, match="有：policies、endorsements"):
        list(session.extract("claims", ALWAYS))
    with pytest.raises(ParameterInvalid, match="需要参数 from_date、to_date"):
        list(session.extract("policies", {}))
    with pytest.raises(ParameterInvalid, match="不是日期"):
        list(session.extract("policies", {"from_date": "今天", "to_date": "2026-10-01"}))
