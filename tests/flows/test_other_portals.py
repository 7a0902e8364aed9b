"""The flow brings every family home into the hub, key by key; 客户通 with its code in test_portal_code.py."""

import re
from types import SimpleNamespace

import pytest

from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD
from tests.flows.hub_truth import (
    count_set_aside,
    empty_portal,
    find_differences,
    night_truths,
    unfit_in_mingde,
)
from tests.sandbox.kanghe_visitor import Visitor

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night", "house_keys")]

COLLECT = "采集单家保司/手动"
# 康禾's first weeks: each policy costs a window, and years of them would cost minutes.
EARLY_DAY = "2024-02-12"
PRINTED = re.compile(r"共 ([\d,]+) 条记录.*?年缴保费合计 ([\d,.]+) 元", re.DOTALL)


def collect(cockpit, slug, business_date):
    """Run the portal's flow on a hub that holds nothing of it; what then differs from its records."""
    hub = cockpit.hub()
    empty_portal(hub, slug)
    run = cockpit.run(COLLECT, insurer=slug, business_date=business_date, period=PERIOD)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    return [
        said
        for truth in night_truths(slug, business_date, PERIOD)
        for said in find_differences(hub, slug, truth)
    ]


def test_a_night_holds_every_key_of_the_first_portal(cockpit):
    """泰安人寿: policies, endorsements, premiums, batches and lines, keys and sums, as a night left them."""
    truths = night_truths("taian", BUSINESS_DATE, PERIOD)
    assert [said for truth in truths for said in find_differences(cockpit.hub(), "taian", truth)] == []
    assert all(truth.keys for truth in truths)


@pytest.mark.parametrize("slug", ["ruixiang", "mingde"])
def test_a_portal_comes_home_by_its_flow(cockpit, slug):
    """Each dataset's keys and sums are those of the portal's records; contradictions are set aside."""
    assert collect(cockpit, slug, BUSINESS_DATE) == []
    assert all(truth.keys for truth in night_truths(slug, BUSINESS_DATE, PERIOD))
    assert count_set_aside(cockpit.hub(), slug) == (unfit_in_mingde(BUSINESS_DATE) if slug == "mingde" else 0)


def test_a_portal_with_windows_behind_its_rows_comes_home_by_its_flow(cockpit):
    """康禾人寿: list, windows, workbook, batches, zips and PDF; the records are what it prints."""
    assert collect(cockpit, "kanghe", EARLY_DAY) == []
    policies = night_truths("kanghe", EARLY_DAY, PERIOD)[0]
    printed = printed_by_kanghe(cockpit, EARLY_DAY)
    assert (len(policies.keys), policies.sums["annual_premium_fen"]) == printed
    assert printed[0] > 0


def printed_by_kanghe(cockpit, last_day):
    """Count and premium in fen that the portal itself prints for the policies up to a day."""
    visitor = Visitor(SimpleNamespace(url=cockpit.sandbox_url)).log_in().query("2000-01-01", last_day)
    count, yuan = PRINTED.search(visitor.page.text_content()).groups()
    return int(count.replace(",", "")), int(yuan.replace(",", "").replace(".", ""))
