"""泰安人寿 loses its session, its window, its browser: nothing is lost or doubled, or one clear error."""

import httpx
import pytest

from bots.errors import BrowserLost, PortalUnavailable, SessionExpired
from sandbox.taian.portal import ACCOUNT
from tests.portal.test_taian import ALWAYS, rows_of
from tests.portal.test_taian_faults import OCTOBER, QUICK

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("dataset", "fault"),
    [
        ("policies", {"expire_after_requests": 1}),
        ("policies", {"expire_at_page": 1}),
        ("premiums", {"expire_at_page": 1}),
        ("premiums", {"expire_at_page": 2}),
        ("premiums", {"expire_at_page": 3}),
        ("statement_lines", {"expire_at_page": 1}),
    ],
)
def test_expired_session_loses_and_doubles_nothing(small_sandbox, enter, dataset, fault):
    """The session ends at the menu or when a page is asked for; after a new login the same rows come."""
    session, asked = enter(small_sandbox), OCTOBER if dataset == "statement_lines" else ALWAYS
    good, _ = rows_of(session, dataset, asked)
    small_sandbox.spoil("taian", **fault)
    rows, pages = rows_of(session, dataset, asked)
    assert [small_sandbox.faults("taian")[name] for name in fault] == [None]
    assert rows == good
    assert [page.page_no for page in pages] == list(range(1, len(pages) + 1))


@pytest.mark.parametrize("requests", [8, 9, 10])
def test_session_that_ends_again_on_the_way_back(small_sandbox, enter, requests):
    """Lost at page 2, and once more at the menu, at the query or at that page: two logins, every row once."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    rows = list(next(pages).rows)
    # The page that is lost and the login's six answers come first.
    small_sandbox.spoil("taian", expire_at_page=2, expire_after_requests=requests)
    rows += [row for page in pages for row in page.rows]
    assert [row["policy_no"] for row in rows] == [p.policy_no for p in small_sandbox.brokerage.policies]
    logins = httpx.get(f"{small_sandbox.url}/control/sessions").json()["logins"]
    assert (logins, small_sandbox.faults("taian")["expire_after_requests"]) == (3, None)


@pytest.mark.parametrize(("dataset", "parameters"), [("endorsements", ALWAYS), ("statement_lines", OCTOBER)])
def test_session_that_expires_behind_a_link_opens_it_again(small_sandbox, enter, dataset, parameters):
    """A window or a download that answers with the login is asked for again after a new login."""
    session = enter(small_sandbox)
    good, _ = rows_of(session, dataset, parameters)
    rows = []
    for number, page in enumerate(session.extract(dataset, parameters)):
        rows += page.rows
        if number == 1:
            small_sandbox.spoil("taian", expire_after_requests=1)
    assert rows == good


def test_displaced_session_logs_in_again(small_sandbox, enter):
    """Somebody else logs in with the account; the bot says so by logging in once more and finishes."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    first = next(pages)
    log_in_elsewhere(small_sandbox)
    rows = [*first.rows, *(row for page in pages for row in page.rows)]
    assert [row["policy_no"] for row in rows] == [p.policy_no for p in small_sandbox.brokerage.policies]


def test_budget_of_new_logins_ends(small_sandbox, enter):
    """With no new login allowed a displaced session is an error that names the portal."""
    session = enter(small_sandbox, ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:"))
    pages = session.extract("policies", ALWAYS)
    next(pages)
    log_in_elsewhere(small_sandbox)
    with pytest.raises(SessionExpired, match=r"泰安人寿（taian） 会话已失效：您的账号已在其他地点登录"):
        list(pages)


def log_in_elsewhere(sandbox):
    form = {"userId": ACCOUNT.user, "passwd": ACCOUNT.password}
    httpx.post(f"{sandbox.url}/taian/login.do", data=form, follow_redirects=False)


def test_browser_that_dies_is_told_from_a_portal_that_changed(small_sandbox, enter, context):
    """A browser lost in mid-paging is an error of its own, and closing the session afterwards is quiet."""
    session = enter(small_sandbox)
    pages = session.extract("policies", ALWAYS)
    next(pages)
    context.browser.close()
    with pytest.raises(BrowserLost, match="浏览器关闭了"):
        next(pages)


def test_window_that_closes_itself_is_no_lost_browser(small_sandbox, enter, context):
    """Only a window is gone: the portal is to blame, the window is named, and the next dataset is read."""
    session = enter(small_sandbox, QUICK)
    page = "<html><script>window.close()</script></html>"
    context.route("**/policyDetail.do*", lambda route: route.fulfill(body=page, content_type="text/html"))
    with pytest.raises(
        PortalUnavailable, match=r"endorsements TA.*时窗口 /taian/policyDetail\.do 自己关闭了"
    ):
        list(session.extract("endorsements", ALWAYS))
    assert rows_of(session, "statements", OCTOBER)[0]


def test_second_session_in_the_same_browser_answers_its_own_dialogs(small_sandbox, enter):
    """A closed session listens no more: the next one accepts the confirm() and downloads."""
    enter(small_sandbox).close()
    rows, files = rows_of(enter(small_sandbox), "statement_lines", OCTOBER)
    assert (len(rows), len(files)) == (88, 5)
