"""A real Chromium on the Ruixiang portal: tabs, cloned tables, dropdown, reused dialog, alert."""

import pytest

from sandbox.amounts import yuan
from sandbox.ruixiang.portal import ACCOUNT
from sandbox.ruixiang.records import SMALL_POLICIES, SMALL_PREMIUMS, build_premiums, build_records

SLUG = "ruixiang"
RECORDS = build_records(size=SMALL_POLICIES)
PREMIUMS = build_premiums(size=SMALL_PREMIUMS, policy_count=SMALL_POLICIES)
pytestmark = pytest.mark.browser
# In one breath, so that no slow machine lets the opening end in between.
OPEN_AND_CLOSE = """index => {
  document.querySelector(`.lay-table-fixed-r tr[data-index='${index}'] a`).click();
  document.getElementById('layerClose').click();
  return document.querySelector('#policySheet [data-key=policyNo]').textContent;
}"""


@pytest.fixture
def shell(small_sandbox, context):
    """The shell after a login by hand; the notice is closed."""
    page = context.new_page()
    page.goto(f"{small_sandbox.url}/{SLUG}/")
    page.fill("[name=username]", ACCOUNT.user)
    page.fill("[name=password]", ACCOUNT.password)
    page.click("text=登 录")
    page.wait_for_url("**/index.html")
    page.click("#notice .layer-close")
    return page


def open_tab(shell, group, item, name):
    """The frame of a tab, opened as people do, with its first page of rows."""
    shell.hover(f".lay-nav-item > a:text-is('{group}')")
    shell.click(f".lay-nav-child a:text-is('{item}')")
    frame = shell.wait_for_selector(f"iframe[name=tab-{name}]").content_frame()
    frame.click("#query")
    frame.wait_for_selector(".lay-table-main tr[data-index='0']")
    return frame


def cells(frame, row):
    """One row's cells in the order of the titles, put together from the three tables by its index."""
    texts = {}
    for part in (".lay-table-fixed-l", ".lay-table-main", ".lay-table-fixed-r"):
        found = frame.locator(f"{part} tr[data-index='{row}'] td:not(.lay-table-hide)")
        for cell in found.all():
            texts[cell.get_attribute("data-field")] = cell.inner_text()
    return texts


def test_a_person_reads_both_lists(shell):
    """First and last page of the policies, a second tab beside it, totals as printed."""
    records = RECORDS
    frame = open_tab(shell, "保单管理", "保单查询", "policy")
    assert cells(frame, 0)["policyNo"] == records[0].policy_no
    assert cells(frame, 0)["annualPremium"] == yuan(records[0].annual_premium_fen)
    total = yuan(sum(record.annual_premium_fen for record in records))
    assert frame.inner_text(".lay-table-total [data-field=annualPremium]") == total
    assert f"共 {SMALL_POLICIES} 条" in frame.inner_text(".lay-table-page")
    frame.fill(".lay-laypage-skip input", "4")
    frame.click(".lay-laypage-btn")
    frame.wait_for_selector(".lay-laypage-curr em:text-is('4')")
    assert cells(frame, 29)["policyNo"] == records[-1].policy_no
    assert cells(frame, 29)["number"] == str(SMALL_POLICIES)
    assert "lay-disabled" in frame.get_attribute(".lay-laypage-next", "class")
    other = open_tab(shell, "收费管理", "保费清单", "premium")
    assert cells(other, 0)["policy_no"] == PREMIUMS[0].policy_no
    assert shell.locator("iframe").count() == 3
    assert not shell.locator("iframe[name=tab-policy]").is_visible()


def test_dropdown_and_reused_dialog(shell):
    """The dropdown narrows the list; the dialog shows the record before until its answer is here."""
    frame = open_tab(shell, "保单管理", "保单查询", "policy")
    frame.click("#statusSelect .lay-select-title")
    frame.click("#statusSelect dd:text-is('退保')")
    frame.click("#query")
    records = [record for record in RECORDS if record.status == "surrendered"]
    frame.wait_for_selector(f"text=共 {len(records)} 条")
    number = "#policySheet [data-key=policyNo]"
    assert frame.evaluate(OPEN_AND_CLOSE, 0) == ""
    frame.wait_for_selector(f"{number}:text-is('{records[0].policy_no}')")
    frame.wait_for_timeout(350)
    frame.click("#layerClose")
    assert not frame.is_visible("#layerDialog")
    assert frame.evaluate(OPEN_AND_CLOSE, 1) == records[0].policy_no
    frame.wait_for_selector(f"{number}:text-is('{records[1].policy_no}')")


def test_expiry_moves_the_whole_window(shell, small_sandbox):
    """A native alert says so in the tab's frame, the browser asks once more, then the login is shown."""
    frame = open_tab(shell, "保单管理", "保单查询", "policy")
    small_sandbox.spoil(SLUG, expire_at_page=2)
    said = []
    shell.on("dialog", lambda dialog: (said.append((dialog.type, dialog.message)), dialog.accept()))
    frame.click(".lay-laypage-next")
    shell.wait_for_selector("#loginForm")
    assert said == [("alert", "登录超时，请重新登录"), ("beforeunload", "")]


def test_a_saved_cookie_is_no_session(shell, small_sandbox):
    """A second window with the same cookies is sent back to the login."""
    other = shell.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto(f"{small_sandbox.url}/{SLUG}/index.html")
    assert other.wait_for_selector("#loginForm").is_visible()
