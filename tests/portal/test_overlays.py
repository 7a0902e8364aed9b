"""A survey that lies over 瑞祥's workplace in the middle of the work is closed; what it hides is not lost."""

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.errors import LoginRefused, PageChanged, PortalUnavailable, SessionExpired
from bots.portal.overlays import OverlayWatch
from bots.portal.recipe_file import parse_recipe
from tests.portal import test_ruixiang
from tests.portal.recipes import FAMILIES
from tests.portal.test_ruixiang import (
    RECIPE,
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


LAYER = "<div id=survey><a class=layer-close onclick='survey.hidden = true'>×</a>满意度调查</div>"
SHOW_LAYER = """
const show = (text, seconds) => {
  document.body.insertAdjacentHTML("beforeend", `<div id=survey><a class=layer-close>×</a>${text}</div>`);
  setTimeout(() => document.getElementById("survey").remove(), seconds * 1000);
};
"""
SHOWN_AT_ONCE = "addEventListener('DOMContentLoaded', () => show('连续输错五次，账号已锁定', 1));"
SHOWN_AS_ANSWER = "addEventListener('submit', () => setTimeout(() => show('账号已锁定', SECONDS), 200));"
LATE_LOGIN = """
session:
  login:
    - open: ""
    - fill: {element: "#loginForm [name=username]", secret: user}
    - fill: {element: "#loginForm [name=password]", secret: password}
    - click: {element: "#loginForm [type=submit]", answer_from: api/login}
    - wait_for: "#survey"
    - wait_for: "#welcome"

datasets:"""


def has_come(sandbox):
    """Whether the survey was shown."""
    return sandbox.faults(SLUG)["survey_at_page"] is None


def answer_nothing(context):
    """The portal's answer to a login says neither yes nor no."""
    context.route("**/api/login", lambda route: route.fulfill(json={"code": 9, "msg": "登录失败"}))


def blocked_page(context, close):
    """A page under a layer, watched; ``close`` is the button that the recipe names."""
    text = RECIPE.replace(OVERLAYS, OVERLAYS.replace(".layer-close", close))
    page = context.new_page()
    watch = OverlayWatch(page, parse_recipe(text, f"{SLUG}.yaml", FAMILIES), "某处")
    page.set_content(f"<button onclick='this.value = +this.value + 1' value=0>做</button>{LAYER}")
    return page, watch


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


def test_layer_that_comes_again_is_closed_again(context):
    """Once closed it is forgotten: the same layer lies over the page twice more and is closed twice more."""
    page, watch = blocked_page(context, ".layer-close")
    for times in (1, 2, 3):
        page.evaluate("survey.hidden = false")
        page.locator("button").click(timeout=5_000)
        assert page.locator("button").get_attribute("value") == str(times)
        assert not page.locator("#survey").is_visible()
    watch.raise_stuck()


def test_layer_that_hid_itself_is_not_blamed(context):
    """What could not be closed stands in the way as long as it shows, and no longer."""
    page, watch = blocked_page(context, ".nothing")
    with pytest.raises(PlaywrightTimeout):
        page.locator("button").click(timeout=9_000)
    with pytest.raises(PageChanged, match="某处 挡住页面的 #survey 关不上"):
        watch.raise_stuck()
    page.evaluate("survey.hidden = true")
    watch.raise_stuck()


def test_survey_comes_twice_in_one_walk(small_sandbox, enter_ruixiang):
    """With page 2 and again with page 3: the layers behind their rows are opened all the same."""
    session = enter_ruixiang(small_sandbox, QUICK)
    found, coming = [], [2, 3]
    for page in session.extract("endorsements", YEARS):
        if coming and has_come(small_sandbox):
            small_sandbox.spoil(SLUG, survey_at_page=coming.pop(0))
        found += page.rows
    assert coming == []
    assert has_come(small_sandbox)
    assert found == endorsement_rows(policies_of(YEARS))


@pytest.mark.parametrize(("seconds", "changes"), [(60, [QUICK]), (2, [QUICK, ("\ndatasets:", LATE_LOGIN)])])
def test_layer_that_refuses_the_login_is_a_refusal(small_sandbox, enter_ruixiang, context, seconds, changes):
    """账号已锁定 stands in a declared layer alone, which stays, or hides itself before the step fails."""
    answer_nothing(context)
    context.add_init_script(SHOW_LAYER + SHOWN_AS_ANSWER.replace("SECONDS", str(seconds)))
    with pytest.raises(LoginRefused, match="账号已锁定"):
        enter_ruixiang(small_sandbox, *changes)


def test_layer_before_the_login_refuses_nobody(small_sandbox, enter_ruixiang, context):
    """A notice that hides itself on the login page speaks of locked accounts: of no login of ours."""
    answer_nothing(context)
    context.add_init_script(SHOW_LAYER + SHOWN_AT_ONCE)
    with pytest.raises(SessionExpired, match="会话已失效：#loginForm"):
        enter_ruixiang(small_sandbox, QUICK)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("系统维护中，请稍后再试", PortalUnavailable, "页面写着：系统维护中"),
        ("账号已锁定", PageChanged, "挡住页面的 #survey 写着：账号已锁定"),
    ],
)
def test_layer_with_the_portals_last_word_is_not_closed(small_sandbox, enter_ruixiang, text, error, said):
    """Maintenance, or a refusal in the middle of the work: the layer stays and its text is the error."""
    session = enter_ruixiang(small_sandbox, QUICK)
    title = session._screen.page.locator("#survey .layer-title")
    title.evaluate("(title, text) => { title.textContent = text; }", text)
    small_sandbox.spoil(SLUG, survey_at_page=1)
    with pytest.raises(error, match=said):
        rows_of(session, "endorsements", YEARS)
