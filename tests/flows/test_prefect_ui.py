"""An operator in the Prefect UI: fill the form, run 佣金对账, follow the artifact's link to the workbook."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from cli.stage import DESK_PASSWORD, DESK_USER
from config.settings import get_settings
from connectors.browser import open_context
from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night")]

DEPLOYMENT = "佣金对账/手动"
PATIENCE_MS = 60_000


@pytest.fixture
def page() -> Page:
    with open_context(get_settings()) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def submit_form(page: Page, cockpit: Cockpit) -> str:
    """Run the deployment with a chosen month and day; the new run's id."""
    deployment = cockpit.deployment(DEPLOYMENT)["id"]
    before = newest_run(cockpit, deployment)
    page.goto(f"{cockpit.prefect_url}/deployments/deployment/{deployment}/run")
    expect(page.get_by_text("结算月，例如 2026-10")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_text("str", exact=True).click()
    page.locator("textarea").first.fill(PERIOD)
    page.get_by_text("date", exact=True).click()
    page.get_by_text("Select date").click()
    page.locator("input[type=date]").fill(BUSINESS_DATE)
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: not url.endswith("/run"))
    run = newest_run(cockpit, deployment)
    assert run is not None
    assert run != before, "the form queued nothing"
    return run["id"]


def newest_run(cockpit: Cockpit, deployment: str) -> dict | None:
    query = {"deployments": {"id": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_DESC", "limit": 1}
    return next(iter(cockpit.api("POST", "/flow_runs/filter", query)), None)


def test_the_form_runs_the_flow_and_its_artifact_leads_to_the_workbook(page, cockpit):
    """Form -> run with the chosen parameters -> artifact -> desk login -> the workbook's bytes."""
    run_id = submit_form(page, cockpit)
    run = cockpit.wait(run_id)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    assert run["parameters"] == {"period": PERIOD, "business_date": BUSINESS_DATE}
    page.goto(f"{cockpit.prefect_url}/runs/flow-run/{run_id}")
    page.get_by_text("Artifacts", exact=True).click()
    page.get_by_role("link", name="commission-workbook").click()
    link = page.get_by_role("link", name="下载对账工作簿")
    expect(link).to_be_visible(timeout=PATIENCE_MS)
    page.goto(link.get_attribute("href"))
    page.get_by_label("用户名").fill(DESK_USER)
    page.get_by_label("密码").fill(DESK_PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="登录").click()
    raw = download.value.path().read_bytes()
    assert load_workbook(BytesIO(raw)).sheetnames[:2] == ["封面", "汇总"]
