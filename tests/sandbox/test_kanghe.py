"""The Kanghe portal (WebForms) over real HTTP: login, postbacks, state, grid and files."""

import csv
import io
import zipfile
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pypdfium2
import pytest

from sandbox.amounts import yuan
from sandbox.kanghe.columns import LINE_CELLS, POLICY_CELLS, cells_of
from sandbox.kanghe.policy_list import pager_links
from sandbox.kanghe.portal import ACCOUNT
from sandbox.kanghe.records import SIZE as FULL_SIZE
from sandbox.kanghe.records import SMALL_SIZE as SIZE
from sandbox.kanghe.records import build_batches, build_records
from tests.sandbox.kanghe_visitor import BATCHES, CONTENT, RECORDS, TOTAL_FEN, Visitor, written


@pytest.fixture
def visitor(small_sandbox):
    visitor = Visitor(small_sandbox).log_in()
    yield visitor
    visitor.client.close()


def test_records_hold_what_trips_a_reader():
    """Rare characters, millions, zero, negatives, gaps and texts that look like formulas are in the truth."""
    records, batches = build_records(), build_batches()
    names = "".join(policy.policyholder.name for policy in records)
    lines = [line for batch in batches for line in batch.lines]
    assert all(character in names for character in "喆堃镕珺")
    assert len(records) == FULL_SIZE == len({policy.policy_no for policy in records})
    assert {policy.annual_premium_fen for policy in records} >= {0, 100_000_000, 123_456_700}
    assert any(line.amount_fen < 0 for line in lines)
    assert any(not policy.policyholder.phone for policy in records)
    assert {policy.remark[:1] for policy in records} >= {"", "=", "-"}
    assert {line.remark[:1] for line in lines} >= {"", "=", "-"}
    assert (len(batches), len(lines)) == (4, 300)
    assert build_records(1, 5) == build_records(1, 5) != build_records(2, 5)


def test_login_leads_to_where_one_wanted_to_go(small_sandbox):
    """Without a session every page leads to the login, and the login leads back."""
    visitor = Visitor(small_sandbox).get("PolicyList.aspx")
    assert visitor.answer.url.query == b"ReturnUrl=%2fkanghe%2fPolicyList.aspx"
    visitor.post(button="btnLogin", txtUserName=ACCOUNT.user, txtPassword=ACCOUNT.password)
    assert visitor.answer.url.path == "/kanghe/PolicyList.aspx"
    assert Visitor(small_sandbox).log_in().answer.url.path == "/kanghe/Default.aspx"
    visitor.get("Login.aspx?ReturnUrl=//elsewhere.example/Default.aspx")
    visitor.post(button="btnLogin", txtUserName=ACCOUNT.user, txtPassword=ACCOUNT.password)
    assert visitor.answer.url.path == "/kanghe/Default.aspx"


def test_three_wrong_passwords_lock_the_account(small_sandbox):
    """Twice wrong is told, the third time locks, and then even the right password is refused."""
    visitor = Visitor(small_sandbox)
    told = [visitor.log_in(password).text("lblMessage") for password in ("a", "b", "c", ACCOUNT.password)]
    assert told == ["用户名或密码不正确"] * 2 + ["账号已锁定，请联系管理员"] * 2


def test_second_login_displaces_the_first(small_sandbox, visitor):
    """The first session's next postback lands on the login, which says why."""
    visitor.query()
    Visitor(small_sandbox).log_in()
    visitor.turn(2)
    assert parse_qs(urlsplit(str(visitor.answer.url)).query)["kicked"] == ["1"]
    assert visitor.text("lblMessage") == "您的账号已在其他地点登录"


def test_logout(visitor):
    """The logout link ends the session; the next visit is not called a timeout."""
    visitor.client.post(
        "Default.aspx",
        data=dict(visitor.page.forms[0].form_values()) | {"__EVENTTARGET": "ctl00$lbtnLogout"},
    )
    assert visitor.get("Default.aspx").answer.url.query == b"ReturnUrl=%2fkanghe%2fDefault.aspx"


def test_all_pages_together_are_the_records(visitor):
    """Walking the pages by postback brings every record once, in order, under the printed totals."""
    visitor.query().post("ddlPageSize", ddlPageSize="50")
    seen = []
    for page in range(1, 6):
        visitor.turn(page)
        assert visitor.text("lblPage") == f"第 {page} 页/共 5 页"
        assert visitor.text("lblTotal") == f"共 {SIZE} 条记录，年缴保费合计 {yuan(TOTAL_FEN)} 元"
        seen += visitor.rows()[1:]
    assert seen == [written(policy, number) for number, policy in enumerate(RECORDS, 1)]


def test_first_and_last_page_of_the_default_size(visitor):
    """Twenty rows a page; a page after the last is the last; an empty cell is a hard space."""
    visitor.query()
    assert visitor.rows()[0] == ["序号", *POLICY_CELLS, "操作"]
    assert len(visitor.rows()) == 21
    assert "<td>&nbsp;</td>" in visitor.answer.text
    assert visitor.turn(12).text("lblPage") == visitor.turn(999).text("lblPage") == "第 12 页/共 12 页"
    assert visitor.rows()[-1] == written(RECORDS[-1], SIZE)


def test_pager_shows_ten_numbers_at_a_time():
    """The current page is no link, ... leads to the neighbour block, the last block is filled up."""
    assert [text for text, _ in pager_links(1, 59)] == [*map(str, range(1, 11)), "..."]
    assert pager_links(1, 59)[0] == ("1", None)
    assert pager_links(1, 59)[-1] == ("...", 11)
    middle = pager_links(11, 59)
    assert (middle[0], middle[-1]) == (("...", 10), ("...", 21))
    assert [text for text, _ in pager_links(51, 59)] == ["...", *map(str, range(50, 60))]
    assert pager_links(1, 1) == []


def test_query_by_issue_date(visitor):
    """Both ends are included; nothing found is a table without a header; wrong dates are told."""
    day = RECORDS[40].issue_date
    found = [policy for policy in RECORDS if policy.issue_date == day]
    visitor.query(day.isoformat(), day.isoformat())
    assert [row[1] for row in visitor.rows()[1:]] == [policy.policy_no for policy in found]
    assert visitor.query("2030-01-01").rows() == [["没有符合条件的记录"]]
    assert visitor.text("lblTotal") == "共 0 条记录，年缴保费合计 0.00 元"
    assert "日期格式不正确" in visitor.query("昨天").text("lblMessage")
    assert "不能晚于" in visitor.query("2026-10-02", "2026-10-01").text("lblMessage")


def test_state_is_long_and_cannot_be_forged(visitor):
    """A changed, foreign or former state is answered by the yellow page, a foreign event by another one."""
    visitor.query()
    fields = dict(visitor.page.forms[0].form_values())
    assert len(fields["__VIEWSTATE"]) > 4000
    forged = {"__VIEWSTATE": "A" + fields["__VIEWSTATE"][1:]}
    unsound = {"__EVENTVALIDATION": ""}
    unknown = {"__EVENTTARGET": f"{CONTENT}gvOthers", "__EVENTARGUMENT": "Page$2"}
    answers = [visitor.client.post("PolicyList.aspx", data=fields | x) for x in (forged, unsound, unknown)]
    assert [answer.status_code for answer in answers] == [500] * 3
    assert ["Invalid viewstate" in answer.text for answer in answers] == [True, False, False]
    assert "Invalid postback" in answers[1].text
    assert "Invalid viewstate" in visitor.client.post("StatementList.aspx", data=fields).text
    visitor.log_in()
    assert "Invalid viewstate" in visitor.client.post("PolicyList.aspx", data=fields).text


def test_only_postbacks_turn_pages(visitor):
    """An address with a page number is the empty query page."""
    assert "lblTotal" not in visitor.get("PolicyList.aspx?page=3").answer.text


def test_detail(visitor):
    """The window shows label and value cells, the account masked; an unknown id is told."""
    policy = next(p for p in RECORDS if p.bank_account and p.remark.startswith("="))
    visitor.get(f"PolicyDetail.aspx?id={policy.row_id}")
    cells = [cell for row in visitor.rows("ctl00_MainContent_tblDetail") for cell in row]
    pairs = dict(zip(cells[::2], cells[1::2], strict=True))
    assert (pairs["保单号"], pairs["备注"]) == (policy.policy_no, policy.remark)
    assert pairs["银行账号"] == f"{policy.bank_account[:6]}*********{policy.bank_account[-4:]}"
    assert pairs["批改记录"] == "无"
    assert visitor.get("PolicyDetail.aspx?id=1").text("lblMessage") == "未找到该保单"


def test_workbook_is_the_whole_query(visitor):
    """The exported workbook has a title, a header, typed rows and a 合计 row; nothing or too much is told."""
    assert "请先查询" in visitor.get("PolicyList.aspx").post(button="btnExport").text("lblMessage")
    assert "导出用途" in visitor.query().post(button="btnExport").text("lblMessage")
    too_long = visitor.query().post(button="btnExport", hidPurpose="核对")
    assert "最多导出 1826 天" in too_long.text("lblMessage")
    answer = visitor.query("2024-01-01", "2028-12-30").post(button="btnExport", hidPurpose="核对").answer
    assert "保单清单.xlsx".encode("gbk") in dict(answer.headers.raw)[b"Content-Disposition".lower()]
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1] == ("序号", *POLICY_CELLS)
    assert len(rows) == SIZE + 3
    for row, policy in zip(rows[2:-1], RECORDS, strict=True):
        assert (row[1], row[5]) == (policy.policy_no, policy.policyholder.id_no)
        assert row[9].date() == policy.issue_date
        assert round(row[11] * 100) == policy.annual_premium_fen
    assert rows[-1][:2] == ("合计", f"共 {SIZE} 条")
    assert round(rows[-1][11] * 100) == TOTAL_FEN


def test_batches_and_their_zips(visitor):
    """Each zip holds one GB18030 CSV under a GBK name; its lines and footer are the batch's."""
    visitor.get("StatementList.aspx").post("ddlMonth", ddlMonth="2026-10")
    total = sum(batch.total_fen for batch in BATCHES)
    assert visitor.text("lblTotal") == f"共 4 个批次，结算金额合计 {yuan(total)} 元"
    listed = visitor.answer
    for row, batch in enumerate(BATCHES, 2):
        visitor.answer = listed
        answer = visitor.post(f"gvBatches$ctl{row:02d}$lbtnDownload").answer
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        entry, control = archive.infolist()
        assert entry.flag_bits & 0x800 == 0
        assert entry.filename.encode("cp437").decode("gbk") == f"佣金结算明细_{batch.batch_no}.csv"
        rows = list(csv.reader(io.StringIO(archive.read(entry).decode("gb18030"))))
        assert rows[1] == [f"批次号：{batch.batch_no}"]
        assert rows[5] == list(LINE_CELLS)
        assert rows[6:] == [list(cells_of(LINE_CELLS, line).values()) for line in batch.lines]
        assert control.filename.encode("cp437").decode("gbk") == f"对账控制_{batch.batch_no}.txt"
        total = yuan(batch.total_fen).replace(",", "")
        said = ["批次号=" + batch.batch_no, f"笔数={len(batch.lines)}", f"金额={total}"]
        assert archive.read(control).decode("gb18030").split() == said
    visitor.answer = listed
    assert "没有符合条件的记录" in visitor.post("ddlMonth", ddlMonth="2026-09").answer.text


def test_month_as_a_pdf(visitor):
    """Each page of the month's PDF has the titles and its number; the last one ends with count and sum."""
    visitor.get("StatementList.aspx").post("ddlMonth", ddlMonth="2026-10")
    answer = visitor.post(button="btnMonthly").answer
    assert answer.headers["content-type"] == "application/pdf"
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content)]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"第 {number} 页/共 {len(pages)} 页" in text
        assert "佣金类型" in text
    lines = [line for batch in BATCHES for line in batch.lines]
    assert all(line.policy_no in "".join(pages) for line in lines)
    assert f"共 {len(lines)} 笔" in pages[-1]
    assert yuan(sum(line.amount_fen for line in lines)) in pages[-1]
