"""The WeCom robot over real HTTP."""

import json
import logging
import socket

import pytest
from apprise import Apprise

from bots.errors import ApplicationError, FateUnknown, MessageRefused, RateLimited
from connectors.messages.delivery import Receipt
from connectors.messages.transports import WeComRobotTransport
from tests.messages.conftest import NOW, SECRETS, read_secret

WHOM = "wecom_robot_operations"


def send(transports, text="夜间批处理完成", parts_sent=0):
    parts = []
    transports["wecom_robot"].send(
        WHOM, {"text": text}, parts_sent=parts_sent, now=NOW, record_part=lambda *part: parts.append(part)
    )
    return parts


def test_a_text_arrives_in_wecoms_wire_format(transports, service):
    """The robot's key is in the query, the text in UTF-8 JSON, and errcode 0 counts as taken."""
    assert send(transports) == [(1, 1, "1/1")]
    [request] = service.arrived
    assert request.path == "/wecom/cgi-bin/webhook/send"
    assert request.query == {"key": SECRETS[WHOM]}
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(request.body) == {"msgtype": "text", "text": {"content": "夜间批处理完成"}}


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (45009, RateLimited),
        (45033, RateLimited),
        (-1, RateLimited),
        (93000, MessageRefused),
        (40058, MessageRefused),
    ],
)
def test_http_200_with_an_errcode_is_no_success(transports, service, errcode, error):
    """WeCom says no inside a 200; the class tells whether waiting helps."""
    service.answers.append({"errcode": errcode, "errmsg": "no"})
    with pytest.raises(error, match=f"errcode {errcode}"):
        send(transports)


@pytest.mark.parametrize("answer", ["hang", "drop", (502, b"<html>Bad Gateway</html>"), (200, b"<html>"), {}])
def test_a_request_without_readable_answer_has_an_unknown_fate(transports, service, answer):
    """Timeout, lost connection or a foreign page after the text left: nobody may say it did not arrive."""
    service.answers.append(answer)
    with pytest.raises(FateUnknown):
        send(transports)
    assert len(service.arrived) == 1


def test_a_refused_connection_may_be_tried_again():
    """Nobody listens: nothing left the machine, so it is no FateUnknown."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        with pytest.raises(ApplicationError) as caught:
            send({"wecom_robot": WeComRobotTransport(url, read_secret, 0.4)})
    assert type(caught.value) is ApplicationError


def test_a_wrong_address_refuses_at_once(transports, service):
    """A 404 page is no interface of WeCom: a person corrects the address, nobody repeats."""
    service.answers.append((404, b"not found"))
    with pytest.raises(MessageRefused, match="404"):
        send(transports)


def test_a_long_text_stops_at_the_failing_part_and_goes_on_from_there(transports, service):
    """Part two is rate limited: part one is reported, and the second attempt sends two and three only."""
    text = "\n".join("额" * 100 for _ in range(15))
    service.answers.extend([{"errcode": 0}, {"errcode": 45009}])
    parts = []
    with pytest.raises(RateLimited):
        transports["wecom_robot"].send(
            WHOM, {"text": text}, parts_sent=0, now=NOW, record_part=lambda *part: parts.append(part)
        )
    assert parts == [(1, 3, "1/3")]
    assert send(transports, text, parts_sent=1) == [(2, 3, "2/3"), (3, 3, "3/3")]
    assert [request.text[:5] for request in service.arrived] == ["(1/3)", "(2/3)", "(2/3)", "(3/3)"]
    assert all(len(request.text.encode()) <= 2048 for request in service.arrived)


def test_wecom_keeps_no_receipts(transports):
    """Whether a robot's text arrived only the group can tell."""
    receipt = transports["wecom_robot"].read_receipt(WHOM, {"text": "x"}, sent_at=NOW, now=NOW)
    assert receipt is Receipt.OPEN


def test_the_key_is_in_no_log_line(transports, caplog):
    """Httpx and apprise would both write it at some level."""
    with caplog.at_level(logging.INFO):
        send(transports)
    assert SECRETS[WHOM] not in caplog.text


def test_apprise_hides_the_key_when_asked(transports):
    """Apprise's own privacy switch works on our URL, and the plain one instantiates the same robot again."""
    send(transports)  # registers the plugin
    url = f"brokerflowwecom://{SECRETS[WHOM]}?base_url=http%3A%2F%2Fexample.invalid%2Fwecom"
    robot = Apprise.instantiate(url)
    assert SECRETS[WHOM] not in robot.url(privacy=True)
    assert Apprise.instantiate(robot.url()).api_url == robot.api_url
