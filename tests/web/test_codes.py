"""Codes that portals ask for: typed at the desk by people, posted by the SMS relay."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.settings import get_settings
from connectors.database.engine import session as hub_session
from connectors.database.tables import WorkItem
from connectors.desk_accounts import Role
from connectors.questions import read_answer
from connectors.relay_nonces import NONCE_QUEUE
from tests.web.conftest import RunningDesk, csrf_of, run_desk
from web.relay import sign

pytestmark = pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)

SECRET = "relay-secret-of-the-test"
SMS = "【客户通】验证码 048213（编号 K7Q2），2分钟内有效"


class Resumed(ThreadingHTTPServer):
    """Takes the calls that let a paused run go on; tests/flows/test_portal_code.py goes the whole way."""

    calls: list[tuple[str, Any]]
    status = "ACCEPT"


class _Handler(BaseHTTPRequestHandler):
    server: Resumed

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"status": self.server.status}).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def prefect() -> Iterator[Resumed]:
    server = Resumed(("127.0.0.1", 0), _Handler)
    server.calls = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(hub: Engine, tmp_path: Path, prefect: Resumed, monkeypatch) -> Iterator[RunningDesk]:
    """A desk of operations whose Prefect takes calls."""
    monkeypatch.setenv("BROKERFLOW_SECRET_SMS_RELAY", SECRET)
    get_settings.cache_clear()
    api = f"http://127.0.0.1:{prefect.server_port}/api"
    with run_desk(hub, tmp_path, PREFECT_API_URL=api) as running:
        running.add_user("caiwu", Role.OPS)
        yield running


def answer_of(desk: RunningDesk, question: int) -> str | None:
    with hub_session(desk.engine, read_only=True) as session:
        return read_answer(session, question)


def relay(desk: RunningDesk, text: str = SMS, *, nonce: str = "n1", secret: str = SECRET, late: int = 0):
    body = json.dumps({"text": text}).encode()
    timestamp = str(int(desk.now.timestamp()) - late)
    headers = {
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": sign(secret, timestamp, nonce, body),
    }
    return desk.visitor().post("/relay/sms", content=body, headers=headers)


def test_a_person_answers_and_the_run_goes_on(desk: RunningDesk, prefect: Resumed) -> None:
    """The list shows place, number and seconds; the answer is stored, on record, and not sent to Prefect."""
    question = desk.add_question(flow_run_id="run-7")
    client = desk.signed_in()
    page = client.get("/codes")
    assert "客户通（kehutong）" in page.text
    assert "编号 K7Q2" in page.text
    assert "还有 120 秒" in page.text
    answer = client.post(f"/codes/{question}", data={"csrf_token": csrf_of(page), "code": " 048213 "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/codes")
    assert answer_of(desk, question) == "048213"
    ((path, body),) = prefect.calls
    assert path == "/api/flow_runs/run-7/resume"
    assert "048213" not in json.dumps(body)
    assert desk.events()[-1] == ("caiwu", "answered code")
    assert "现在没有人在等验证码" in client.get("/codes").text


def test_a_late_answer_is_said_above_the_list(desk: RunningDesk, prefect: Resumed) -> None:
    """Nothing is stored and no run is called."""
    question = desk.add_question(flow_run_id="run-7")
    client = desk.signed_in()
    token = csrf_of(client.get("/codes"))
    desk.wait(seconds=121)
    answer = client.post(f"/codes/{question}", data={"csrf_token": token, "code": "048213"})
    assert answer.status_code == 409
    assert "已经过期" in answer.text
    assert (answer_of(desk, question), prefect.calls) == (None, [])


def test_a_run_that_cannot_be_called_is_said_and_the_answer_kept(desk: RunningDesk, prefect: Resumed) -> None:
    """Prefect is away: the page says how to let the run go on by hand."""
    question = desk.add_question(flow_run_id="run-7")
    client = desk.signed_in()
    prefect.shutdown()
    prefect.server_close()
    form = {"csrf_token": csrf_of(client.get("/codes")), "code": "048213"}
    answer = client.post(f"/codes/{question}", data=form)
    assert "Resume" in answer.text
    assert answer_of(desk, question) == "048213"


def test_an_answer_quicker_than_the_pause_is_kept(desk: RunningDesk, prefect: Resumed, monkeypatch) -> None:
    """Prefect aborts while the run has not paused yet: it is asked again, the answer stays for the run."""
    monkeypatch.setattr("web.pages_codes._SECONDS_BETWEEN", 0)
    question = desk.add_question(flow_run_id="run-7")
    prefect.status = "ABORT"
    client = desk.signed_in()
    form = {"csrf_token": csrf_of(client.get("/codes")), "code": "048213"}
    assert client.post(f"/codes/{question}", data=form).status_code == 303
    assert len(prefect.calls) > 1
    assert answer_of(desk, question) == "048213"


def test_a_captcha_is_shown(desk: RunningDesk) -> None:
    """The picture comes from the desk itself, as its policy wants."""
    question = desk.add_question()
    client = desk.signed_in()
    assert f'src="/codes/{question}/picture"' in client.get("/codes").text
    picture = client.get(f"/codes/{question}/picture")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def add_plain_question(desk: RunningDesk) -> int:
    return desk.add_question(flow_run_id="run-7")


def test_the_relay_answers_the_question_that_the_sms_names(desk: RunningDesk, prefect: Resumed) -> None:
    """A signed SMS is as good as a person; it is on record under its own name."""
    question = add_plain_question(desk)
    answer = relay(desk)
    assert answer.json() == {"source": "kehutong", "resumed": True}
    assert answer_of(desk, question) == "048213"
    assert len(prefect.calls) == 1
    assert desk.events()[-1] == ("短信转发", "answered code")


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "another"}, {"late": 301}, {"late": -301}, {"nonce": ""}],
    ids=["another secret", "too old", "from the future", "no nonce"],
)
def test_a_wrong_signature_is_refused(desk: RunningDesk, wrong: dict[str, Any]) -> None:
    """401, and the question stays open."""
    question = add_plain_question(desk)
    assert relay(desk, **wrong).status_code == 401
    assert answer_of(desk, question) is None


def test_a_request_works_once(desk: RunningDesk) -> None:
    """The same nonce again is refused, whatever it says."""
    add_plain_question(desk)
    assert relay(desk).status_code == 200
    assert relay(desk).status_code == 401


def test_a_restarted_desk_still_refuses_a_used_request(desk: RunningDesk, tmp_path: Path) -> None:
    """The hub remembers the nonce, not the process; a fresh one works there."""
    add_plain_question(desk)
    assert relay(desk).status_code == 200
    with run_desk(desk.engine, tmp_path) as restarted:
        assert relay(restarted).status_code == 401
        assert relay(restarted, "您的快递已到", nonce="n2").status_code == 409


def test_used_nonces_are_forgotten_once_nobody_can_post_them(desk: RunningDesk) -> None:
    """Twice the time window later the hub keeps the newest one alone."""
    for nonce in ("n1", "n2", "n3"):
        relay(desk, "您的快递已到", nonce=nonce)
    desk.wait(minutes=11)
    relay(desk, "您的快递已到", nonce="n4")
    with hub_session(desk.engine, read_only=True) as session:
        assert len(session.scalars(select(WorkItem).filter_by(queue=NONCE_QUEUE)).all()) == 1


def test_an_sms_for_nobody_is_a_conflict(desk: RunningDesk) -> None:
    """409 with the reason; a body of another shape is 422."""
    answer = relay(desk, "您的快递已到")
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("没有等待这条短信的问题")
    assert relay(desk, "", nonce="n2").status_code == 422
