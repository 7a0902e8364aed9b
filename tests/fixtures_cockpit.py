"""The whole house as `brokerflow up` starts it: Prefect server, worker, desk, sandbox; once per session."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psutil
import pytest
from sqlalchemy import Engine

from cli.services import free_port, stop_tree
from cli.stage import Ports, stage_environment
from config.settings import PROJECT_ROOT, get_settings, process_environment
from connectors.database.engine import open_hub
from sandbox.brokerage import build_brokerage
from sandbox.scene import FEWEST_POLICIES

BUSINESS_DATE = "2026-11-06"
PERIOD = "2026-10"
NIGHT = "夜间批处理/每晚"
START_SECONDS = 180
BUSY_TRIES = 10
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass
class Cockpit:
    """Addresses of the running house, and the ways an operator has into it."""

    home: Path
    ports: Ports
    truth: dict[str, Any]
    environment: dict[str, str]

    @property
    def prefect_url(self) -> str:
        """Where the Prefect UI is."""
        return f"http://127.0.0.1:{self.ports.prefect}"

    @property
    def desk_url(self) -> str:
        """Where the desk is."""
        return f"http://127.0.0.1:{self.ports.desk}"

    @property
    def sandbox_url(self) -> str:
        """Where the pretend outside world is."""
        return f"http://127.0.0.1:{self.ports.sandbox}"

    def hub(self) -> Engine:
        """The hub the house works on."""
        return open_hub(f"sqlite:///{self.home / 'hub.db'}")

    def api(self, method: str, path: str, json: Any = None) -> Any:
        """Prefect's REST API; a 503 (its SQLite was busy) is asked again, as Prefect's client does."""
        for _ in range(BUSY_TRIES):
            answer = httpx.request(method, f"{self.prefect_url}/api{path}", json=json, timeout=30)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        """``flow/deployment`` as the server knows it."""
        flow, own = name.split("/")
        return dict(self.api("GET", f"/deployments/name/{quote(flow)}/{quote(own)}"))

    def start(self, name: str, **parameters: Any) -> str:
        """Queue a run; its id."""
        path = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.api("POST", path, {"parameters": parameters})["id"])

    def wait(self, run_id: str, seconds: float = 240) -> dict[str, Any]:
        """The flow run when it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            run = dict(self.api("GET", f"/flow_runs/{run_id}"))
            if run["state_type"] in FINAL:
                return run
            time.sleep(0.5)
        pytest.fail(f"flow run {run_id} did not end within {seconds} s: {run['state']}")

    def run(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Queue a run and wait for its end."""
        return self.wait(self.start(name, **parameters))

    def artifacts(self, key: str) -> list[dict[str, Any]]:
        """Artifacts of one key, newest first."""
        query = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"}
        return list(self.api("POST", "/artifacts/filter", query))

    def control(self, **switches: Any) -> None:
        """Make the outside world misbehave."""
        httpx.post(f"{self.sandbox_url}/control", json=switches).raise_for_status()

    def spoil(self, slug: str, **faults: Any) -> None:
        """Make a portal misbehave."""
        httpx.post(f"{self.sandbox_url}/control/portals/{slug}", json=faults).raise_for_status()

    def reset_sandbox(self) -> None:
        """A good day outside; what was sent stays sent in the hub."""
        httpx.post(f"{self.sandbox_url}/control/reset").raise_for_status()

    def messages(self) -> list[dict[str, Any]]:
        """What phones and chat groups got since the last reset."""
        received = httpx.get(f"{self.sandbox_url}/messages.json").raise_for_status().json()
        return [message for messages in received.values() for message in messages]

    def worker(self) -> psutil.Process:
        """The running worker's own process."""
        for process in psutil.process_iter(["cmdline", "environ"]):
            command = process.info["cmdline"] or []
            home = (process.info["environ"] or {}).get("BROKERFLOW_DATA_DIR")
            if "worker" in command and "start" in command and home == str(self.home):
                return process
        pytest.fail("no worker is running")

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Another worker by the documented command."""
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", "worker"],
            env=process_environment() | self.environment,
            cwd=PROJECT_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def kill_worker(self) -> None:
        """Send SIGKILL to the worker, its flow processes and their browsers, all at once."""
        worker = self.worker()
        family = [worker, *worker.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=10)


def _start_house(home: Path, ports: Ports, log: Path) -> "subprocess.Popen[bytes]":
    options = ["--policies", str(FEWEST_POLICIES)]
    script = (
        "from pathlib import Path; from cli.stage import Ports; from cli.up import run_up; "
        f"run_up(Path({str(home)!r}), {ports!r}, {options!r})"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, stdout=log.open("wb"), stderr=subprocess.STDOUT
    )


@pytest.fixture(scope="session")
def cockpit_house(tmp_path_factory) -> Iterator[Cockpit]:
    """The house on the smallest brokerage that holds every break, started once."""
    home = tmp_path_factory.mktemp("house")
    ports = Ports(free_port(), free_port(), free_port())
    log = home / "up.log"
    house = _start_house(home, ports, log)
    try:
        _wait_until_up(house, log)
        environment = stage_environment(home, ports, schedules=True)
        yield Cockpit(home, ports, build_brokerage(policies=FEWEST_POLICIES).truth, environment)
    finally:
        stop_tree(house.pid)


@pytest.fixture(scope="session")
def night(cockpit_house: Cockpit) -> dict[str, Any]:
    """One completed night, for all tests that look at what a night leaves behind."""
    cockpit_house.reset_sandbox()
    run = cockpit_house.run(NIGHT, business_date=BUSINESS_DATE)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    return run


@pytest.fixture
def cockpit(cockpit_house: Cockpit) -> Cockpit:
    """The house with a well-behaved outside world."""
    cockpit_house.reset_sandbox()
    return cockpit_house


@pytest.fixture
def house_keys(cockpit_house: Cockpit, monkeypatch) -> Iterator[None]:
    """The house's own keys in the test's environment: sealed rows of its hub can be read."""
    for name in ("BROKERFLOW_MASTER_KEY", "BROKERFLOW_LOOKUP_KEY"):
        monkeypatch.setenv(name, cockpit_house.environment[name])
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def _wait_until_up(house: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C" not in log.read_text("utf-8", errors="replace"):
        assert house.poll() is None, log.read_text("utf-8", errors="replace")
        assert time.monotonic() < deadline, log.read_text("utf-8", errors="replace")
        time.sleep(0.3)
