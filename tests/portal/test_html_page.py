"""A page read without the browser says what the browser's own reading of it says."""

import pytest

from bots.errors import RecipeInvalid
from bots.portal.html_page import is_css, read_html
from bots.portal.snapshot import READ_PAGE, Snapshot
from tests.portal.kanghe_portal import IN_WINDOWS, parse_kanghe
from tests.portal.recipes import parse_taian

HEAD = "<tr><th>保单号</th><th>投保人</th></tr>"
PAGES = {
    "plain": f"<p>共 1 条</p><table id=t>{HEAD}<tr><td>P1</td><td> 王&nbsp;喆 </td></tr></table><p>第 1/1 页",
    "merged": "<table id=t><tr><th rowspan=2>保单号</th><th colspan=2>保费</th></tr>"
    "<tr><th>应缴</th><th>实收</th></tr>"
    "<tr><td rowspan=2>P1</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",
    "down to the end": "<table id=t><tr><th>甲</th><th>乙</th></tr><tr><td rowspan=0>A</td><td>1</td></tr>"
    "<tr><td>2</td></tr></table>",
    "sections": f"<table id=t><thead>{HEAD}</thead><tbody><tr><td>P1</td><td>王</td></tr></tbody>"
    "<tfoot><tr><td colspan=2>合计</td></tr></tfoot></table>",
    "table in a cell": f"<table id=t>{HEAD}<tr><td>P1</td>"
    "<td><table><tr><td>内</td></tr></table></td></tr></table>",
    "left out": f"<table id=t>{HEAD}<tr class=pager><td>1 2 3</td><td></td></tr>"
    "<tr><td>P1</td><td>王</td></tr></table>",
    "unseen": "<p hidden>共 9 条</p><div style='color:red; display: none'>共 8 条</div>"
    "<script>'共 7 条'</script><select><option>共 6 条</option></select><!-- 共 5 条 --><b>共 0 条</b>"
    f"<table id=t>{HEAD}</table>",
    "login": "<form name=login><input type=password></form>",
    "nothing": "<p>系统提示：没有权限</p>",
}


def as_read(html, encoding="utf-8", **how):
    given = {"login_form": "form[name=login]", "leave_out": "tr.pager"} | how
    return read_html(html.encode(encoding), encoding, "#t", **given)


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_it_is_read_as_the_browser_reads_it(context, name):
    """Titles, rows, headers, the text outside and the mark of a lost session are the same."""
    page = context.new_page()
    page.set_content(PAGES[name])
    unasked = dict.fromkeys(("empty", "within", "page", "pageAt", "pagesAt", "idle"), "")
    asked = {"tables": ["#t"], "stops": [], "loginForm": "form[name=login]", "leaveOut": "tr.pager"}
    asked |= {"headers": [], "outside": []}
    question = unasked | asked | {"timeout": 0, "labels": {}, "pageNo": 1, "asShown": False}
    by_browser = Snapshot.from_json(page.evaluate(READ_PAGE, question))
    page.close()
    assert as_read(PAGES[name]) == by_browser


def test_names_outside_gb2312_come_home():
    """The recipe's encoding counts, whatever the page says of itself."""
    page = f"<meta charset=gb2312><table id=t>{HEAD}<tr><td>P1</td><td>王喆堃</td></tr></table>"
    assert as_read(page, "gb18030").rows[1] == ["P1", "王喆堃"]


def test_old_portal_may_speak_utf8():
    """What stands before a portal in GBK answers in UTF-8, whatever the recipe says."""
    page = f"<table id=t>{HEAD}<tr><td>P1</td><td>王喆堃</td></tr></table>".encode()
    assert read_html(page, "gb18030", "#t", login_form="form", leave_out="").rows[1] == ["P1", "王喆堃"]


def test_title_of_a_page_is_not_written_on_it():
    """A count in the window's title is none of the list's."""
    for tag in ("p", "nav"):
        page = f"<title>共 9 条</title><{tag}>共 1 条</{tag}><table id=t>{HEAD}<tr><td>P1</td></tr></table>"
        assert as_read(page).text == "共 1 条"


def test_no_answer_is_a_page_without_a_table():
    """An empty body has neither table nor text."""
    found = as_read("")
    assert (found.has_table, found.text, found.rows) == (False, "", [])


SAMPLE = (
    "<form name=a:b id='f:1'><p></p><table id=t class='grid list' title=':contains(x)'>"
    "<tbody><tr><td>甲</td><td><b>乙</b></td></tr><tr class=pager><td>1</td></tr></tbody></table></form>"
)
FOUND_ALIKE = {
    "#t": True,
    "table.grid": True,
    "table.list:has(b)": True,
    "table:has(> tbody > .pager)": True,
    "p + table": True,
    "p:empty ~ table:not(.pages)": True,
    "tr:nth-child(2n+1) > td:last-child": True,
    "tr:last-of-type td:only-child": True,
    ":is(p, table):not(:first-child)": True,
    r"#f\:1 table": True,
    "[title=':contains(x)']": True,
    "form[name='a:b'] [class~=list]": True,
    "[class|=grid]": False,
    "p:has(b)": False,
}


@pytest.mark.browser
@pytest.mark.parametrize("selector", FOUND_ALIKE)
def test_css_finds_the_same_everywhere(context, selector):
    """By lxml, by a script of the page and by Playwright."""
    page = context.new_page()
    page.set_content(SAMPLE)
    by_script = page.evaluate("selector => document.querySelector(selector) !== null", selector)
    by_playwright = page.locator(selector).count() > 0
    page.close()
    found = read_html(SAMPLE.encode(), "utf-8", selector, login_form="#login", leave_out="")
    assert is_css(selector)
    assert [found.has_table, by_script, by_playwright] == [FOUND_ALIKE[selector]] * 3


@pytest.mark.parametrize(
    "selector",
    [
        *("a:text-is('查询')", "##", "//table", "text=查询", "form >> table"),
        *(
            "td:contains('合计')",
            "td:CONTAINS('合计')",
            "tr:hover",
            "[class!=pager]",
            "svg|a",
            "tr:matches(.pager)",
        ),
        *("td:not(:contains('合计'))", "table:has(td:contains('合计'))", "input:enabled"),
    ],
)
def test_what_is_read_in_two_ways_is_no_css(selector):
    """What only Playwright or only lxml understands, and what each understands in its own way."""
    assert not is_css(selector)


@pytest.mark.parametrize("table", ["table:has-text('保单')", "table:contains('保单')"])
def test_a_recipe_says_css_where_no_browser_looks(table):
    """The fault names the key."""
    with pytest.raises(RecipeInvalid, match=r"premiums.http.table: 不用浏览器读网页时要写 CSS"):
        parse_taian(('size: 50}, table: "#dataTable"', f'size: 50}}, table: "{table}"'))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"#ctl00_MainContent_tblDetail"', "\"table:text-is('详情')\""), "policies.details.table"),
        (
            ('"#ctl00_MainContent_tblDetail"', '["#detail", "table:contains(\'保单号\')"]'),
            "policies.details.table",
        ),
        (("datasets:", "session: {login_form: \"form:has-text('登录')\"}\ndatasets:"), "session.login_form"),
    ],
)
def test_details_as_sent_are_found_by_css(change, said):
    """The sheet and the login form are looked for without the browser; in windows both may be more."""
    with pytest.raises(RecipeInvalid, match=f"{said}: 不用浏览器读网页时要写 CSS"):
        parse_kanghe(change)
    assert parse_kanghe(change, IN_WINDOWS)
