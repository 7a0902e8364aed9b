"""The whole night on a hub that is a real PostgreSQL, and more than one worker on it."""

import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from cli.demo import play_night
from cli.services import stop_tree
from cli.stage import Ports, open_stage
from config.settings import PROJECT_ROOT
from connectors.database.engine import open_hub, session
from connectors.database.tables import Break, Policy, PremiumDue, Settlement, StatementLine
from sandbox.brokerage import build_brokerage
from sandbox.scene import FEWEST_POLICIES

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.postgresql]

WORKER_START_SECONDS = 60


@pytest.fixture
def empty_hub_url(postgresql_url) -> str:
    """URL of a database of the night's own on the test session's server."""
    server = open_hub(postgresql_url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE night"))
    url = server.url.set(database="night").render_as_string(hide_password=False)
    server.dispose()
    return url


@pytest.fixture
def stage(tmp_path, empty_hub_url):
    """Everything that `brokerflow demo` starts, on the smallest brokerage and a PostgreSQL hub."""
    size = ["--policies", str(FEWEST_POLICIES)]
    with open_stage(
        tmp_path, Ports(), schedules=False, sandbox_options=size, database_url=empty_hub_url
    ) as stage:
        yield stage


def wait_for_words(log, words: str) -> bool:
    deadline = time.monotonic() + WORKER_START_SECONDS
    while words not in log.read_text("utf-8", errors="replace"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_a_night_on_postgresql_brings_home_what_the_truth_says(stage, tmp_path, empty_hub_url):
    """Rows, breaks by class and totals equal the truth; a second worker is welcome; SQLite is not used."""
    log = tmp_path / "second-worker.log"
    with log.open("wb") as output:
        second = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "worker"],
            cwd=PROJECT_ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        assert wait_for_words(log, "started!"), log.read_text("utf-8", errors="replace")
        assert play_night(stage)
    finally:
        stop_tree(second.pid)
    truth = build_brokerage(policies=FEWEST_POLICIES).truth
    with session(open_hub(empty_hub_url), read_only=True) as current:
        rows = {
            table: current.scalar(select(func.count()).select_from(table))
            for table in (Policy, PremiumDue, StatementLine)
        }
        found = Counter(current.scalars(select(Break.break_class)))
        totals = current.execute(
            select(func.sum(Settlement.payable_fen), func.sum(Settlement.held_fen))
        ).one()
    assert list(rows.values()) == [truth["policies"], truth["premium_rows"], truth["statement_lines"]]
    assert found == Counter(item["break_class"] for item in truth["breaks"])
    assert tuple(map(int, totals)) == tuple(truth["agents_total"].values())
    assert not (tmp_path / "hub.db").exists()
