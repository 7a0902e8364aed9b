"""The stage of demo and up: nothing of production shines through, nothing starts twice or unwatched."""

import os
import subprocess
import sys

import psutil
import pytest

from bots.errors import SetupInvalid
from cli.services import MOST_RESTARTS, Services
from cli.stage import Ports, open_stage, stage_environment
from cli.worker import prefect_client_environment
from config.settings import PROJECT_ROOT, adopted_environment, process_environment
from connectors.browser import open_context
from connectors.database.worker_lock import hold_worker_lock

pytestmark = pytest.mark.service


def test_production_settings_do_not_reach_the_stage(tmp_path):
    """Hub, Prefect's database and the proxy of a production environment are replaced on the stage."""
    environment = stage_environment(tmp_path, Ports(1, 2, 3), schedules=False)
    assert environment["BROKERFLOW_DATABASE_URL"] == f"sqlite:///{tmp_path / 'hub.db'}"
    assert str(tmp_path) in environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert "127.0.0.1" in environment["NO_PROXY"]


def test_keys_of_the_stage_stay_the_same_and_private(tmp_path):
    """A second start reads what the first one encrypted; the key file is for its owner alone."""
    first = stage_environment(tmp_path, Ports(), schedules=False)
    second = stage_environment(tmp_path, Ports(), schedules=False)
    assert first["BROKERFLOW_MASTER_KEY"] == second["BROKERFLOW_MASTER_KEY"]
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600


def test_a_second_stage_on_the_same_home_is_refused(tmp_path):
    """Two stages would share a Prefect database: the second one ends at once and says so."""
    with (
        hold_worker_lock(tmp_path / "stage"),
        pytest.raises(SetupInvalid, match="已经有演示环境在运行"),
        open_stage(tmp_path, Ports(), schedules=False),
    ):
        pytest.fail("a second stage was opened")


def test_a_service_that_ends_by_itself_is_named_with_its_log(tmp_path):
    """Whoever waits for the house learns which part died and where its last words are."""
    with Services(tmp_path) as services:
        services.start("worker", "-c", "import sys; sys.exit('数据库被占用')")
        services.processes["worker"].wait(timeout=30)
        with pytest.raises(SetupInvalid, match="worker") as refused:
            services.require_alive()
    assert "数据库被占用" in refused.value.what
    assert "worker.log" in refused.value.remedy


def test_a_service_that_ends_is_started_again_but_not_for_ever(tmp_path):
    """A killed worker comes back by itself; one that cannot live ends the house with its log."""
    with Services(tmp_path) as services:
        services.start("worker", "-c", "import sys; sys.exit('数据库被占用')")
        for _ in range(MOST_RESTARTS):
            services.processes["worker"].wait(timeout=30)
            assert services.revive() == ["worker"]
        services.processes["worker"].wait(timeout=30)
        with pytest.raises(SetupInvalid, match="worker"):
            services.revive()


def test_every_worker_sends_heartbeats():
    """Without heartbeats the automation would mark healthy runs as crashed."""
    with adopted_environment({"PREFECT_API_URL": "http://127.0.0.1:1/api"}):
        environment = prefect_client_environment()
    assert environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"
    assert environment["DO_NOT_TRACK"] == "1"


@pytest.mark.parametrize(
    ("address", "words"),
    [("", "没有设置 PREFECT_API_URL"), ("http://127.0.0.1:1/api", "没有应答")],
    ids=["no address", "nobody there"],
)
def test_deploy_without_a_server_is_one_sentence(address, words):
    """No server named, or none there: exit code 1, one sentence, no traceback, no server of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "deploy"],
        cwd=PROJECT_ROOT,
        env=process_environment() | {"PREFECT_API_URL": address},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_one_sentence():
    """A value that does not fit names its variable, not its value, and no traceback follows."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "hub", "migrate"],
        cwd=PROJECT_ROOT,
        env=process_environment() | {"BROKERFLOW_DESK_PORT": "abc"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "BROKERFLOW_DESK_PORT" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.browser
def test_only_root_goes_without_chromiums_sandbox(tmp_path):
    """Portals are foreign pages: the browser's sandbox is off for root alone, where Chromium refuses it."""
    with adopted_environment({"BROKERFLOW_DATA_DIR": str(tmp_path)}) as settings, open_context(settings):
        commands = [child.cmdline() for child in psutil.Process().children(recursive=True)]
    browsers = [command for command in commands if any("headless" in part for part in command)]
    is_root = os.geteuid() == 0
    # A child that is just being forked still carries its parent's command line.
    mains = [command for command in browsers if not any(part.startswith("--type=") for part in command)]
    assert {("--no-sandbox" in command) for command in mains} == {is_root}
