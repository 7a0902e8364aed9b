"""The flow brings other families home into the hub; 客户通, which asks for a code, in test_portal_code.py."""

from datetime import date

import pytest
from sqlalchemy import func, select

from connectors.database.engine import session
from connectors.database.tables import Policy, PremiumDue
from sandbox.mingde.records import build_records as mingde_premiums
from sandbox.ruixiang.records import build_records as ruixiang_policies
from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night")]

COLLECT = "采集单家保司/手动"


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
