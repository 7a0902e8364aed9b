"""A sender killed by SIGKILL between sending and recording: nothing is sent twice, nothing is forgotten."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from bots.records import Severity
from tests.messages.conftest import NOW, SECRETS
from tests.messages.test_outbox import SMS_LISTED, drain, failure, put, rows, states

SENDER = """
import sys
from datetime import datetime
from connectors.database.engine import open_hub
from connectors.messages.sender import send_waiting
from connectors.messages.transports import build_transports
from tests.messages.conftest import NOW, read_secret
transports = build_transports(
    wecom_base_url=sys.argv[2] + "/wecom",
    sms_base_url=sys.argv[2] + "/sms",
    read_secret=read_secret,
    read_seconds=30,
)
send_waiting(open_hub(sys.argv[1]), transports, NOW, "doomed")
"""


@pytest.fixture
def kill_sender(hub, hub_url, service):
    """Run a sender of its own process until the service has taken the request it does not answer."""

    def run(*answers):
        service.answers.extend([*answers, service.HANG])
        process = subprocess.Popen([sys.executable, "-c", SENDER, hub_url, service.url], env=dict(os.environ))
        try:
            assert service.hanging.wait(30), "the sender never sent"
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        service.release.set()

    return run


def test_a_killed_sender_leaves_unknown_never_twice(hub, transports, service, kill_sender):
    """While its lease runs nobody touches the message, then it is unknown; it arrived once in all."""
    put(hub, failure("a"), failure("b"))
    kill_sender()
    assert states(hub) == ["sending", "waiting"]
    assert drain(hub, transports, minutes=1, owner="next").sent == 1
    assert states(hub) == ["sending", "sent"]
    report = drain(hub, transports, minutes=3, owner="next")
    assert (report.sent, report.unknown) == (0, 1)
    assert states(hub) == ["unknown", "sent"]
    assert drain(hub, transports, minutes=999, owner="next").sent == 0
    assert len(service.arrived) == 2
    assert "发送进程中断" in rows(hub)[0].error


def test_a_sender_killed_between_parts_keeps_what_it_knew(hub, transports, service, kill_sender):
    """Part one was recorded, part two left unanswered: a person sees 1/3, and sending again starts at two."""
    put(hub, failure(what="\n".join("额" * 100 for _ in range(15))))
    kill_sender({"errcode": 0})
    assert drain(hub, transports, minutes=3).unknown == 1
    assert (rows(hub)[0].receipt, rows(hub)[0].payload["parts_sent"]) == ("1/3", 1)
    assert [request.text[:5] for request in service.arrived] == ["(1/3)", "(2/3)"]


def test_the_receipt_clears_up_after_a_killed_sms_sender(hub, transports, service, kill_sender):
    """The carrier knows the message by our number: sent, without a second SMS and without a person."""
    put(hub, failure(severity=Severity.ALARM))
    kill_sender({"errcode": 0})
    out_id = service.arrived[1].query["OutId"]
    listed = {"SmsSendDetailDTO": [{"OutId": out_id, "SendStatus": 3}]}
    service.answers.append(SMS_LISTED | {"SmsSendDetailDTOs": listed})
    drain(hub, transports, minutes=3)
    assert states(hub) == ["sent", "sent"]
    assert [request.headers.get("x-acs-action") for request in service.arrived[1:]] == [
        "SendSms",
        "QuerySendDetails",
    ]
    assert service.arrived[1].query["PhoneNumbers"] == SECRETS["sms_phone_operations"]
    assert rows(hub)[1].sent_at - NOW < timedelta(minutes=1)
