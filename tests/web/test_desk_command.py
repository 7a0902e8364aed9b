"""`brokerflow desk`: people are added, the desk is served, as on a real machine."""

import re
import socket
import subprocess
import sys
import time

import httpx
import pytest

from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskUser
from tests.web.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)


@pytest.fixture
def machine(hub, hub_url, monkeypatch):
    """The environment of a set-up machine; returns the address the desk would serve."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("BROKERFLOW_DATABASE_URL", hub_url)
    monkeypatch.setenv("BROKERFLOW_DESK_SESSION_KEY", "0f" * 32)
    monkeypatch.setenv("BROKERFLOW_DESK_PORT", str(port))
    monkeypatch.setenv("BROKERFLOW_DESK_URL", f"http://127.0.0.1:{port}")
    return f"http://127.0.0.1:{port}"


def desk_command(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "desk", *arguments]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)


def add_user(*more: str, typed: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    person = ("add-user", "caiwu", "--role", "finance", "--display-name", "李喆", "--password-stdin")
    return desk_command(*person, *more, typed=f"{typed}\n")


def test_adding_a_person_twice_replaces_the_password_and_lifts_the_lock(hub, machine) -> None:
    """The first call adds, the second updates; the password is stored as an argon2id hash only."""
    assert "已添加用户 caiwu（李喆）" in add_user().stdout
    with hub_session(hub) as session:
        session.get(DeskUser, "caiwu").failed_logins = 4
    assert "已更新用户 caiwu（李喆）" in add_user(typed="another-password-1").stdout
    with hub_session(hub, read_only=True) as session:
        user = session.get(DeskUser, "caiwu")
    assert user.password_hash.startswith("$argon2id$")
    assert (user.role, user.display_name, user.failed_logins) == ("finance", "李喆", 0)


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (["--role", "boss"], PASSWORD, "没有角色 boss"),
        ([], "too-short", "密码长度为 9 位"),
        ([], "", "密码长度为 0 位"),
    ],
)
def test_a_bad_role_or_password_adds_nobody(hub, machine, arguments, typed, message) -> None:
    """The command fails with one Chinese sentence, no traceback, and an unchanged hub."""
    answer = add_user(*arguments, typed=typed)
    assert answer.returncode != 0
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr
    with hub_session(hub, read_only=True) as session:
        assert session.get(DeskUser, "caiwu") is None


def test_serve_answers_and_its_log_is_masked(hub, machine) -> None:
    """The served desk lets the added person in; a phone number in an address does not reach the log."""
    add_user()
    command = [sys.executable, "-m", "cli.main", "desk", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            with httpx.Client(base_url=machine, trust_env=False) as client:
                wait_for(client, server)
                assert sign_in(client).status_code == 303
                client.get("/search/13812345678")
        finally:
            server.terminate()
            log = server.communicate(timeout=30)[0]
    assert machine in log
    assert "/search/138****5678" in log
    assert not re.search("13812345678", log)


def test_serve_without_a_session_key_says_what_to_do(hub, machine, monkeypatch) -> None:
    """A desk that could not sign its cookies does not start."""
    monkeypatch.setenv("BROKERFLOW_DESK_SESSION_KEY", "short")
    answer = desk_command("serve")
    assert answer.returncode != 0
    assert "BROKERFLOW_DESK_SESSION_KEY" in answer.stderr
    assert "Traceback" not in answer.stderr


def wait_for(client: httpx.Client, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the desk did not come up")
