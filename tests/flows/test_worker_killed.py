"""SIGKILL in the middle of a night: nothing lost, nothing doubled, no second worker on SQLite."""

import sqlite3
import time

import pytest

from cli.services import stop_tree
from tests.fixtures_cockpit import BUSINESS_DATE, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser]

COLLECT = "采集保司数据/手动"
KEYS = {
    "policies": "policy_no",
    "premium_dues": "policy_no || '/' || policy_year",
    "endorsements": "endorsement_no",
    "statement_lines": "batch_no || '/' || line_no",
}


def keys_of(cockpit: Cockpit, table: str) -> list[str]:
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        return [row[0] for row in hub.execute(f"SELECT {KEYS[table]} FROM {table}")]  # noqa: S608 - our own names


def empty_hub(cockpit: Cockpit) -> None:
    with sqlite3.connect(cockpit.home / "hub.db", timeout=30) as hub:
        for table in ("settlement_lines", "statement_lines", "statements", "endorsements", *KEYS):
            hub.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def wait_for_rows(cockpit: Cockpit, table: str, seconds: float = 120) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if rows := len(keys_of(cockpit, table)):
            return rows
        time.sleep(0.05)
    pytest.fail(f"no row of {table} within {seconds} s")


def test_a_killed_collection_is_completed_by_the_next_run(cockpit):
    """Kill -9 of worker, flow and browser during the collection; a new run ends complete, no row twice."""
    empty_hub(cockpit)
    cockpit.start(COLLECT, business_date=BUSINESS_DATE)
    wait_for_rows(cockpit, "policies")
    cockpit.kill_worker()
    assert len(keys_of(cockpit, "statement_lines")) < cockpit.truth["statement_lines"], "killed too late"
    worker = cockpit.start_worker()
    run = cockpit.run(COLLECT, business_date=BUSINESS_DATE)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    expected = {
        "policies": cockpit.truth["policies"],
        "premium_dues": cockpit.truth["premium_rows"],
        "endorsements": cockpit.truth["endorsements"],
        "statement_lines": cockpit.truth["statement_lines"],
    }
    for table, rows in expected.items():
        keys = keys_of(cockpit, table)
        assert len(keys) == len(set(keys)) == rows, table
    assert worker.poll() is None


def test_a_second_worker_on_sqlite_is_refused(cockpit):
    """A second worker ends at once with one clear error that names the file and the remedy."""
    second = cockpit.start_worker()
    try:
        _, words = second.communicate(timeout=60)
        assert second.returncode == 1
        assert "hub.db" in words.decode()
        assert "PostgreSQL" in words.decode()
        assert "Traceback" not in words.decode()
    finally:
        stop_tree(second.pid)
