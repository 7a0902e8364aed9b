"""The flow brings other families home into the hub; 客户通, which asks for a code, in test_portal_code.py."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from connectors.database.engine import session
from connectors.database.tables import Policy, PremiumDue
from sandbox.mingde.records import build_records as mingde_premiums
from sandbox.ruixiang.records import build_records as ruixiang_policies
from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD
from tests.sandbox.kanghe_visitor import Visitor

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night")]

COLLECT = "采集单家保司/手动"
# 康禾's first weeks: each policy costs a window, and years of them would cost minutes.
EARLY_DAY = "2024-02-12"
PRINTED = re.compile(r"共 ([\d,]+) 条记录.*?年缴保费合计 ([\d,.]+) 元", re.DOTALL)


def dues_of_mingde():
    """What a night asks for: due by its day; the hub sets aside what is called received without a receipt."""
    day = date.fromisoformat(BUSINESS_DATE)
    return [
        premium
        for premium in mingde_premiums()
        if premium.due_date <= day
        and (premium.status == "未收" or (premium.receipt_no and premium.received_date))
    ]


@pytest.mark.parametrize(
    ("slug", "table", "truth"),
    [
        ("ruixiang", Policy, ruixiang_policies),
        ("mingde", PremiumDue, dues_of_mingde),
    ],
)
def test_a_portal_comes_home_by_its_flow(cockpit, slug, table, truth):
    """The run completes and the hub holds what the portal's records say."""
    run = cockpit.run(COLLECT, insurer=slug, business_date=BUSINESS_DATE, period=PERIOD)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    with session(cockpit.hub(), read_only=True) as current:
        rows = current.scalar(select(func.count()).select_from(table).where(table.insurer_slug == slug))
    assert rows == len(truth())


def printed_by_kanghe(cockpit, last_day):
    """Count and premium in fen that the portal itself prints for the policies up to a day."""
    visitor = Visitor(SimpleNamespace(url=cockpit.sandbox_url)).log_in().query("2000-01-01", last_day)
    count, yuan = PRINTED.search(visitor.page.text_content()).groups()
    return int(count.replace(",", "")), int(yuan.replace(",", "").replace(".", ""))


def test_a_portal_with_windows_behind_its_rows_comes_home_by_its_flow(cockpit):
    """康禾人寿: the hub holds as many policies and as much premium as the portal prints for these days."""
    run = cockpit.run(COLLECT, insurer="kanghe", business_date=EARLY_DAY, period=PERIOD)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    with session(cockpit.hub(), read_only=True) as current:
        query = select(func.count(), func.sum(Policy.annual_premium_fen)).where(
            Policy.insurer_slug == "kanghe", Policy.issue_date <= date.fromisoformat(EARLY_DAY)
        )
        found = tuple(current.execute(query).one())
    assert found == printed_by_kanghe(cockpit, EARLY_DAY)
    assert found[0] > 0
