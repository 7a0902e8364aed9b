"""`brokerflow portal run`: the form's run from the command line."""

import subprocess
import sys

import pytest

from config.settings import PROJECT_ROOT, process_environment
from tests.fixtures_cockpit import BUSINESS_DATE

pytestmark = [pytest.mark.night, pytest.mark.browser]


def portal_run(cockpit, *options):
    """The command as an operator types it in the running house."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "portal", "run", "taian", *options],
        cwd=PROJECT_ROOT,
        env=process_environment() | cockpit.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_run_follows_the_flow_and_prints_what_came_home(cockpit, night):
    """The run goes through the server; rows and expected rows are printed, a failed run is exit code 1."""
    done = portal_run(cockpit, "--date", BUSINESS_DATE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "已排队，运行编号" in done.stdout
    assert "保单 policies  120/120  搁置 0" in done.stdout
    assert "佣金结算明细 statement_lines  88/88  搁置 0" in done.stdout
    cockpit.spoil("taian", wrong_total="count")
    failed = portal_run(cockpit, "--date", BUSINESS_DATE)
    assert failed.returncode == 1
    assert "FAILED" in failed.stdout
    assert "采集不完整" in failed.stdout
