"""A refused login is remembered over runs, so that the nights do not lock the account."""

from datetime import UTC, datetime

import httpx
import pytest

from bots.errors import LoginRefused, PortalUnavailable
from bots.portal.session import open_session
from connectors.database.engine import session
from connectors.database.tables import WorkItem
from connectors.portal_accounts import check_account, forget_refusal, note_refusal, remembered_refusals
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import parse_taian

WRONG = {"user": PORTAL_USER, "password": "wrong-secret-77"}
RIGHT = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}
NOW = datetime(2026, 11, 6, 18, 30, tzinfo=UTC)


@pytest.mark.browser
def test_a_refused_password_is_not_tried_on_the_next_run(hub, small_sandbox, context):
    """Five runs with a wrong password are one login at the portal, which locks at the third."""

    def run(credentials):
        with remembered_refusals(hub, "taian", credentials):
            open_session(context, parse_taian(), credentials, f"{small_sandbox.url}/taian/").close()

    with pytest.raises(LoginRefused, match=r"用户名或密码错误。$|用户名或密码错误"):
        run(WRONG)
    for _ in range(4):
        with pytest.raises(LoginRefused, match="这次没有再登录"):
            run(WRONG)
    # A second wrong login of ours: one more seen by the portal would make it the third.
    httpx.post(f"{small_sandbox.url}/taian/login.do", data={"userId": PORTAL_USER, "passwd": "x"})
    run(RIGHT)
    run(RIGHT)


def test_the_refusal_says_when_and_what_to_do_and_keeps_no_password(hub):
    """The error names the time in Shanghai, the portal's words and the remedy; the row holds only an HMAC."""
    with session(hub) as current:
        note_refusal(current, "taian", WRONG, LoginRefused("用户名或密码错误。", remedy=""), NOW)
    with session(hub) as current, pytest.raises(LoginRefused) as caught:
        check_account(current, "taian", WRONG)
    assert "2026-11-07 02:30" in caught.value.what
    assert "用户名或密码错误" in caught.value.what
    assert "更换密钥" in caught.value.remedy
    assert "brokerflow portal unlock taian" in caught.value.remedy
    with session(hub) as current:
        assert "wrong-secret" not in str(current.query(WorkItem).one().payload)


@pytest.mark.parametrize("changed", [{"password": "new"}, {"user": "other"}])
def test_changed_credentials_end_the_refusal(hub, changed):
    """Another password or user is tried, and the old refusal is forgotten; other portals never knew."""
    with session(hub) as current:
        note_refusal(current, "taian", WRONG, LoginRefused("密码错误。", remedy=""), NOW)
    with session(hub) as current:
        check_account(current, "other", WRONG)
        check_account(current, "taian", WRONG | changed)
        check_account(current, "taian", WRONG)


def test_an_unlocked_account_may_be_tried_again_with_its_password(hub):
    """A person who had the account unlocked lets it be tried; a second time there is nothing to forget."""
    with session(hub) as current:
        note_refusal(current, "taian", WRONG, LoginRefused("账号已锁定。", remedy=""), NOW)
        assert forget_refusal(current, "taian")
        assert not forget_refusal(current, "taian")
        check_account(current, "taian", WRONG)


def test_a_portal_that_is_down_is_no_refusal(hub):
    """Only refusals keep later runs away."""
    with (
        pytest.raises(PortalUnavailable),
        remembered_refusals(hub, "taian", RIGHT),
    ):
        raise PortalUnavailable("503。", remedy="")
    with session(hub) as current:
        check_account(current, "taian", RIGHT)
