"""A refused login is known as such however the portal tells it, and nothing else is taken for one."""

import pytest

from bots.errors import LoginRefused, PasswordExpired, PortalUnavailable
from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from tests.portal.five_portals import ALWAYS, credentials_of, quick_recipe
from tests.portal.recipes import FAMILIES, PORTALS, parse_taian

pytestmark = pytest.mark.browser
WAITS_FOR_A_PAGE = ("answer_from: api/login", "answer_in: top")
WRONG = {"password": "wrong-secret-77"}
SCRIPT = "<html><body><div id=m></div><script>{}('用户名或密码不正确')</script></body></html>"
NOTICE = "连续输错五次，账号已锁定"


@pytest.fixture
def log_in(context, small_sandbox):
    """A function that logs in to one of the pretend portals, with a wrong password unless told otherwise."""

    def enter(slug, recipe=None, **credentials):
        chosen = recipe or quick_recipe(slug)
        known = credentials_of(slug) | (credentials or WRONG)
        return open_session(context, chosen, known, f"{small_sandbox.url}/{slug}/")

    return enter


def impatient(slug, family, *changes):
    """A committed recipe whose family is changed, patient for three seconds."""
    text = (PORTALS / "_families" / f"{family}.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    recipe = f"{(PORTALS / f'{slug}.yaml').read_text('utf-8')}\ntimeout_seconds: 3\n"
    return parse_recipe(recipe, f"{slug}.yaml", FAMILIES | {family: text})


@pytest.mark.parametrize(
    ("slug", "said"),
    [("taian", "用户名或密码错误"), ("kanghe", "用户名或密码不正确"), ("mingde", "用户名或密码错误")],
)
def test_an_alert_that_refuses_is_a_refusal(small_sandbox, log_in, slug, said):
    """The whole answer is a script with alert(), or a script's answer is told by alert()."""
    small_sandbox.spoil(slug, alerts_refusals=True)
    with pytest.raises(LoginRefused, match=said):
        log_in(slug)


def test_a_page_whose_script_writes_the_refusal(context, log_in):
    """Nothing is visible in the source of the answer: the script of the page holds the words."""
    page = SCRIPT.format("document.title = String")
    context.route(
        "**/Login.aspx*",
        lambda route: (
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    with pytest.raises(LoginRefused, match="用户名或密码不正确"):
        log_in("kanghe", impatient("kanghe", "webforms"))


def test_a_refusal_beside_the_form_of_a_page_that_stays(log_in):
    """The recipe waits for a new page, the portal writes its no into the old one."""
    with pytest.raises(LoginRefused, match="账号或密码错误"):
        log_in("ruixiang", impatient("ruixiang", "layui_admin", WAITS_FOR_A_PAGE))


def test_a_refusal_by_a_status_that_also_ends_sessions(context, log_in):
    """HTTP 401 to the login itself is no lost session."""

    def refuse(route):
        route.fulfill(response=route.fetch(), status=401)

    context.route("**/api/login", refuse)
    with pytest.raises(LoginRefused, match="用户名或密码错误"):
        log_in("kehutong")


def test_a_login_that_is_never_answered_is_the_portals_silence(context, log_in):
    """The form still stands there: that is no refusal and no lost session."""
    context.route("**/api/login", lambda _route: None)
    with pytest.raises(PortalUnavailable, match="3 秒内没有 api/login 的应答"):
        log_in("ruixiang", impatient("ruixiang", "layui_admin"))


def test_a_notice_before_the_login_explains_no_failure(context, log_in):
    """The login breaks down on a page that warns of locked accounts: nobody is refused."""

    def add_notice(route):
        script = f"<script>fetch('api/notices'); var never = '{NOTICE}'</script>"
        page = route.fetch().text().replace("</body>", f"{script}</body>")
        route.fulfill(body=page, content_type="text/html; charset=utf-8")

    context.route("**/ruixiang/", add_notice)
    context.route("**/api/notices", lambda route: route.fulfill(json={"code": 0, "msg": NOTICE}))
    context.route("**/api/login", lambda route: route.fulfill(status=503, json={"code": 503}))
    with pytest.raises(PortalUnavailable, match="HTTP 503"):
        log_in("ruixiang")


@pytest.mark.parametrize(
    ("rule", "said", "error"),
    [
        ("password_expired: [请先修改密码]", "请先修改密码", PasswordExpired),
        ("unavailable: [系统维护中]", "系统维护中，请稍后", PortalUnavailable),
    ],
)
def test_an_alert_in_the_midst_of_the_work_is_read(context, small_sandbox, rule, said, error):
    """What an alert says of passwords and of maintenance counts at any time, not only at the login."""
    recipe = parse_taian(("\ndatasets:", f"\nsession: {{{rule}}}\n\ndatasets:"))
    page = f"<script>alert('{said}')</script>"
    context.route(
        "**/policyList.do*",
        lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"),
    )
    address = f"{small_sandbox.url}/taian/"
    with (
        open_session(context, recipe, credentials_of("taian"), address) as session,
        pytest.raises(error),
    ):
        list(session.extract("policies", ALWAYS))
