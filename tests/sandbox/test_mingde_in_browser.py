"""A real Chromium on the Mingde portal: forty row elements, two halves, pickers, hovering, windows."""

import csv

import httpx
import pytest
from playwright.sync_api import expect

from sandbox.amounts import yuan
from sandbox.mingde.portal import ACCOUNT
from sandbox.mingde.records import SMALL_SIZE as SIZE
from sandbox.mingde.records import build_records, build_statements

pytestmark = pytest.mark.browser
RECORDS = build_records(size=SIZE)
STATEMENTS = build_statements()
# The two halves by record index; None while they differ or a row is not there yet.
READ = """() => {
  const cells = (item) => [...item.querySelectorAll("td")].map((cell) => cell.innerText.trim());
  const half = (name) => new Map([...document.querySelectorAll(`.x-grid-inner-${name} .x-grid-item`)].map(
    (item) => [+item.dataset.recordindex, cells(item)]));
  const locked = half("locked"), normal = half("normal");
  const isWhole = locked.size === normal.size && [...locked.keys()].every((index) => normal.has(index));
  if (!isWhole || document.querySelector(".x-grid").innerText.includes("加载中")) return null;
  return [...locked].map(([index, left]) => [index, [...left, ...normal.get(index)]]);
}"""


@pytest.fixture
def page(small_sandbox, context):
    page = context.new_page()
    page.clock.set_fixed_time("2026-11-06T08:00:00+08:00")
    page.goto(f"{small_sandbox.url}/mingde/")
    page.fill("[name=username]", ACCOUNT.user)
    page.fill("[name=password]", ACCOUNT.password)
    page.click("a.x-btn:has-text('登录')")
    page.wait_for_url("**/main.action")
    return page


def open_menu(page, node, leaf):
    page.locator(".x-tree-node", has_text=node).locator(".x-tree-expander").click()
    page.locator(".x-tree-leaf", has_text=leaf).click()


def rows_on_screen(page):
    found = page.wait_for_function(READ, polling=50).json_value()
    assert len(found) <= 40
    return {int(index): cells for index, cells in found}


def scroll_by(page, pixels):
    """Turn the wheel over the normal half and wait until the rows around the new place stand."""
    view = page.locator(".x-grid-inner-normal .x-grid-view")
    view.hover()
    page.mouse.wheel(0, pixels)
    page.wait_for_timeout(250)
    return rows_on_screen(page)


def pick(page, label, steps_back, day):
    """A day by the picker, some months before this one."""
    field = page.locator(".x-field", has_text=label)
    field.locator(".x-form-date-trigger").click()
    for _ in range(steps_back):
        page.click(".x-datepicker-prev")
    page.locator(".x-datepicker-active").get_by_text(str(day), exact=True).click()
    return field.locator("input").input_value()


def test_first_row_and_last_row_of_the_list(page):
    """Forty elements show the first rows, and after a long way down the last ones, never more."""
    open_menu(page, "业务管理", "保费查询")
    first = rows_on_screen(page)
    assert sorted(first) == list(range(40))
    assert first[0][:2] == ["1", RECORDS[0].policy_no]
    expect(page.get_by_text(f"显示第 1 - 40 条，共 {SIZE} 条")).to_be_visible()
    total = yuan(sum(row.received_fen or 0 for row in RECORDS))
    expect(page.get_by_text(f"实收保费合计：{total} 元")).to_be_visible()
    last = scroll_by(page, 27 * SIZE)
    assert sorted(last) == list(range(SIZE - 40, SIZE))
    assert last[SIZE - 1][:2] == [str(SIZE), RECORDS[-1].policy_no]
    elements = page.locator(".x-grid-inner-normal .x-grid-item")
    assert elements.count() == 40


def test_some_months_read_by_wheel_are_the_records(page):
    """July to October picked in the date picker and read by the wheel: each row as the records have it."""
    open_menu(page, "业务管理", "保费查询")
    rows_on_screen(page)
    assert (pick(page, "应缴日期", 4, 1), pick(page, "至", 1, 31)) == ("2026-07-01", "2026-10-31")
    page.click("a.x-btn:has-text('查询')")
    expected = [row for row in RECORDS if "2026-07" <= row.due_date.isoformat()[:7] <= "2026-10"]
    assert len(expected) > 80
    expect(page.get_by_text(f"共 {len(expected)} 条")).to_be_visible()
    first_row = page.locator("[data-recordindex='0']", has_text=expected[0].policy_no)
    expect(first_row.first).to_be_attached()
    found = rows_on_screen(page)
    for _ in range(len(expected) // 20):
        found |= scroll_by(page, 27 * 20)
    assert sorted(found) == list(range(len(expected)))
    for index, row in enumerate(expected):
        received = "" if row.received_fen is None else yuan(row.received_fen)
        assert found[index][1:3] == [row.policy_no, str(row.policy_year)]
        assert (found[index][4], found[index][6], found[index][10]) == (
            yuan(row.due_fen),
            received,
            row.remark,
        )


def test_expired_session_is_told_by_a_message_box(small_sandbox, page):
    """The batch that finds no session shows a box; its button leads to the login page."""
    small_sandbox.spoil("mingde", expire_at_page=3)
    open_menu(page, "业务管理", "保费查询")
    rows_on_screen(page)
    page.locator(".x-grid-inner-normal .x-grid-view").hover()
    page.mouse.wheel(0, 27 * 220)
    box = page.locator(".x-message-box")
    expect(box.locator(".x-window-text")).to_have_text("会话已过期，请重新登录")
    box.locator("a.x-btn").click()
    page.wait_for_url("**/login.action")
    expect(page.locator("[name=username]")).to_be_visible()


def test_displaced_session_is_told_by_a_message_box(small_sandbox, page):
    """A login elsewhere shows at the next request of the page."""
    login = {"username": ACCOUNT.user, "password": ACCOUNT.password}
    httpx.post(f"{small_sandbox.url}/mingde/auth.action", data=login)
    open_menu(page, "佣金管理", "佣金结算")
    expect(page.locator(".x-message-box .x-window-text")).to_have_text("您的账号已在其他地点登录")


def test_wrong_password_is_told_by_a_message_box(small_sandbox, page):
    """The login window says what is wrong and stays."""
    page.goto(f"{small_sandbox.url}/mingde/logout.action")
    page.fill("[name=username]", ACCOUNT.user)
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    expect(page.locator(".x-message-box .x-window-text")).to_have_text("用户名或密码错误")
    page.locator(".x-message-box a.x-btn").click()
    expect(page.locator("[name=password]")).to_be_visible()


def test_statements_pages_window_and_download(page):
    """下一页 to the last page; hovering shows a link that brings the file; a double click opens the lines."""
    open_menu(page, "佣金管理", "佣金结算")
    for number in (2, 3):
        page.click("a.x-btn:has-text('下一页')")
        expect(page.locator(".x-tbar-page-number")).to_have_value(str(number))
    expect(page.get_by_text("显示 11 - 12，共 12 条")).to_be_visible()
    statement = STATEMENTS[-1]
    row = page.locator(".x-batch-row", has_text=statement.batch_no)
    page.mouse.move(0, 0)
    expect(row.get_by_text("下载")).to_be_hidden()
    row.hover()
    with page.expect_download() as downloading:
        row.get_by_text("下载").click()
    assert downloading.value.suggested_filename == f"佣金结算_{statement.batch_no}.csv"
    with downloading.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[-1][7] == yuan(statement.total_fen)
    row.dblclick()
    window = page.locator(".x-window")
    expect(window.locator("tbody tr")).to_have_count(len(statement.lines))
    assert yuan(statement.total_fen) in window.locator("tfoot").inner_text()
    window.get_by_text("关闭").click()
    expect(window).to_have_count(0)
    page.locator(".x-form-arrow-trigger").click()
    page.locator(".x-boundlist-item", has_text="202609").click()
    expect(page.get_by_text("显示 1 - 1，共 1 条")).to_be_visible()
