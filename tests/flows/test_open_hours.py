"""A night at a portal that is closed ends before anything of it is touched."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bots.errors import PortalUnavailable
from config.settings import TIME_ZONE
from flows.collect_portal import collect_portal


def test_closed_portal_is_not_logged_in_to(monkeypatch):
    """Half past midnight 康禾人寿 is closed: no secret, account or browser is asked for."""
    moment = datetime(2026, 11, 6, 0, 30, tzinfo=ZoneInfo(TIME_ZONE))
    monkeypatch.setattr("flows.collect_portal.shanghai_now", lambda: moment)
    monkeypatch.setattr("flows.collect_portal.read_secret", lambda _: pytest.fail("secret read"))
    with pytest.raises(PortalUnavailable, match=r"康禾人寿（kanghe） 现在不开放.*11-06 01:00 以后重新运行"):
        collect_portal.fn("kanghe", date(2026, 11, 6), "2026-10")
