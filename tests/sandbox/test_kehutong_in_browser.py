"""A real Chromium in 客户通: scrolling, the drawer, what lies in the way, and being shown out."""

import csv
import io
from itertools import count

import httpx
import pytest
from playwright.sync_api import expect

from sandbox.kehutong.records import SMALL_SIZE as SIZE
from sandbox.kehutong.records import build_records
from sandbox.kehutong.state import ACCOUNT
from tests.sandbox.test_kehutong_login import sms_code

RECORDS = build_records(size=SIZE)
pytestmark = pytest.mark.browser


@pytest.fixture
def page(small_sandbox, context):
    page = context.new_page()
    page.goto(f"{small_sandbox.url}/kehutong/")
    page.fill("#account", ACCOUNT.user)
    page.fill("#password", ACCOUNT.password)
    page.click("button.primary")
    page.fill("#sms-code", sms_code(small_sandbox, page.inner_text("#sms-code-id")))
    page.click("button.primary")
    page.wait_for_selector("#customer-grid .row")
    return page


def test_scrolling_to_the_last_customer(page):
    """The wheel brings batch after batch, rows stay, and the last customer is the oldest."""
    expect(page.locator("#total")).to_have_text(f"共 {SIZE} 位客户")
    assert page.url.endswith("/kehutong/app#customers")
    rows = page.locator("#customer-grid .row")
    page.hover("#scroller")
    for turn in count():
        if page.inner_text("#list-state") == "没有更多了":
            break
        assert turn < 300
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(60)
    assert [row["id"] for row in rows.evaluate_all("rows => rows.map(row => ({...row.dataset}))")] == [
        customer.customer_id for customer in RECORDS
    ]
    last = rows.last.locator("[role=gridcell]")
    assert last.nth(1).inner_text() == RECORDS[-1].name


def test_drawer_and_banner_and_export(page):
    """One drawer serves all rows; the banner lies on 导出 until it is accepted; then the file comes."""
    for customer in RECORDS[:2]:
        page.click(f".row[data-id='{customer.customer_id}'] >> [role=gridcell] >> nth=1")
        expect(page.locator("#basic dd").first).to_have_text(customer.customer_no)
        expect(page.locator("#basic")).to_contain_text(customer.phone)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    box = page.locator("#export-button").bounding_box()
    top = "([x, y]) => document.elementFromPoint(x, y).closest('#cookie-banner') !== null"
    assert page.evaluate(top, [box["x"] + 5, box["y"] + 5])
    page.click("#cookie-accept")
    page.click("#export-button")
    expect(page.locator("#export-count")).to_have_text(str(SIZE))
    page.fill("#export-reason", "月度核对")
    with page.expect_download() as downloading:
        page.click("#export-confirm")
    rows = list(csv.reader(io.StringIO(downloading.value.path().read_text("utf-8-sig"), newline="")))
    assert len(rows) == SIZE + 1


def test_page_gives_way_to_the_login(page, small_sandbox):
    """When the session is gone the list is replaced by the login; an expired password by its form."""
    small_sandbox.spoil("kehutong", expire_at_page=1)
    page.fill("#search", "喆")
    page.keyboard.press("Enter")
    expect(page.locator("#login-message")).to_have_text("登录已过期，请重新登录")
    expect(page.locator(".row")).to_have_count(0)
    httpx.post(f"{small_sandbox.url}/kehutong/control/password-age", json={"expired": True})
    page.fill("#account", ACCOUNT.user)
    page.fill("#password", ACCOUNT.password)
    page.click("button.primary")
    page.fill("#sms-code", sms_code(small_sandbox, page.inner_text("#sms-code-id")))
    page.click("button.primary")
    expect(page.locator("#password-expired")).to_have_text("您的密码已过期，请修改密码")


def test_unsaved_note_asks_before_leaving(page):
    """A note typed and not saved makes the browser ask before the page is left."""
    page.click("#cookie-accept")
    page.click(".row >> nth=0")
    expect(page.locator("#drawer")).to_have_attribute("aria-busy", "false")
    page.click("#note")
    page.keyboard.type("明天回电")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
