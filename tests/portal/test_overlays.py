"""A survey that lies over 瑞祥's workplace in the middle of the work is closed; what it hides is not lost."""

import httpx
import pytest

from bots.errors import PageChanged, SessionExpired
from tests.portal import test_ruixiang
from tests.portal.test_ruixiang import (
    SLUG,
    YEARS,
    endorsement_rows,
    policies_of,
    policy_row,
    rows_of,
)

pytestmark = pytest.mark.browser
enter_ruixiang = test_ruixiang.enter_ruixiang
QUICK = ("family: layui_admin", "family: layui_admin\ntimeout_seconds: 5")
NO_RELOGIN = ("\ndatasets:", "\nsession: {relogins: 0, expired: [满意度调查]}\n\ndatasets:")
OVERLAYS = 'overlays: [{element: "#survey", close: .layer-close}]\n'


def has_come(sandbox):
    """Whether the survey was shown."""
    faults = httpx.post(f"{sandbox.url}/control/portals/{SLUG}", json={}).raise_for_status().json()
    return faults["survey_at_page"] is None


def test_survey_in_mid_paging_is_closed_before_the_next_click(small_sandbox, enter_ruixiang):
    """Page 2 comes with a survey over it: the layers behind its rows are opened and closed all the same."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, survey_at_page=2)
    pages = list(session.extract("policies", YEARS, with_children=True))
    found = {
        name: [row for page in pages if page.dataset == name for row in page.rows]
        for name in ("policies", "endorsements")
    }
    assert has_come(small_sandbox)
    assert found["policies"] == [policy_row(policy) for policy in policies_of(YEARS)]
    assert found["endorsements"] == endorsement_rows(policies_of(YEARS))


def test_survey_that_nobody_declared_blocks_clicks_but_no_reading(small_sandbox, enter_ruixiang):
    """Pages are read and turned under it; the first click behind a row fails."""
    session = enter_ruixiang(small_sandbox, QUICK, (OVERLAYS, ""))
    small_sandbox.spoil(SLUG, survey_at_page=2)
    rows, _ = rows_of(session, "policies", YEARS)
    assert has_come(small_sandbox)
    assert rows == [policy_row(policy) for policy in policies_of(YEARS)]
    small_sandbox.spoil(SLUG, survey_at_page=1)
    with pytest.raises(PageChanged):
        rows_of(session, "endorsements", YEARS)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ([(".layer-close}]", ".layer-title}]")], PageChanged, "挡住页面的 #survey 关不上"),
        ([NO_RELOGIN], SessionExpired, "会话已失效：满意度调查"),
    ],
)
def test_layer_that_stays_is_told(small_sandbox, enter_ruixiang, changes, error, said):
    """A button that closes nothing is a changed page; a layer that ends the session is not closed at all."""
    session = enter_ruixiang(small_sandbox, QUICK, *changes)
    small_sandbox.spoil(SLUG, survey_at_page=1)
    with pytest.raises(error, match=said):
        rows_of(session, "endorsements", YEARS)
