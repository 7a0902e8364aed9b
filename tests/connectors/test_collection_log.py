"""The lease on a portal's account, with real competing processes, on both databases."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bots.errors import ApplicationError, HubBusy
from bots.records import DatasetReport
from connectors import collection_log
from connectors.collection_log import (
    ACCOUNT_QUEUE,
    begin_collection,
    find_incomplete,
    hold_account,
    record_report,
)
from connectors.database.engine import session
from connectors.database.leases import LeaseLost
from connectors.database.tables import DeskEvent, WorkItem

HOLDER = """
import sys, time
from connectors import collection_log
from connectors.database.engine import open_hub
collection_log.LEASE_SECONDS, collection_log._ASK_AGAIN_SECONDS = 2, 0.2
print("ready", flush=True)
with collection_log.hold_account(open_hub(sys.argv[1]), "taian"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def short_leases(monkeypatch):
    """Leases of two seconds; a run asks five times a second."""
    monkeypatch.setattr(collection_log, "LEASE_SECONDS", 2)
    monkeypatch.setattr(collection_log, "_ASK_AGAIN_SECONDS", 0.2)


@pytest.fixture
def start_holder(hub_url, keys):
    """Starts another process that holds the account until it is told to end."""
    started = []

    def start():
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen([sys.executable, "-c", HOLDER, hub_url], **pipes))
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def item_of(hub):
    with session(hub, read_only=True) as current:
        return current.scalars(select(WorkItem).where(WorkItem.queue == ACCOUNT_QUEUE)).one()


def take_away(hub):
    """Another run takes the account over, as after a machine that slept."""
    with session(hub) as current:
        current.execute(update(WorkItem).values(state="claimed", lease_owner="other"))


def note(current):
    current.add(DeskEvent(username="run", action="saved", target=None, at=datetime.now(UTC)))


def notes(hub):
    with session(hub, read_only=True) as current:
        return len(current.scalars(select(DeskEvent)).all())


def test_a_silent_stay_longer_than_the_lease_keeps_the_account(hub):
    """A login or download that takes longer than a lease, without one page saved, loses nothing."""
    with hold_account(hub, "taian") as lease:
        time.sleep(3)
        holder = f"taian .*{socket.gethostname()}:{os.getpid()}:"
        with pytest.raises(HubBusy, match=holder), hold_account(hub, "taian"):
            pass
        with lease.saving() as current:
            note(current)
    assert notes(hub) == 1
    assert item_of(hub).state == "waiting"


def test_a_killed_run_frees_the_account_within_its_lease(hub, start_holder):
    """Kill -9 of the holder: the next run has the account within a lease."""
    holder = start_holder()
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    start = time.monotonic()
    with hold_account(hub, "taian"):
        assert time.monotonic() - start < collection_log.LEASE_SECONDS + 1


def test_nothing_is_saved_after_the_lease_was_lost(hub):
    """Who lost the account writes nothing, and the loss is never retried by itself."""
    with hold_account(hub, "taian") as lease:
        take_away(hub)
        with pytest.raises(LeaseLost) as caught, lease.saving() as current:
            note(current)
    assert notes(hub) == 0
    assert not isinstance(caught.value, ApplicationError)
    assert item_of(hub).lease_owner == "other"


def test_the_true_error_is_not_hidden_by_the_lost_lease(hub, caplog):
    """A run that fails after it lost its account ends with its own error; the loss is in the log."""

    def fail_after_the_loss():
        with hold_account(hub, "taian"):
            take_away(hub)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_loss()
    assert "account of taian not given back" in caplog.text


def test_first_use_by_two_processes_leaves_one_holder(hub, start_holder):
    """A process that meets an account's very first claim, not yet committed, does not undo it."""
    with session(hub) as current:
        until = datetime.now(UTC) + timedelta(seconds=60)
        current.add(
            WorkItem(
                queue=ACCOUNT_QUEUE, item_key="taian", state="claimed", lease_owner="first",
                lease_expires_at=until, attempts=1,
            )
        )  # fmt: skip
        current.flush()
        second = start_holder()
        time.sleep(1)
    output, errors = second.communicate("\n", timeout=30)
    assert "held" not in output
    assert "HubBusy" in errors
    assert (item_of(hub).state, item_of(hub).lease_owner) == ("claimed", "first")


def test_accounts_of_two_portals_are_held_side_by_side(hub):
    """One portal's lease does not keep another portal waiting."""
    with hold_account(hub, "taian"), hold_account(hub, "minan"), session(hub, read_only=True) as current:
        held = select(WorkItem.item_key).where(WorkItem.queue == ACCOUNT_QUEUE, WorkItem.state == "claimed")
        assert set(current.scalars(held)) == {"taian", "minan"}


def test_a_collection_counts_as_complete_only_after_its_last_dataset(hub):
    """Begun, half done, complete, begun again: only a collection with every dataset proved is complete."""
    wanted, day = {"taian": ["policies", "premiums"]}, date(2026, 11, 6)

    def incomplete() -> list[str]:
        with session(hub) as current:
            return find_incomplete(current, wanted)

    def report(dataset: str) -> None:
        with session(hub) as current:
            record_report(current, "taian", day, DatasetReport(dataset, 1, 1, 0, 0.1, 1))

    assert incomplete() == ["taian"], "never collected"
    for dataset in wanted["taian"]:
        report(dataset)
    assert incomplete() == []
    with session(hub) as current:
        begin_collection(current, "taian", day)
    report("policies")
    assert incomplete() == ["taian"], "a rerun that was killed half-way"
