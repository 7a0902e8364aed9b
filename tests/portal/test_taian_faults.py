"""泰安人寿 misbehaves: survived without a row lost or doubled, or refused in one clear error."""

import httpx
import pytest

from bots.errors import (
    ExtractionIncomplete,
    LoginRefused,
    PageChanged,
    PortalUnavailable,
    SecretMissing,
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
        small_sandbox.spoil("taian", expire_after_requests=1)
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
    small_sandbox.spoil("taian", down=True)
    with pytest.raises(PortalUnavailable, match="HTTP 503"):
        enter(small_sandbox)


def test_portal_that_goes_down_and_comes_back(small_sandbox, enter):
    """Down in mid-paging is PortalUnavailable; the same session logs in and works when it is back."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    small_sandbox.spoil("taian", down=True)
    with pytest.raises(PortalUnavailable, match="HTTP 503"):
        list(pages)
    small_sandbox.spoil("taian", down=False)
    rows, _ = rows_of(session, "policies", ALWAYS)
    assert len(rows) == 120


def test_address_where_nothing_listens(context):
    """A refused connection is PortalUnavailable, at once."""
    credentials = {"user": "x", "password": "y"}
    with pytest.raises(PortalUnavailable, match="ERR_CONNECTION_REFUSED"):
        open_session(context, parse_taian(), credentials, "http://127.0.0.1:2/")


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_missing_column_is_named(small_sandbox, enter, evidence, dataset):
    """A column gone names portal, dataset, page, column and the columns found; evidence is kept."""
    session = enter(small_sandbox)
    small_sandbox.spoil("taian", missing_column="币种")
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
    small_sandbox.spoil("taian", missing_column="币种")
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
    small_sandbox.spoil("taian", wrong_total=wrong)
    with pytest.raises(ExtractionIncomplete, match=said):
        list(session.extract("policies", ALWAYS))
    with pytest.raises(KeyError):
        session.report("policies")


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"half_download": True}, "不完整|下载了一半"),
        ({"wrong_total": "amount"}, "与文件末尾的合计不符"),
    ],
)
def test_statement_file_that_cannot_be_trusted(small_sandbox, enter, switches, said):
    """A file that breaks off or disagrees with its footer is refused; the batch is named."""
    session = enter(small_sandbox)
    small_sandbox.spoil("taian", **switches)
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


def test_dialog_that_the_recipe_does_not_expect(small_sandbox, enter):
    """A confirm() that nobody declared is declined and fails the dataset with its text."""
    session = enter(small_sandbox, ("dialogs: [{says: 确认导出该批次结算单？, answer: ok}]\n", ""))
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
