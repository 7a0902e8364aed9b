"""A browser that dies after the login: the stay in the next one goes on with that login."""

from contextlib import contextmanager
from datetime import date

from prefect.logging import disable_run_logger
from pydantic import SecretStr

from bots.errors import BrowserLost
from bots.portal.kept import KeptSession
from config.settings import get_settings
from flows import collect_portal as flow


class Portal:
    """Is logged in; counts how often it was left."""

    def __init__(self, number):
        self.number = number
        self.is_closed = False

    def keep(self):
        """The session of this login."""
        return KeptSession("http://127.0.0.1:9", [], {"login": str(self.number)}, {})

    def close(self):
        """Leave."""
        self.is_closed = True


def test_the_second_stay_has_the_session_of_the_first_login(hub, monkeypatch):
    """What was kept before the run is not tried again: the session of the login just made is."""
    monkeypatch.setenv("BROKERFLOW_IGNORE_OPEN_HOURS", "true")
    get_settings.cache_clear()
    given, portals = [], []

    @contextmanager
    def logged_in(_recipe, _day, _credentials, kept):
        given.append(kept and KeptSession.from_json(kept).local_storage)
        portals.append(Portal(len(given)))
        yield portals[-1]

    def collect_all(*_):
        if len(given) == 1:
            raise BrowserLost("浏览器没有了。", remedy="重新运行")

    monkeypatch.setattr(flow, "hub", lambda: hub)
    monkeypatch.setattr(flow, "read_secret", lambda _: SecretStr("x"))
    monkeypatch.setattr(flow, "logged_in", logged_in)
    monkeypatch.setattr(flow, "collect_all", collect_all)
    monkeypatch.setattr(flow, "publish_reports", lambda *_: None)
    with disable_run_logger():
        flow.collect_portal.fn("kehutong", date(2026, 11, 6), "2026-10")
    assert given == [None, {"login": "1"}]
    assert all(portal.is_closed for portal in portals)
