"""The Taian portal over real HTTP: login, sessions, lists, export, and each way to misbehave."""

import re

import httpx
import lxml.html
import pytest

from sandbox.amounts import yuan
from sandbox.portal_sessions import Account, LoginResult, Sessions, Standing
from sandbox.scene import FEWEST_POLICIES, PORTAL_PASSWORD, PORTAL_USER

ALL = {"beginDate": "", "endDate": "", "pageNo": "1"}


def text_of(answer):
    """The page's text, read with the encoding that its bytes really have."""
    return answer.content.decode("gbk")


def log_in(sandbox, password=PORTAL_PASSWORD):
    client = httpx.Client(base_url=f"{sandbox.url}/taian/", follow_redirects=True)
    answer = client.post("login.do", data={"userId": PORTAL_USER, "passwd": password})
    return client, answer


@pytest.fixture
def portal(small_sandbox):
    client, _ = log_in(small_sandbox)
    yield client
    client.close()


def cells_of(answer, table_id="dataTable"):
    table = lxml.html.fromstring(text_of(answer)).get_element_by_id(table_id)
    return [["".join(cell.itertext()).strip() for cell in row.iter("th", "td")] for row in table.iter("tr")]


def test_pages_lie_about_their_encoding(small_sandbox):
    """Header and meta say gb2312, the bytes are GBK."""
    answer = httpx.get(f"{small_sandbox.url}/taian/")
    assert answer.headers["content-type"] == "text/html; charset=gb2312"
    assert 'content="text/html; charset=gb2312"' in text_of(answer)
    assert "登 录" in text_of(answer)


def test_login_leads_to_frames(small_sandbox):
    """The right password opens a frameset of three frames."""
    _, answer = log_in(small_sandbox)
    assert re.findall(r'frame src="\w+.do" name="(\w+)"', text_of(answer)) == [
        "topFrame",
        "menuFrame",
        "mainFrame",
    ]


def test_three_wrong_passwords_lock_the_account(small_sandbox):
    """Twice wrong is told, the third time locks, and then even the right password is refused."""
    pages = [text_of(log_in(small_sandbox, "wrong")[1]) for _ in range(3)]
    assert ["用户名或密码错误" in page for page in pages] == [True, True, False]
    assert "账号已锁定" in pages[2]
    assert "账号已锁定" in text_of(log_in(small_sandbox)[1])


def test_second_login_displaces_the_first(small_sandbox, portal):
    """The first session's next request says that somebody logged in elsewhere."""
    log_in(small_sandbox)
    assert "您的账号已在其他地点登录" in text_of(portal.get("policyList.do"))


def test_idle_session_expires():
    """A session unused for longer than its idle time is forgotten, a used one lives on."""
    now = [0.0]
    sessions = Sessions(Account(PORTAL_USER, PORTAL_PASSWORD), 60, clock=lambda: now[0])
    result, session_id = sessions.log_in(PORTAL_USER, PORTAL_PASSWORD)
    assert result is LoginResult.OK
    standings = []
    for step in (50, 50, 61):
        now[0] += step
        standings.append(sessions.standing(session_id))
    assert standings == [Standing.VALID, Standing.VALID, Standing.EXPIRED]


def test_logout_and_no_session(portal):
    """After logging out every page asks to log in again."""
    assert "您已安全退出" in text_of(portal.get("logout.do"))
    page = text_of(portal.get("main.do"))
    assert "登录超时，请重新登录" in page
    assert "top.location.href" in page


def test_policy_list_pages_add_up(portal, small_sandbox):
    """Rows of all pages are as many, and their premiums as much, as the total line says."""
    first = portal.post("policyList.do", data=ALL)
    second = portal.post("policyList.do", data=ALL | {"pageNo": "2"})
    rows = [row for page in (first, second) for row in cells_of(page)[1:-1]]
    total = sum(policy.annual_premium_fen for policy in small_sandbox.brokerage.policies)
    assert f"共 {len(rows)} 条 第 1/2 页 年缴保费合计：{yuan(total)} 元" in text_of(first)
    assert len(rows) == FEWEST_POLICIES == small_sandbox.truth["policies"]
    premiums = [int(row[14].replace(",", "").replace(".", "")) for row in rows]
    assert sum(premiums) == total
    assert cells_of(first)[-1][0] == "本页小计"


def test_links_of_the_first_and_last_page_are_plain_text(portal):
    """Pages that do not exist cannot be clicked."""
    first, last = (portal.post("policyList.do", data=ALL | {"pageNo": no}) for no in ("1", "2"))
    assert "javascript:goPage(2)" in text_of(first)
    assert "javascript:goPage(0)" not in text_of(first)
    assert "javascript:goPage(3)" not in text_of(last)


def test_empty_and_wrong_query(portal):
    """A day without policies shows an empty table and a total of none; a wrong date is refused."""
    empty = portal.post("policyList.do", data={"beginDate": "2030-01-01", "endDate": "", "pageNo": "1"})
    assert "共 0 条 第 1/1 页 年缴保费合计：0.00 元" in text_of(empty)
    assert len(cells_of(empty)) == 2
    assert "日期格式错误" in text_of(portal.post("policyList.do", data={"beginDate": "昨天", "endDate": ""}))


def test_premium_list_states_what_was_received(portal, small_sandbox):
    """The total line counts every premium row and sums what was received."""
    total = sum(premium.received_fen or 0 for premium in small_sandbox.brokerage.premiums)
    page = text_of(portal.post("premiumList.do", data=ALL))
    assert f"共 {small_sandbox.truth['premium_rows']} 条" in page
    assert f"实收保费合计：{yuan(total)} 元" in page
    assert "未收" in page


def test_detail_lists_endorsements(portal, small_sandbox):
    """Every policy marked 有 shows its endorsements; their number is the truth's."""
    endorsed = [policy for policy in small_sandbox.brokerage.policies if policy.endorsements]
    found = 0
    for policy in endorsed:
        page = portal.get("policyDetail.do", params={"policyNo": policy.policy_no})
        rows = cells_of(page, "endorsements")
        assert rows[0] == ["批单号", "保全项目", "生效日期", "变更前保费(元)", "变更后保费(元)"]
        found += len(rows) - 1
    assert found == small_sandbox.truth["endorsements"]


def test_statement_list_and_files_agree_with_the_truth(portal, small_sandbox):
    """Five batches; each file's footer is the sum of its lines; the last cover is not."""
    rows = cells_of(portal.post("statementList.do", data={"period": "202610"}))[1:]
    for row, batch in zip(rows, small_sandbox.truth["batches"], strict=True):
        assert row[0] == batch["batch_no"]
        assert row[3:5] == [str(batch["line_count"]), yuan(batch["cover_total_fen"])]
        answer = portal.get("exportStatement.do", params={"batchNo": row[0]})
        name = dict(answer.headers.raw)[b"Content-Disposition".lower()]
        assert f"佣金结算单_{row[0]}.xls".encode("gbk") in name
        footer = text_of(answer).rsplit("合计", 1)[1]
        assert f"共 {batch['line_count']} 笔" in footer
        assert yuan(batch["lines_total_fen"]) in footer
    assert [
        batch["cover_total_fen"] == batch["lines_total_fen"] for batch in small_sandbox.truth["batches"]
    ] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_other_months_have_no_statement(portal):
    """A month without batches shows none."""
    assert "共 0 条" in text_of(portal.post("statementList.do", data={"period": "202609"}))


def test_negative_amounts_stand_in_brackets(portal, small_sandbox):
    """Clawed-back lines print as accountants write them."""
    correction = next(b for b in small_sandbox.truth["breaks"] if b["break_class"] == "CORRECTION")
    page = text_of(portal.get("exportStatement.do", params={"batchNo": correction["batch_no"]}))
    assert f"({yuan(-correction['statement_fen'])})" in page


def test_down(small_sandbox, portal):
    """Switched down, every page answers 503; the other services go on."""
    small_sandbox.spoil("taian", down=True)
    assert portal.get("main.do").status_code == 503
    assert httpx.get(f"{small_sandbox.url}/messages").status_code == 200


def test_session_is_forgotten_once_after_k_requests(small_sandbox, portal):
    """The second request from now finds the session gone; a new login works again."""
    small_sandbox.spoil("taian", expire_after_requests=2)
    pages = [text_of(portal.get("welcome.do")) for _ in range(2)]
    assert ["登录超时" in page for page in pages] == [False, True]
    client, _ = log_in(small_sandbox)
    assert all("登录超时" not in text_of(client.get("welcome.do")) for _ in range(3))


@pytest.mark.parametrize(("lie", "rows", "fen"), [("count", 1, 0), ("amount", 0, 100)])
def test_wrong_total(small_sandbox, portal, lie, rows, fen):
    """The total line lies about the number of rows or about their sum, not about both."""
    total = sum(policy.annual_premium_fen for policy in small_sandbox.brokerage.policies)
    small_sandbox.spoil("taian", wrong_total=lie)
    page = text_of(portal.post("policyList.do", data=ALL))
    assert f"共 {FEWEST_POLICIES + rows} 条 第 1/2 页 年缴保费合计：{yuan(total + fen)} 元" in page


def test_missing_column(small_sandbox, portal):
    """The named column vanishes from lists and files."""
    small_sandbox.spoil("taian", missing_column="业务员工号")
    header, row = cells_of(portal.post("policyList.do", data=ALL))[:2]
    assert "业务员工号" not in header
    assert len(header) == len(row) == 20
    assert "业务员工号" not in text_of(portal.get("exportStatement.do", params={"batchNo": "TA202610-01"}))


def test_broken_statement_files(small_sandbox, portal):
    """The file breaks off half-way, or its footer disagrees with its lines, when asked to."""
    whole = portal.get("exportStatement.do", params={"batchNo": "TA202610-01"}).content
    small_sandbox.spoil("taian", half_download=True)
    assert (
        portal.get("exportStatement.do", params={"batchNo": "TA202610-01"}).content
        == whole[: len(whole) // 2]
    )
    small_sandbox.spoil("taian", half_download=False, wrong_total="amount")
    lines_total = small_sandbox.truth["batches"][0]["lines_total_fen"]
    page = text_of(portal.get("exportStatement.do", params={"batchNo": "TA202610-01"}))
    assert yuan(lines_total + 100) in page.rsplit("合计", 1)[1]


def test_unknown_switch_is_refused(small_sandbox):
    """A misspelt switch is an error, and nothing changes."""
    answer = httpx.post(f"{small_sandbox.url}/control", json={"wecom_errcod": 1, "wecom_errcode": 1})
    assert answer.status_code == 400
    assert httpx.get(f"{small_sandbox.url}/control").json()["wecom_errcode"] == 0
