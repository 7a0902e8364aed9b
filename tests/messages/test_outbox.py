"""The outbox on SQLite and PostgreSQL: what goes in once, and how each attempt ends."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bots.errors import BusinessError
from bots.records import Notice, Severity
from config.settings import CONFIG_ROOT
from connectors.database.engine import session
from connectors.messages.message_book import load_message_book
from connectors.messages.outbox import decide_unknown, enqueue, list_messages, release_held
from connectors.messages.sender import MAX_ATTEMPTS, Unrecorded, send_waiting
from connectors.messages.transports import WeComRobotTransport
from tests.messages.conftest import NOW, SECRETS, read_secret

BOOK = load_message_book(CONFIG_ROOT / "messages")
WHY = {"reason": "采集不完整", "what": "少 1 行。", "remedy": "重新采集", "who": "运营"}
RATE_LIMITED = {"errcode": 45009, "errmsg": "api freq out of limit"}
SMS_LISTED = {"Code": "OK", "TotalCount": 1}


def failure(occasion="2026-11-06:taian", severity=Severity.INFO, audience="operations", **changes):
    parameters = {"business_date": "2026-11-06", "insurer": "泰安人寿", **WHY, **changes}
    return Notice("portal_failed", audience, occasion, parameters, severity)


def put(hub, *notices):
    with session(hub) as current:
        return sum(enqueue(current, notice, BOOK, NOW) for notice in notices)


def drain(hub, transports, minutes=0, owner="sender"):
    return send_waiting(hub, transports, NOW + timedelta(minutes=minutes), owner)


def rows(hub):
    with session(hub, read_only=True) as current:
        return list(reversed(list_messages(current)))


def states(hub):
    return [row.state for row in rows(hub)]


def test_the_same_notice_twice_is_one_row_and_one_message(hub, transports, service):
    """Run it twice, nothing changes: the second enqueue adds nothing, the second drain sends nothing."""
    assert put(hub, failure()) == 1
    assert drain(hub, transports).sent == 1
    assert put(hub, failure(reason="别的原因")) == 0
    assert drain(hub, transports).sent == 0
    assert len(service.arrived) == 1
    [row] = rows(hub)
    assert (row.state, row.receipt, row.whom) == ("sent", "1/1", "wecom_robot_operations")
    assert row.sent_at >= NOW


def test_another_occasion_or_receiver_is_another_message(hub, transports, service):
    """The unique key is what, whom, channel and occasion, and nothing less."""
    assert put(hub, failure(), failure("2026-11-07:taian"), failure(audience="finance")) == 3
    assert drain(hub, transports).sent == 3
    assert sorted({request.query["key"] for request in service.arrived}) == sorted(
        {SECRETS["wecom_robot_operations"], SECRETS["wecom_robot_finance"]}
    )


def test_an_alarm_overtakes_and_reaches_the_phone_too(hub, transports, service):
    """Enqueued last, sent first, by robot and by SMS with the row's own number."""
    put(hub, failure("a"), failure("b", Severity.ALARM))
    assert drain(hub, transports).sent == 3
    assert [request.path.split("/")[1] for request in service.arrived] == ["wecom", "sms", "wecom"]
    assert service.arrived[1].query["OutId"] == rows(hub)[2].payload["out_id"]
    assert rows(hub)[2].receipt == "900619746936498440^0"


def test_texts_are_stored_encrypted(hub):
    """Neither text nor parameters of a waiting message can be read in the database."""
    put(hub, failure(what="罕见字样甲乙丙"))
    with hub.connect() as connection:
        stored = connection.execute(text("select payload from outbox")).scalar_one()
    assert "罕见字样" not in stored
    assert "罕见字样甲乙丙" in rows(hub)[0].payload["text"]


def test_a_rate_limited_address_waits_with_growing_pauses(hub, transports, service):
    """One attempt a pause for the whole address: 1, 2, 4 minutes; other addresses go on; then all arrive."""
    put(hub, failure("a"), failure("b"), failure("c", audience="finance"))
    service.answers.extend([RATE_LIMITED])
    report = drain(hub, transports)
    assert (report.sent, report.left) == (1, 2)
    assert drain(hub, transports, minutes=0.9).sent == 0
    assert len(service.arrived) == 2
    service.answers.append(RATE_LIMITED)
    assert drain(hub, transports, minutes=1.1).sent == 0
    assert drain(hub, transports, minutes=3).sent == 0
    assert len(service.arrived) == 3
    assert drain(hub, transports, minutes=3.2).sent == 2
    assert [row.attempts for row in rows(hub)] == [3, 1, 1]


def test_the_retry_budget_ends(hub, transports, service):
    """Six refusals to take it now are enough: failed, with the last reason, and never tried again."""
    put(hub, failure())
    service.answers.extend([RATE_LIMITED] * (MAX_ATTEMPTS + 3))
    reports = [drain(hub, transports, minutes=60 * hour) for hour in range(MAX_ATTEMPTS + 2)]
    assert [report.failed for report in reports] == [0] * (MAX_ATTEMPTS - 1) + [1, 0, 0]
    assert len(service.arrived) == MAX_ATTEMPTS
    [row] = rows(hub)
    assert "45009" in row.error
    assert row.sent_at is None


def test_a_refused_message_fails_at_once_and_the_others_go(hub, transports, service):
    """A removed robot is no reason to try again, nor to stop."""
    put(hub, failure("a"), failure("b"))
    service.answers.append({"errcode": 93000, "errmsg": "invalid webhook url"})
    report = drain(hub, transports)
    assert (report.sent, report.failed, report.left) == (1, 1, 0)
    assert "93000" in rows(hub)[0].error


def test_a_missing_secret_holds_the_message_until_it_is_set(hub, transports, service, monkeypatch):
    """Nothing is lost while IT has not set the key, and nothing leaves without a person's word."""
    put(hub, failure())
    monkeypatch.delitem(SECRETS, "wecom_robot_operations")
    report = drain(hub, transports)
    assert (report.sent, report.held) == (0, 1)
    assert "wecom_robot_operations" in rows(hub)[0].error
    monkeypatch.undo()
    assert drain(hub, transports, minutes=60).sent == 0
    with session(hub) as current:
        assert release_held(current) == 1
    assert drain(hub, transports, minutes=61).sent == 1


@pytest.mark.parametrize("answer", ["hang", "drop"])
def test_no_answer_leaves_a_message_unknown_and_unrepeated(hub, transports, service, answer):
    """The text left and nobody answered: later drains leave it to a person."""
    put(hub, failure())
    service.answers.append(answer)
    assert drain(hub, transports).unknown == 1
    assert drain(hub, transports, minutes=999).sent == 0
    assert states(hub) == ["unknown"]
    assert len(service.arrived) == 1


def test_a_person_decides_about_an_unknown_message(hub, transports, service):
    """Arrived: done. Not arrived: sent again. A second decision on the same message is refused."""
    put(hub, failure("a"), failure("b"))
    service.answers.extend(["drop", "drop"])
    assert drain(hub, transports).unknown == 2
    first, second = rows(hub)
    with session(hub) as current:
        decide_unknown(current, first.id, has_arrived=True)
        decide_unknown(current, second.id, has_arrived=False)
    with pytest.raises(BusinessError, match=str(first.id)), session(hub) as current:
        decide_unknown(current, first.id, has_arrived=False)
    assert drain(hub, transports, minutes=1).sent == 1
    assert states(hub) == ["sent", "sent"]
    assert len(service.arrived) == 3


@pytest.mark.parametrize(("status", "state"), [(3, "sent"), (2, "failed"), (1, "unknown")])
def test_an_sms_without_answer_is_settled_by_its_receipt(hub, transports, service, status, state):
    """The carrier is asked, never sent to again: delivered, failed, or still open."""
    put(hub, failure(severity=Severity.ALARM))
    service.answers.extend([{"errcode": 0}, "hang"])
    report = drain(hub, transports)
    assert (report.sent, report.unknown) == (1, 1)
    out_id = service.arrived[1].query["OutId"]
    listed = {"SmsSendDetailDTO": [{"OutId": out_id, "SendStatus": status}]}
    service.answers.append(SMS_LISTED | {"SmsSendDetailDTOs": listed})
    drain(hub, transports, minutes=5)
    assert states(hub) == ["sent", state]
    assert [request.headers.get("x-acs-action") for request in service.arrived] == [
        None,
        "SendSms",
        "QuerySendDetails",
    ]


def test_a_receipt_that_cannot_be_asked_changes_nothing(hub, transports, service):
    """The carrier is down when asked: the message stays unknown, the drain goes on."""
    put(hub, failure(severity=Severity.ALARM))
    service.answers.extend([{"errcode": 0}, "drop", (503, b"down")])
    drain(hub, transports)
    put(hub, failure("later"))
    assert drain(hub, transports, minutes=5).sent == 1
    assert states(hub) == ["sent", "unknown", "sent"]


def test_a_rate_limit_between_parts_resumes_with_the_next_part(hub, transports, service):
    """Part one is never sent twice, and the row says how far it came."""
    put(hub, failure(what="\n".join("额" * 100 for _ in range(15))))
    service.answers.extend([{"errcode": 0}, RATE_LIMITED])
    assert drain(hub, transports).left == 1
    assert rows(hub)[0].receipt == "1/3"
    assert drain(hub, transports, minutes=2).sent == 1
    assert rows(hub)[0].receipt == "3/3"
    assert [request.text[:5] for request in service.arrived] == ["(1/3)", "(2/3)", "(2/3)", "(3/3)"]


def test_an_sms_that_cannot_be_written_is_recorded_and_the_robot_still_speaks(hub, transports, service):
    """A link slipped into the insurer's name: the SMS is stored as failed with file and key."""
    put(hub, failure(severity=Severity.ALARM, insurer="taian.com"))
    report = drain(hub, transports)
    assert report.sent == 1
    assert states(hub) == ["sent", "failed"]
    assert "templates.portal_failed.sms.parameters.insurer" in rows(hub)[1].error


def test_a_hub_that_fails_after_the_answer_never_causes_a_second_message(hub, transports, service):
    """The table is away just when the success should be written: loud error, then unknown, one message."""

    def rename(old, new):
        with hub.begin() as connection:
            connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    put(hub, failure())
    service.answers.append(lambda: rename("outbox", "outbox_away"))
    with pytest.raises(Unrecorded):
        drain(hub, transports)
    rename("outbox_away", "outbox")
    assert states(hub) == ["sending"]
    assert drain(hub, transports, minutes=3).unknown == 1
    assert drain(hub, transports, minutes=99).sent == 0
    assert len(service.arrived) == 1


def test_a_dead_service_costs_one_attempt_a_pause_however_many_wait(hub, transports, service):
    """Connection refused: the first message tries, the other nineteen wait with it."""
    put(hub, *(failure(f"{number}") for number in range(20)))
    nobody_listens = WeComRobotTransport("http://127.0.0.1:1", read_secret, 0.4)
    report = drain(hub, dict(transports, wecom_robot=nobody_listens))
    assert (report.sent, report.left) == (0, 20)
    assert sum(row.attempts for row in rows(hub)) == 1
    assert drain(hub, transports, minutes=2).sent == 20
