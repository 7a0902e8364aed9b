"""A run that is refused before it begins: nothing of the portal is touched, and finance hears of it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from prefect.logging import disable_run_logger

from bots.errors import HubBusy, LoginRefused, PortalUnavailable, SecretMissing
from bots.records import DatasetReport
from config.settings import TIME_ZONE, get_settings
from connectors import collection_log
from connectors.collection_log import hold_account, record_report
from connectors.database.engine import session
from connectors.portal_accounts import note_stop
from connectors.portal_recipes import load_recipe
from connectors.secrets import read_secret
from flows.collect_portal import collect_portal
from flows.reconcile_commissions import find_incomplete_insurers

NAME, YESTERDAY, DAY = "康禾人寿", date(2026, 11, 5), date(2026, 11, 6)
CLOSED = datetime(2026, 11, 6, 0, 30, tzinfo=ZoneInfo(TIME_ZONE))
CREDENTIALS = {"user": "night", "password": "secret-7"}


@pytest.fixture
def closed(hub, monkeypatch):
    """A hub where 康禾人寿, alone, came home whole yesterday; it is half past midnight and closed now."""
    monkeypatch.setenv("BROKERFLOW_PORTALS", '["kanghe"]')
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(f"BROKERFLOW_SECRET_KANGHE_{name.upper()}", value)
    get_settings.cache_clear()
    for module in ("collect_portal", "reconcile_commissions"):
        monkeypatch.setattr(f"flows.{module}.hub", lambda: hub)
    monkeypatch.setattr("flows.collect_portal.shanghai_now", lambda: CLOSED)
    collect_whole(hub, YESTERDAY)
    return hub


def collect_whole(hub, day):
    """Every dataset of the recipe is proved for a night."""
    with session(hub) as current:
        for dataset in load_recipe("kanghe").datasets:
            record_report(current, "kanghe", day, DatasetReport(dataset, 1, 1, 0, 0.1, 1))


def open_always(monkeypatch):
    monkeypatch.setenv("BROKERFLOW_IGNORE_OPEN_HOURS", "true")
    get_settings.cache_clear()


def told_to_finance():
    """Names of the insurers whose figures may be old."""
    with disable_run_logger():
        return find_incomplete_insurers()


def refused(error, said):
    """The night's run, which must end so."""
    with pytest.raises(error, match=said):
        collect_portal.fn("kanghe", DAY, "2026-10")


def test_closed_portal_is_not_logged_in_to(closed, monkeypatch):
    """Half past midnight 康禾人寿 is closed: no secret, account or browser is asked for."""
    monkeypatch.setattr("flows.collect_portal.read_secret", lambda _: pytest.fail("secret read"))
    refused(PortalUnavailable, r"康禾人寿（kanghe） 现在不开放.*11-06 01:00 以后重新运行")


def test_hours_hold_behind_a_gateway_too(closed, monkeypatch):
    """An address in the settings is still the insurer's portal."""
    monkeypatch.setenv("BROKERFLOW_PORTAL_BASE_URLS", '{"kanghe": "http://127.0.0.1:9/kanghe/"}')
    get_settings.cache_clear()
    refused(PortalUnavailable, "现在不开放")


def test_a_night_at_a_closed_portal_is_incomplete_until_its_repeat(closed):
    """Yesterday's rows do not count for tonight; the repeat in open hours does."""
    assert told_to_finance() == []
    refused(PortalUnavailable, "现在不开放")
    assert told_to_finance() == [NAME]
    collect_whole(closed, DAY)
    assert told_to_finance() == []
    refused(PortalUnavailable, "现在不开放")
    assert told_to_finance() == [], "what was proved tonight stays proved"


def test_a_night_with_a_missing_secret_is_incomplete(closed, monkeypatch):
    """No password: the night did not collect."""
    open_always(monkeypatch)

    def missing(name):
        return read_secret(f"no_{name}")

    monkeypatch.setattr("flows.collect_portal.read_secret", missing)
    with pytest.raises(SecretMissing, match="no_kanghe"):
        collect_portal.fn("kanghe", DAY, "2026-10")
    assert told_to_finance() == [NAME]


def test_a_night_with_a_locked_account_is_incomplete(closed, monkeypatch):
    """The portal refused these credentials before: it is not asked, and finance hears of it."""
    open_always(monkeypatch)
    with session(closed) as current:
        note_stop(
            current,
            "kanghe",
            CREDENTIALS,
            LoginRefused("密码错误。", remedy="核对"),
            datetime.now(CLOSED.tzinfo),
        )
    refused(LoginRefused, "这次没有再登录")
    assert told_to_finance() == [NAME]


def test_a_night_whose_account_is_in_use_is_incomplete(closed, monkeypatch):
    """Another run holds the account for yesterday's repeat: what it proves is not tonight's."""
    open_always(monkeypatch)
    monkeypatch.setattr(collection_log, "LEASE_SECONDS", 1)
    monkeypatch.setattr(collection_log, "_ASK_AGAIN_SECONDS", 0.1)
    with hold_account(closed, "kanghe"):
        refused(HubBusy, "正被另一次运行使用")
    assert told_to_finance() == [NAME]
