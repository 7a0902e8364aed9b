"""A real Chromium on the portal: what only a browser can show (frames, new window, confirm, download)."""

from datetime import date

import pytest

from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER

pytestmark = pytest.mark.browser


@pytest.fixture
def page(small_sandbox, context):
    page = context.new_page()
    page.goto(f"{small_sandbox.url}/taian/")
    page.fill("[name=userId]", PORTAL_USER)
    page.fill("[name=passwd]", PORTAL_PASSWORD)
    page.click("text=登 录")
    page.wait_for_url("**/main.do")
    return page


def _open(page, menu):
    page.frame("menuFrame").click(f"text={menu}")
    frame = page.frame("mainFrame")
    frame.wait_for_selector("form[name=queryForm]")
    return frame


def test_paging_by_javascript(page):
    """下一页 submits the form by script and shows the next rows."""
    frame = _open(page, "保单查询")
    frame.click("[value=查询]")
    frame.click("text=下一页")
    frame.wait_for_selector("text=第 2/2 页")
    assert frame.locator("#dataTable tr").nth(1).locator("td").first.inner_text() == "101"


def test_detail_opens_in_a_new_window(page, small_sandbox):
    """详情 opens a window with the endorsements, 关闭 closes it."""
    policy = next(p for p in small_sandbox.brokerage.policies if p.endorsements)
    frame = _open(page, "保单查询")
    day = policy.issue_date.isoformat()
    frame.fill("[name=beginDate]", day)
    frame.fill("[name=endDate]", day)
    frame.click("[value=查询]")
    row = frame.locator("#dataTable tr", has_text=policy.policy_no)
    with page.expect_popup() as opening:
        row.locator("text=详情").click()
    window = opening.value
    assert policy.endorsements[0].endorsement_no in window.locator("#endorsements").inner_text()
    with window.expect_event("close"):
        # Later: on a busy machine the window is gone before the click on it has come back.
        window.locator("[value=关闭]").evaluate("button => void setTimeout(() => button.click())")


def test_rare_characters_survive(page, small_sandbox):
    """Chromium reads the mislabelled GBK page right."""
    names = {policy.policyholder.name for policy in small_sandbox.brokerage.policies[:100]}
    frame = _open(page, "保单查询")
    frame.click("[value=查询]")
    frame.wait_for_selector("#dataTable")
    shown = set(frame.locator("#dataTable tr td:nth-child(5)").all_inner_texts())
    assert names <= shown


def test_export_asks_first(page, small_sandbox):
    """导出 asks; refused, nothing comes; accepted, the file comes.

    Its name is raw GBK as such servers send it, which Chromium outside Chinese Windows throws away.
    """
    frame = _open(page, "佣金结算")
    assert frame.locator("select option").first.inner_text() == f"{date(2026, 10, 1):%Y%m}"
    frame.click("[value=查询]")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    frame.locator("text=导出").first.click()
    for _ in range(50):
        if asked:
            break
        page.wait_for_timeout(100)
    assert asked == ["确认导出该批次结算单？"]
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_download() as downloading:
        frame.locator("text=导出").first.click()
    raw = downloading.value.path().read_bytes()
    assert f"共 {small_sandbox.truth['batches'][0]['line_count']} 笔" in raw.decode("gbk")


def test_expired_session_moves_the_whole_window(page, small_sandbox):
    """In a frame the expired page says so and takes the top window back to the login."""
    small_sandbox.spoil("taian", expire_after_requests=1)
    page.frame("menuFrame").click("text=保费清单")
    page.frame("mainFrame").wait_for_selector("text=登录超时，请重新登录")
    page.wait_for_selector("form[name=loginForm]", timeout=5000)
    assert page.frame("mainFrame") is None
