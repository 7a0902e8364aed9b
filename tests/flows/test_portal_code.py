"""A portal that asks for a code: its run pauses, people are told, an answer lets it go on."""

import re
import time
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from cli.stage import DESK_PASSWORD, OPS_USER
from connectors.database.engine import session
from connectors.database.tables import PortalAccount
from connectors.questions import open_questions
from tests.fixtures_cockpit import BUSINESS_DATE, PERIOD, Cockpit
from tests.flows.hub_truth import empty_portal, find_differences, night_truths

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night", "house_keys")]

COLLECT = "采集单家保司/手动"
SECONDS = 120
CODE = re.compile(r"验证码 (\d{6})（编号 (\w+)）")


def wait_for_question(cockpit: Cockpit):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with session(cockpit.hub(), read_only=True) as current:
            waiting = open_questions(current, datetime.now(UTC))
            if waiting:
                return waiting[0].id, waiting[0].identifier
        time.sleep(0.5)
    pytest.fail("no question was asked")


def sms_of(cockpit: Cockpit) -> tuple[str, str]:
    """Code and number of the newest SMS on the phone that gets them."""
    texts = [message["text"] for message in cockpit.messages() if "text" in message]
    return next(found.groups() for text in reversed(texts) if (found := CODE.search(text)))


def type_at_desk(cockpit: Cockpit, question: int, code: str) -> httpx.Response:
    with httpx.Client(base_url=cockpit.desk_url, trust_env=False, follow_redirects=True) as client:
        form = {"username": OPS_USER, "password": DESK_PASSWORD, "next": "/codes"}
        client.post("/login", data=form | {"csrf_token": token_of(client.get("/login"))})
        page = client.get("/codes")
        return client.post(f"/codes/{question}", data={"csrf_token": token_of(page), "code": code})


def token_of(page: httpx.Response) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def test_a_code_typed_at_the_desk_lets_the_run_go_on(cockpit):
    """It waits as Paused, operations are told at once; the answer brings all home, the next asks nothing."""
    empty_portal(cockpit.hub(), "kehutong")
    run_id = cockpit.start(COLLECT, insurer="kehutong", business_date=BUSINESS_DATE)
    question, identifier = wait_for_question(cockpit)
    code, number = sms_of(cockpit)
    assert identifier == f"编号 {number}"
    deadline = time.monotonic() + SECONDS
    while (state := cockpit.api("GET", f"/flow_runs/{run_id}")["state_type"]) != "PAUSED":
        assert time.monotonic() < deadline, state
        time.sleep(0.3)
    told = [str(message) for message in cockpit.messages()]
    assert any("【要验证码】" in message and number in message for message in told)
    assert "现在没有人在等验证码" in type_at_desk(cockpit, question, code).text
    run = cockpit.wait(run_id)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    truths = night_truths("kehutong", BUSINESS_DATE, PERIOD)
    assert [said for truth in truths for said in find_differences(cockpit.hub(), "kehutong", truth)] == []
    with session(cockpit.hub(), read_only=True) as current:
        assert current.scalar(select(PortalAccount.kept_at).where(PortalAccount.slug == "kehutong"))
    again = cockpit.run(COLLECT, insurer="kehutong", business_date=BUSINESS_DATE)
    assert again["state_type"] == "COMPLETED", again["state"]["message"]
