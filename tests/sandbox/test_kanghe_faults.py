"""Each way in which the Kanghe portal misbehaves, over real HTTP."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.amounts import yuan
from sandbox.kanghe.records import SMALL_SIZE as SIZE
from sandbox.kanghe.records import build_newcomer
from tests.sandbox.kanghe_visitor import GRID, RECORDS, TOTAL_FEN, Visitor, written


@pytest.fixture
def visitor(small_sandbox):
    visitor = Visitor(small_sandbox).log_in()
    yield visitor
    visitor.client.close()


def test_expire_at_page(small_sandbox, visitor):
    """Asked for page 3 the session is gone, once; the way back is login, query and the page again."""
    small_sandbox.spoil("kanghe", expire_at_page=3)
    assert "lblTotal" in visitor.query().turn(2).answer.text
    visitor.turn(3)
    assert parse_qs(urlsplit(str(visitor.answer.url)).query) == {
        "ReturnUrl": ["/kanghe/PolicyList.aspx"],
        "timeout": ["1"],
    }
    assert visitor.text("lblMessage") == "登录超时，请重新登录"
    assert visitor.log_in().query().turn(3).text("lblPage") == "第 3 页/共 12 页"


def test_short_page_and_wrong_total(small_sandbox, visitor):
    """One page lacks its last row; the total line lies about the count or about the sum."""
    small_sandbox.spoil("kanghe", short_page=2, wrong_total="count")
    assert len(visitor.query().rows()) == 21
    assert visitor.rows()[1:] == [written(policy, number) for number, policy in enumerate(RECORDS[:20], 1)]
    assert len(visitor.turn(2).rows()) == 20
    assert f"共 {SIZE + 1} 条记录，年缴保费合计 {yuan(TOTAL_FEN)} 元" in visitor.answer.text
    small_sandbox.spoil("kanghe", wrong_total="amount")
    assert f"共 {SIZE} 条记录，年缴保费合计 {yuan(TOTAL_FEN + 100)} 元" in visitor.turn(2).answer.text


def test_columns_change(small_sandbox, visitor):
    """A title is renamed, gone with its cells, or a stranger stands at the end."""
    small_sandbox.spoil("kanghe", missing_column="币种", renamed_column="投保人", extra_column=True)
    header, row = visitor.query().rows()[:2]
    assert len(header) == len(row) == 17
    assert "币种" not in header
    assert (header[4], row[4]) == ("新投保人", RECORDS[0].policyholder.name)
    assert (header[-2:], row[-2:]) == (["操作", "渠道标识"], ["查看", "ZJ"])


def test_renamed_grid(small_sandbox, visitor):
    """The grid has another id and another control name, which its own pager uses."""
    small_sandbox.spoil("kanghe", renamed_class=True)
    assert GRID not in {element.get("id") for element in visitor.query().page.iter("table")}
    assert "__doPostBack('ctl00$MainContent$gvPolicyGrid','Page$2')" in visitor.answer.text
    assert visitor.post("gvPolicyGrid", "Page$2").text("lblPage") == "第 2 页/共 12 页"


def test_moved_at_page(small_sandbox, visitor):
    """From the second page on a new row stands first: the last row of page 1 comes again."""
    small_sandbox.spoil("kanghe", moved_at_page=2)
    last = visitor.query().rows()[-1][1]
    assert visitor.turn(2).rows()[1][1] == last
    assert visitor.text("lblTotal").startswith(f"共 {SIZE + 1} 条记录")
    assert visitor.turn(1).rows()[1] == written(build_newcomer(size=SIZE), 1)
    small_sandbox.reset()
    assert visitor.log_in().query().text("lblTotal").startswith(f"共 {SIZE} 条记录")


def test_slow_page(small_sandbox, visitor):
    """One page takes its time."""
    small_sandbox.spoil("kanghe", slow_page=2, slow_seconds=0.5)
    visitor.query()
    begun = time.monotonic()
    visitor.turn(2)
    assert time.monotonic() - begun >= 0.5


def test_half_download(small_sandbox, visitor):
    """The file's length is declared, its second half does not come."""
    small_sandbox.spoil("kanghe", half_download=True)
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.query("2026-01-01", "2026-12-31").post(button="btnExport", hidPurpose="核对")
