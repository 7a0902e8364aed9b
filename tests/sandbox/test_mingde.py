"""The Mingde portal over real HTTP: login, batches, statements, and each way to misbehave."""

import csv
import io
import json
import re
import time

import httpx
import pytest

from sandbox.amounts import yuan
from sandbox.mingde.portal import ACCOUNT
from sandbox.mingde.records import REFUNDED, build_new_record, build_records, build_statements
from sandbox.mingde.records import SIZE as FULL_SIZE
from sandbox.mingde.records import SMALL_SIZE as SIZE
from sandbox.mingde.tables import plain

RECORDS = build_records(size=SIZE)
STATEMENTS = build_statements()


def log_in(sandbox, password=ACCOUNT.password):
    client = httpx.Client(base_url=f"{sandbox.url}/mingde/", follow_redirects=True, timeout=20)
    answer = client.post("auth.action", data={"username": ACCOUNT.user, "password": password})
    return client, answer.json()


@pytest.fixture
def portal(small_sandbox):
    client, _ = log_in(small_sandbox)
    yield client
    client.close()


def ask(portal, page=1, action="premium.action", limit=100, **fields):
    data = {"start": (page - 1) * limit, "limit": limit, "page": page, "begin": "", "end": ""} | fields
    return portal.post(action, data=data)


def notice_of(answer):
    """What the login page says, which an XHR gets in the place of its answer."""
    assert (answer.status_code, 'class="x-login-page"' in answer.text) == (200, True)
    return re.search(r'<div id="notice" hidden>(.*)</div>', answer.text)[1]


def fen(text):
    return int(text.replace(",", "").replace(".", ""))


def test_records_are_repeatable_and_hold_the_traps():
    """One seed gives the same records; keys are unique; rare names, large, no and negative amounts occur."""
    records = build_records()
    assert records[:SIZE] == RECORDS
    assert build_records(seed=1) != records
    assert len({(row.policy_no, row.policy_year) for row in [*records, build_new_record()]}) == FULL_SIZE + 1
    remarks = "".join(row.remark for row in records)
    assert all(character in remarks for character in "喆堃镕珺")
    assert {row.remark[:1] for row in records} >= {"", "=", "-", "+"}
    received = [row.received_fen for row in records]
    assert None in received
    assert 0 in received
    assert max(row.due_fen for row in records) >= 100_000_000
    assert {row.status for row in records if (row.received_fen or 0) < 0} == {REFUNDED}


def test_login(small_sandbox):
    """The right password opens the one page; without a session it leads to the login page."""
    client, answer = log_in(small_sandbox)
    assert answer == {"success": True}
    assert "premiumColumns" in client.get("main.action").text
    stranger = httpx.get(f"{small_sandbox.url}/mingde/main.action", follow_redirects=True)
    assert notice_of(stranger) == "会话已过期，请重新登录"
    assert notice_of(client.get("")) == ""


def test_three_wrong_passwords_lock_the_account(small_sandbox):
    """Twice wrong is told, the third time locks, and then even the right password is refused."""
    passwords = ["wrong", "wrong", "wrong", ACCOUNT.password]
    answers = [log_in(small_sandbox, password)[1] for password in passwords]
    assert [answer["msg"] for answer in answers] == ["用户名或密码错误"] * 2 + ["账号已锁定"] * 2
    assert not any(answer["success"] for answer in answers)


def test_second_login_displaces_the_first(small_sandbox, portal):
    """The first session's next request gets the login page as a 200, which says why."""
    log_in(small_sandbox)
    answer = ask(portal)
    assert answer.headers["content-type"].startswith("text/html")
    assert notice_of(answer) == "您的账号已在其他地点登录"


def test_logout(portal):
    """After logging out the session is worth nothing."""
    portal.get("logout.action")
    assert notice_of(ask(portal)) == "会话已过期，请重新登录"


def test_batches_add_up_to_the_records(portal):
    """All batches together are the records in their order; each states their number and sum."""
    found = []
    for page in range(1, SIZE // 100 + 1):
        answer = ask(portal, page).json()
        assert answer["total"] == SIZE
        assert fen(answer["sums"]["premiumReceived"]) == sum(row.received_fen or 0 for row in RECORDS)
        found += answer["root"]
    assert [(row["policyNo"], row["policyYear"], row["dueDate"], row["remark"]) for row in found] == [
        (row.policy_no, str(row.policy_year), f"{row.due_date:%Y%m%d}", row.remark) for row in RECORDS
    ]
    assert [row["receivedAmount"] for row in found] == [plain(row.received_fen) for row in RECORDS]
    assert ask(portal, SIZE // 100 + 1).json()["root"] == []


def test_query_by_due_date(portal):
    """Only rows due between the two days come, and the sum is theirs; a wrong date is refused."""
    expected = [row for row in RECORDS if row.due_date.isoformat()[:7] == "2026-10"]
    answer = ask(portal, begin="2026-10-01", end="2026-10-31").json()
    assert answer["total"] == len(expected)
    assert fen(answer["sums"]["premiumReceived"]) == sum(row.received_fen or 0 for row in expected)
    empty = ask(portal, begin="2031-01-01").json()
    assert (empty["total"], empty["sums"], empty["root"]) == (0, {"premiumReceived": "0.00"}, [])
    assert ask(portal, begin="昨天").json()["success"] is False
    assert ask(portal, limit=500).json()["success"] is False


def test_statements_lines_and_files_agree_with_the_records(portal):
    """Twelve batches on three pages; the window's lines and the file's footer are the batch's."""
    rows = [row for page in (1, 2, 3) for row in ask(portal, page, "batch.action", 5).json()["root"]]
    assert [row["batchNo"] for row in rows] == [statement.batch_no for statement in STATEMENTS]
    assert [fen(row["totalAmount"]) for row in rows] == [statement.total_fen for statement in STATEMENTS]
    statement = STATEMENTS[3]
    month = ask(portal, 1, "batch.action", 5, period=statement.period).json()
    assert (month["total"], month["root"]) == (1, [rows[3]])
    window = portal.post("statement.action", data={"batchNo": statement.batch_no}).json()
    assert window["sums"] == {"lineCount": len(statement.lines), "amount": plain(statement.total_fen)}
    assert [fen(row["amount"]) for row in window["root"]] == [line.amount_fen for line in statement.lines]
    answer = portal.get("statementFile.action", params={"batchNo": statement.batch_no})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(line[3], line[8]) for line in lines[1:-1]] == [(x.agent_name, x.remark) for x in statement.lines]
    assert lines[-1][:2] == ["合计", ""]
    assert lines[-1][7] == yuan(statement.total_fen)


def receipts(portal, first="2026-01-01", last="2026-12-31", page=0, **headers):
    token = re.search(r'"token": "(\w+)"', portal.get("main.action").text)[1]
    fields = {"beginDate": first, "endDate": last, "pageIndex": page, "pageSize": 100}
    return portal.post("receipt.action", data=fields, headers={"X-Csrf-Token": token} | headers).json()


def test_receipts_page_by_page_from_zero(portal):
    """What was received in a year, with its sum and without a count; past the end a page is empty."""
    pages = [receipts(portal, page=page) for page in range(4)]
    wanted = [row for row in RECORDS if row.received_date and row.received_date.year == 2026]
    found = [row for page in pages for row in page["root"]]
    assert [(row["policyNo"], row["policyYear"]) for row in found] == [
        (row.policy_no, str(row.policy_year)) for row in wanted
    ]
    assert {fen(page["sums"]["received"]) for page in pages} == {sum(row.received_fen for row in wanted)}
    assert (pages[3]["root"], "total" in pages[0]) == ([], False)


def test_receipts_are_refused_for_longer_than_a_year_or_without_the_token(portal):
    """366 days are answered, 367 are not; neither is a program without the page's token."""
    assert receipts(portal, "2026-01-01", "2027-01-01")["success"]
    assert receipts(portal, "2026-01-01", "2027-01-02")["msg"] == "查询区间不能超过 366 天"
    assert receipts(portal, **{"X-Csrf-Token": "of another session"})["msg"] == "请求未授权"
    assert receipts(portal, "2026")["msg"] == "查询条件格式错误"


def test_unknown_batch(portal):
    """A batch that does not exist is refused."""
    assert portal.post("statement.action", data={"batchNo": "X"}).json()["msg"] == "没有找到该批次"
    assert portal.get("statementFile.action", params={"batchNo": "X"}).status_code == 404


def test_session_expires_at_a_batch_once(small_sandbox, portal):
    """Asked for the second batch the session is forgotten; after a new login it comes."""
    small_sandbox.spoil("mingde", expire_at_page=2)
    assert ask(portal, 1).json()["success"]
    assert notice_of(ask(portal, 2)) == "会话已过期，请重新登录"
    client, _ = log_in(small_sandbox)
    assert ask(client, 2).json()["root"][0]["policyNo"] == RECORDS[100].policy_no


def test_short_page(small_sandbox, portal):
    """The second batch lacks its last row, its neighbours do not."""
    small_sandbox.spoil("mingde", short_page=2)
    assert [len(ask(portal, page).json()["root"]) for page in (1, 2, 3)] == [100, 99, 100]


@pytest.mark.parametrize(("lie", "rows", "off_fen"), [("count", 1, 0), ("amount", 0, 100)])
def test_wrong_total(small_sandbox, portal, lie, rows, off_fen):
    """The answer lies about the number of rows or about their sum, not about both."""
    small_sandbox.spoil("mingde", wrong_total=lie)
    answer = ask(portal).json()
    total = sum(row.received_fen or 0 for row in RECORDS)
    assert (answer["total"], fen(answer["sums"]["premiumReceived"])) == (SIZE + rows, total + off_fen)


def test_new_row_moves_the_others(small_sandbox, portal):
    """From the third batch on a new row stands first, also after a new login, until the reset."""
    small_sandbox.spoil("mingde", moved_at_page=3)
    assert [ask(portal, page).json()["total"] for page in (1, 2, 3)] == [SIZE, SIZE, SIZE + 1]
    client, _ = log_in(small_sandbox)
    assert ask(client, 1).json()["root"][0]["policyNo"] == build_new_record().policy_no
    assert ask(client, 2).json()["root"][0]["policyNo"] == RECORDS[99].policy_no
    small_sandbox.reset()
    client, _ = log_in(small_sandbox)
    assert ask(client, 1).json()["total"] == SIZE


def test_slow_page(small_sandbox, portal):
    """The second batch waits."""
    small_sandbox.spoil("mingde", slow_page=2, slow_seconds=1)
    started = time.monotonic()
    ask(portal, 2)
    assert time.monotonic() - started >= 1


def test_changed_columns_and_classes(small_sandbox, portal):
    """Titles change, go and come in the page's configuration, in the rows and in the file."""
    small_sandbox.spoil(
        "mingde", renamed_column="保单号", missing_column="备注", extra_column=True, renamed_class=True
    )
    facts = json.loads(re.search(r"var FACTS = (.*);", portal.get("main.action").text)[1])
    titles = [column["text"] for column in facts["premiumColumns"]]
    assert titles[:2] == ["序号", "新保单号"]
    assert titles[-2:] == ["收费状态", "渠道标识"]
    assert facts["itemClass"] == "x-gridrow-item"
    assert set(ask(portal).json()["root"][0]) >= {"policyNo", "extField1"}
    assert "remark" not in ask(portal).json()["root"][0]
    file = portal.get("statementFile.action", params={"batchNo": STATEMENTS[0].batch_no})
    assert file.content.decode("utf-8-sig").startswith("序号,新保单号,")


def test_half_download(small_sandbox, portal):
    """The file breaks off before its declared length."""
    small_sandbox.spoil("mingde", half_download=True)
    with pytest.raises(httpx.RemoteProtocolError):
        portal.get("statementFile.action", params={"batchNo": STATEMENTS[0].batch_no})
