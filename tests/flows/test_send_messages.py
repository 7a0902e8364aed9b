"""What waits in the outbox is sent by a flow of its own, every five minutes."""

import sqlite3
from datetime import UTC, datetime

import pytest

from bots.records import Notice
from config.settings import adopted_environment
from connectors.database.engine import session
from connectors.messages.outbox import enqueue
from connectors.wiring import message_book
from tests.fixtures_cockpit import Cockpit

pytestmark = pytest.mark.night

SEND = "发送待发消息/每五分钟"
OCCASION = "2026-11-06:test_send_messages"


def put_notice(cockpit: Cockpit) -> None:
    parameters = {
        "business_date": "2026-11-06",
        "insurer": "泰安人寿",
        "reason": "采集不完整",
        "what": "少 1 行。",
        "remedy": "重新采集",
        "who": "运营",
    }
    notice = Notice("portal_failed", "operations", OCCASION, parameters)
    with adopted_environment(cockpit.environment), session(cockpit.hub()) as current:
        assert enqueue(current, notice, message_book(), datetime.now(UTC)) == 1


def outbox(cockpit: Cockpit, statement: str) -> list[tuple]:
    with sqlite3.connect(cockpit.home / "hub.db", timeout=30) as hub:
        return hub.execute(statement, (OCCASION,)).fetchall()


def drain(cockpit: Cockpit) -> None:
    run = cockpit.run(SEND)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]


def test_a_rate_limited_message_waits_and_the_next_run_sends_it(cockpit):
    """Error 45009 leaves the message waiting with a time; when that has come the flow sends it, once."""
    cockpit.control(wecom_errcode=45009)  # first: the timetable's own run may come at any moment
    put_notice(cockpit)
    drain(cockpit)
    state = "SELECT state, not_before IS NOT NULL FROM outbox WHERE occasion = ?"
    assert outbox(cockpit, state) == [("waiting", 1)]
    assert cockpit.messages() == []
    outbox(cockpit, "UPDATE outbox SET not_before = NULL WHERE occasion = ?")
    drain(cockpit)
    drain(cockpit)
    assert outbox(cockpit, "SELECT state FROM outbox WHERE occasion = ?") == [("sent",)]
    assert len(cockpit.messages()) == 1


def test_the_timetable_sends_every_five_minutes(cockpit):
    """The deployment has an active schedule of five minutes, so that retries need no person."""
    schedules = cockpit.deployment(SEND)["schedules"]
    assert [(item["schedule"]["cron"], item["active"]) for item in schedules] == [("*/5 * * * *", True)]
