"""SIGKILL in the middle of a night: nothing lost, nothing doubled, no second worker on SQLite."""

import sqlite3
import time
from datetime import timedelta

import pytest

from cli.services import stop_tree
from sandbox.brokerage import Brokerage, build_brokerage
from tests.fixtures_cockpit import BUSINESS_DATE, NIGHT, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser]

HOUSEKEEPING = "发送待发消息/每五分钟"
SILENT_AFTER = timedelta(seconds=90)  # as in connectors/prefect_api.py, which imports prefect
COLUMNS = {
    "policies": "policy_no, annual_premium_fen, currency",
    "premium_dues": "policy_no, policy_year, premium_fen",
    "premium_receipts": "receipt_no, policy_no, premium_fen",
    "endorsements": "endorsement_no, policy_no, premium_before_fen, premium_after_fen",
    "statements": "batch_no, line_count, cover_total_fen",
    "statement_lines": "batch_no, line_no, policy_no, agent_no, amount_fen",
}


def rows_of(brokerage: Brokerage) -> dict[str, list[tuple]]:
    """What the portal shows, table by table in the columns above."""
    return {
        "policies": sorted((p.policy_no, p.annual_premium_fen, p.currency) for p in brokerage.policies),
        "premium_dues": sorted((p.policy_no, p.policy_year, p.due_fen) for p in brokerage.premiums),
        "premium_receipts": sorted(
            (p.receipt_no, p.policy_no, p.received_fen) for p in brokerage.premiums if p.received_date
        ),
        "endorsements": sorted(
            (e.endorsement_no, p.policy_no, e.premium_before_fen, e.premium_after_fen)
            for p in brokerage.policies
            for e in p.endorsements
        ),
        "statements": sorted((b.batch_no, len(b.lines), b.cover_total_fen) for b in brokerage.batches),
        "statement_lines": sorted(
            (line.batch_no, line.line_no, line.policy_no, line.agent_no, line.amount_fen)
            for batch in brokerage.batches
            for line in batch.lines
        ),
    }


def contents(cockpit: Cockpit, table: str) -> list[tuple]:
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        return sorted(hub.execute(f"SELECT {COLUMNS[table]} FROM {table}"))  # noqa: S608 - our own names


def empty_hub(cockpit: Cockpit) -> None:
    with sqlite3.connect(cockpit.home / "hub.db", timeout=30) as hub:
        for table in ("settlement_lines", *reversed(COLUMNS)):
            hub.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def wait_for_rows(cockpit: Cockpit, table: str, seconds: float = 120) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if rows := len(contents(cockpit, table)):
            return rows
        time.sleep(0.05)
    pytest.fail(f"no row of {table} within {seconds} s")


def test_a_killed_night_is_marked_crashed_and_the_next_one_completes_it(cockpit):
    """Kill -9 in mid-collection: a new worker starts, the next run has exactly what the portal shows."""
    empty_hub(cockpit)
    killed = cockpit.start(NIGHT, business_date=BUSINESS_DATE)
    wait_for_rows(cockpit, "policies")
    cockpit.kill_worker()
    assert len(contents(cockpit, "statement_lines")) < cockpit.truth["statement_lines"], "killed too late"
    time.sleep(SILENT_AFTER.total_seconds() + 10)
    assert cockpit.run(HOUSEKEEPING)["state_type"] == "COMPLETED"
    assert cockpit.wait(killed)["state_type"] == "CRASHED"
    run = cockpit.run(NIGHT, business_date=BUSINESS_DATE)
    assert run["state_type"] == "COMPLETED", run["state"]["message"]
    brokerage = build_brokerage(policies=cockpit.truth["policies"])
    for table, rows in rows_of(brokerage).items():
        assert contents(cockpit, table) == rows, table


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
