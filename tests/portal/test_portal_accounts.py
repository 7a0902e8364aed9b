"""A refused login is remembered over runs, so that the nights do not lock the account."""

from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy import text

from bots.errors import LoginRefused, PasswordExpired, PortalUnavailable
from bots.portal.session import open_session
from connectors.database.engine import session
from connectors.database.tables import PortalAccount
from connectors.portal_accounts import (
    check_account,
    clear_account,
    describe_account,
    expiry_warning,
    keep_session,
    kept_session,
    list_accounts,
    note_stop,
    remembered_refusals,
)
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
        note_stop(current, "taian", WRONG, LoginRefused("用户名或密码错误。", remedy=""), NOW)
    with session(hub) as current, pytest.raises(LoginRefused) as caught:
        check_account(current, "taian", WRONG)
    assert "2026-11-07 02:30" in caught.value.what
    assert "用户名或密码错误" in caught.value.what
    assert "更换密钥" in caught.value.remedy
    assert "brokerflow portal unlock taian" in caught.value.remedy
    with session(hub) as current:
        account = current.get(PortalAccount, "taian")
        assert "wrong-secret" not in f"{account.credentials}{account.words}"


@pytest.mark.parametrize("changed", [{"password": "new"}, {"user": "other"}])
def test_changed_credentials_end_the_refusal(hub, changed):
    """Another password or user is tried, and the old refusal is forgotten; other portals never knew."""
    with session(hub) as current:
        note_stop(current, "taian", WRONG, LoginRefused("密码错误。", remedy=""), NOW)
    with session(hub) as current:
        check_account(current, "other", WRONG)
        check_account(current, "taian", WRONG | changed)
        check_account(current, "taian", WRONG)


def test_an_unlocked_account_may_be_tried_again_with_its_password(hub):
    """A person who had the account unlocked lets it be tried; a second time there is nothing to forget."""
    with session(hub) as current:
        note_stop(current, "taian", WRONG, LoginRefused("账号已锁定。", remedy=""), NOW)
        assert clear_account(current, "taian", "李喆", NOW)
        assert not clear_account(current, "taian", "李喆", NOW)
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


def test_a_due_password_keeps_runs_away_until_it_is_changed(hub):
    """The portal asked for a new password: same credentials are not tried, new ones are."""
    with session(hub) as current:
        note_stop(current, "taian", WRONG, PasswordExpired("您的密码已过期，请修改密码。", remedy=""), NOW)
    with session(hub) as current, pytest.raises(PasswordExpired, match="被要求修改密码"):
        check_account(current, "taian", WRONG)
    with session(hub) as current:
        check_account(current, "taian", RIGHT)
        assert current.get(PortalAccount, "taian").cleared_by == "更换了密钥"


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 10, 30), ""),
        (date(2026, 10, 31), "taian 的密码2026-11-07 到期，还有 7 天，请李喆修改。"),
        (date(2026, 11, 8), "taian 的密码2026-11-07 已到期，请李喆修改。"),
    ],
)
def test_a_password_that_runs_out_is_announced_a_week_before(hub, today, said):
    """Owner, day and days left stand in the sentence; nobody is bothered earlier."""
    with session(hub) as current:
        describe_account(current, "taian", owner="李喆", changed=date(2026, 8, 9), days=90)
        (account,) = list_accounts(current)
        assert expiry_warning(account, today) == said


def test_a_refusal_forgets_the_kept_session(hub):
    """What was kept of a session is sealed, and gone with the first refusal."""
    with session(hub) as current:
        keep_session(current, "taian", '{"cookies": "secret-cookie"}', NOW)
    with session(hub) as current:
        assert "secret-cookie" not in str(current.execute(text("SELECT * FROM portal_accounts")).all())
        assert kept_session(current, "taian") == '{"cookies": "secret-cookie"}'
        note_stop(current, "taian", WRONG, LoginRefused("密码错误。", remedy=""), NOW)
    with session(hub) as current:
        assert kept_session(current, "taian") is None
