"""`brokerflow messages` on a hub and a message service of the test's own."""

import pytest
from typer.testing import CliRunner

from bots.errors import BusinessError
from cli.messages import STATES, app
from config.settings import get_settings
from connectors import wiring
from connectors.database.operations_tables import OutboxMessage
from tests.messages.conftest import SECRETS
from tests.messages.test_outbox import failure, put


@pytest.fixture
def cli_hub(keys, migrated_sqlite, service, tmp_path, monkeypatch):
    """An empty hub, and the environment of an installation around it."""
    copy = tmp_path / "hub.db"
    copy.write_bytes(migrated_sqlite.read_bytes())
    environment = {f"BROKERFLOW_SECRET_{name.upper()}": value for name, value in SECRETS.items()}
    environment["BROKERFLOW_DATABASE_URL"] = f"sqlite:///{copy}"
    environment["BROKERFLOW_WECOM_BASE_URL"] = f"{service.url}/wecom"
    environment["BROKERFLOW_SMS_BASE_URL"] = f"{service.url}/sms"
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    wiring.hub.cache_clear()
    yield wiring.hub()
    wiring.hub().dispose()
    wiring.hub.cache_clear()


def run(*arguments):
    return CliRunner().invoke(app, arguments)


def test_send_then_list_tell_what_happened(cli_hub, service):
    """Two waiting messages leave; the list shows title, receiver's name and receipt, newest first."""
    put(cli_hub, failure("2026-11-06:taian"), failure("2026-11-07:taian"))
    sent = run("send")
    assert sent.exit_code == 0
    assert "已送出 2 条" in sent.output
    listed = run("list").output
    assert listed.index("2026-11-07:taian") < listed.index("2026-11-06:taian")
    assert "已送出  wecom_robot  wecom_robot_operations  保司采集失败" in listed
    assert SECRETS["wecom_robot_operations"] not in listed
    assert len(service.arrived) == 2


def test_a_problem_shows_in_exit_code_and_list_and_is_decided(cli_hub, service):
    """Unknown: exit code 1 and the remedy in the list; after the decision the message goes again."""
    put(cli_hub, failure())
    service.answers.append("drop")
    assert run("send").exit_code == 1
    listed = run("list", "--state", "unknown").output
    assert "brokerflow messages decide" in listed
    assert run("decide", "1", "--send-again").exit_code == 0
    assert "已送出 1 条" in run("send").output
    refused = run("decide", "1", "--arrived")
    assert isinstance(refused.exception, BusinessError)


def test_held_messages_leave_when_the_secret_is_there(cli_hub, monkeypatch):
    """`send --held` is the person's word after setting the secret."""
    put(cli_hub, failure())
    monkeypatch.setenv("BROKERFLOW_SECRET_WECOM_ROBOT_OPERATIONS", "not a key")
    assert "暂缓 1 条" in run("send").output
    monkeypatch.setenv("BROKERFLOW_SECRET_WECOM_ROBOT_OPERATIONS", "abc-1")
    assert "已送出 0 条" in run("send").output
    assert "已送出 1 条" in run("send", "--held").output


def test_preview_shows_chat_text_and_filed_sms():
    """Parameter names stand where values will be; an unknown template is refused with the known ones."""
    shown = run("preview", "night_digest").output
    assert "〔workbook_url〕" in shown
    assert "SMS_480010001" in shown
    assert "night_failed" in run("preview", "nonsense").output


def test_every_state_of_the_outbox_has_a_chinese_word():
    """A state without a word would break the list; an unknown one is refused."""
    assert {
        OutboxMessage.held_state,
        OutboxMessage.expired_state,
        "waiting",
        "sent",
        "failed",
        "held",
    } == set(STATES)
    assert run("list", "--state", "lost").exit_code == 2
