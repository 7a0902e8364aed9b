"""The desk in a real Chromium, on a laptop and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import PASSWORD, RunningDesk

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)]

LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def fill_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill("caiwu")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("screen", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_artifacts_link_ends_in_the_file(
    desk: RunningDesk, context: BrowserContext, tmp_path: Path, screen: dict[str, int]
) -> None:
    """From Prefect's link over a mistyped password to the file, the audit line and out again.

    The policy blocks nothing that the pages need, and no page is wider than the screen.
    """
    raw = b"PK\x03\x04" + bytes(5000)
    figures = {"own_due_fen": 1_123_456_789, "statement_fen": 1_123_400_001, "bank_fen": 1_120_000_000}
    number = desk.add_workbook(raw, break_count=43, tie_outs={"items": 0}, **figures)
    page = context.new_page()
    page.set_viewport_size(screen)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(f"{desk.url}/workbooks/{number}/download")
    expect(page.get_by_text("登录后将自动下载")).to_be_visible()
    fill_in(page, "wrong-password-1")
    expect(page.get_by_role("alert")).to_be_visible()
    assert fits(page)
    complaints.clear()  # Chromium reports the 401 itself
    with page.expect_download() as started:
        fill_in(page)
    saved = tmp_path / "saved.xlsx"
    started.value.save_as(saved)
    assert saved.read_bytes() == raw
    assert started.value.suggested_filename == "佣金对账_2026-10.xlsx"

    page.goto(desk.url)
    expect(page.get_by_text("11,234,567.89")).to_be_visible()
    page.get_by_text("谁在何时下载：李喆").click()
    assert page.locator("details li").inner_text().endswith("李喆")
    assert page.locator("header").evaluate("node => getComputedStyle(node).display") == "flex"
    assert fits(page)
    with page.expect_download() as again:
        page.get_by_role("link", name="下载 佣金对账").click()
    assert Path(again.value.path()).read_bytes() == raw

    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    page.goto(desk.url)
    expect(page.get_by_role("heading", name="登录工作台")).to_be_visible()
    assert complaints == []
    assert desk.events().count(("caiwu", "download")) == 2


def fits(page: Page) -> bool:
    """Whether the page needs no sideways scrolling."""
    width: bool = page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    return width
