"""`make up` and the README's other commands, typed as they stand."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import httpx
import psutil
import pytest

from config.settings import PROJECT_ROOT, process_environment
from tests.readme_commands import COMMANDS

pytestmark = [pytest.mark.night, pytest.mark.browser]

START_SECONDS = 180
STOP_SECONDS = 40
TRIED_WHILE_UP = [command for command in COMMANDS if command.startswith(".venv/bin/brokerflow")]


@pytest.fixture
def house(tmp_path):
    """`make up` in a group of its own, as a terminal runs it; its output goes to a file.

    Tests that a script runs in the background ignore Ctrl-C, and their children would inherit that.
    """
    log = tmp_path / "up.log"
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "up"], cwd=PROJECT_ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    signal.signal(signal.SIGINT, heard)
    yield process, log
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    for left in family:
        left.kill()


def wait_for(log: Path, words: str, process: "subprocess.Popen[bytes]", seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while words not in (text := log.read_text("utf-8", errors="replace")):
        assert process.poll() is None, text
        assert time.monotonic() < deadline, text
        time.sleep(0.2)
    return text


def run_readme_command(command: str, sandbox_url: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """The command in a shell, with the README's export before it; files it writes go to a folder."""
    export = next(line for line in COMMANDS if line.startswith("export"))
    typed = command.replace("rows.csv", str(folder / "rows.csv")).replace(
        "evidence/", str(folder / "evidence")
    )
    environment = process_environment() | {
        "BROKERFLOW_PORTAL_BASE_URLS": json.dumps({"taian": f"{sandbox_url}/taian/"})
    }
    return subprocess.run(
        ["sh", "-c", f"{export}\n{typed}"],
        cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_up_serves_the_tour_and_stops_on_ctrl_c(house, tmp_path):
    """Every printed address answers, the README's commands work meanwhile, Ctrl-C leaves no process."""
    process, log = house
    text = wait_for(log, "按 Ctrl-C 全部停止", process, START_SECONDS)
    prefect, desk, sandbox, messages = re.findall(r"http://127\.0\.0\.1:\d+(?:/messages)?", text)
    for address in (f"{prefect}/api/health", f"{desk}/login", sandbox, messages):
        assert httpx.get(address, trust_env=False).status_code == httpx.codes.OK, address
    for command in TRIED_WHILE_UP:
        done = run_readme_command(command, sandbox, tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert len((tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()) > 1
    family = psutil.Process(process.pid).children(recursive=True)
    interrupt = next(child for child in family if child.cmdline()[-2:] == ["cli.main", "up"])
    interrupt.send_signal(signal.SIGINT)
    wait_until_gone(family)
    assert "已全部停止" in log.read_text("utf-8")


def wait_until_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    assert alive == []


def test_doctor_passes_on_a_set_up_machine():
    """`make doctor` finds nothing that fails after the set-up of this very test run."""
    done = subprocess.run(["make", "doctor"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "失败" not in done.stdout
