"""A real Chromium on the Kanghe portal: calendar, pager by script, new window, download."""

import re

import pytest
from playwright.sync_api import expect

from sandbox.kanghe.portal import ACCOUNT
from tests.sandbox.kanghe_visitor import GRID, RECORDS


@pytest.fixture
def page(small_sandbox, context):
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept("核对") if dialog.type == "prompt" else dialog.dismiss())
    page.goto(f"{small_sandbox.url}/kanghe/")
    page.fill("#ctl00_MainContent_txtUserName", ACCOUNT.user)
    page.fill("#ctl00_MainContent_txtPassword", ACCOUNT.password)
    page.click("#ctl00_MainContent_btnLogin")
    page.wait_for_url("**/Default.aspx")
    return page


@pytest.mark.browser
def test_a_person_gets_to_the_last_page(page):
    """Calendar, query, blocks of ten to page 12, the detail window, a download after which paging goes on."""
    page.click("text=保单查询")
    page.click("#ctl00_MainContent_imgBegin")
    page.select_option("#calYear", "2024")
    page.select_option("#calMonth", "2")
    # links by script run after the click has returned
    page.click("#calPrev")
    expect(page.locator("#calMonth")).to_have_value("1")
    page.click("#calDays a:text-is('1')")
    expect(page.locator("#ctl00_MainContent_txtBegin")).to_have_value("2024-01-01")
    # a range without an end is too long to be exported
    page.click("#ctl00_MainContent_imgEnd")
    page.select_option("#calYear", "2026")
    page.select_option("#calMonth", "12")
    page.click("#calDays a:text-is('31')")
    expect(page.locator("#ctl00_MainContent_txtEnd")).to_have_value("2026-12-31")
    page.click("#ctl00_MainContent_btnQuery")
    pager = page.locator(f"#{GRID} tr.pager")
    pager.locator("a", has_text=re.compile(r"^\.\.\.$")).last.click()
    page.wait_for_selector("text=第 11 页/共 12 页")
    pager.locator("a:text-is('12')").click()
    page.wait_for_selector("text=第 12 页/共 12 页")
    assert pager.locator("span").inner_text() == "12"
    with page.expect_popup() as opening:
        page.click(f"#{GRID} >> text=查看 >> nth=-1")
    assert RECORDS[-1].policy_no in opening.value.locator("#ctl00_MainContent_tblDetail").inner_text()
    with page.expect_download() as downloading:
        page.click("#ctl00_MainContent_btnExport")
    assert downloading.value.path().read_bytes().startswith(b"PK")
    pager.locator("a:text-is('11')").click()
    page.wait_for_selector("text=第 11 页/共 12 页")
