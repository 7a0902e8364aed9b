"""Leases on both databases, with real competing processes."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from connectors.database.engine import session
from connectors.database.leases import LeaseLost, claim, heartbeat, reap, release
from connectors.database.tables import OutboxMessage, WorkItem

NOW = datetime(2026, 11, 6, 1, 30, tzinfo=UTC)
ITEMS = 200

WORKER = """
import json, sys
from datetime import UTC, datetime
from connectors.database.engine import open_hub, session
from connectors.database.leases import claim, release
from connectors.database.tables import WorkItem
url, owner = sys.argv[1:]
hub, done = open_hub(url), []
print("ready", flush=True)
sys.stdin.readline()
while True:
    with session(hub) as current:
        mine = WorkItem.queue == "pages"
        items = claim(current, WorkItem, mine, owner=owner, now=datetime.now(UTC), seconds=60)
    if not items:
        break
    with session(hub) as current:
        release(current, items[0], "done", owner=owner, checkpoint={"by": owner})
    done.append(items[0].item_key)
print(json.dumps(done))
"""


@pytest.fixture
def queue(hub):
    """A hub with three waiting items in the queue ``pages``."""
    with session(hub) as current:
        current.add_all([WorkItem(queue="pages", item_key=str(number)) for number in range(3)])
    return hub


def take(hub, owner, now=NOW, *criteria, limit=1):
    with session(hub) as current:
        return claim(current, WorkItem, *criteria, owner=owner, now=now, seconds=60, limit=limit)


def state_of(hub, item):
    with session(hub, read_only=True) as current:
        return current.get(type(item), item.id).state


def test_claims_take_the_oldest_and_never_the_same(queue):
    """Each claim takes the next waiting item, with owner, end of lease and one more attempt."""
    first, second = take(queue, "a")[0], take(queue, "b")[0]
    assert (first.item_key, second.item_key) == ("0", "1")
    assert (first.state, first.lease_owner, first.attempts) == ("claimed", "a", 1)
    assert first.lease_expires_at == NOW + timedelta(seconds=60)


def test_claim_several_of_one_queue(queue):
    """Criteria narrow a claim, the limit caps it, an empty queue gives nothing."""
    assert take(queue, "a", NOW, WorkItem.queue == "other") == []
    assert [item.item_key for item in take(queue, "a", limit=5)] == ["0", "1", "2"]
    assert take(queue, "a") == []


def test_heartbeat_keeps_a_lease_and_stores_the_checkpoint(queue):
    """After a heartbeat the reaper leaves the item alone; its checkpoint is in the table."""
    item = take(queue, "a")[0]
    later = NOW + timedelta(seconds=50)
    with session(queue) as current:
        heartbeat(current, item, owner="a", now=later, seconds=60, checkpoint={"page": 4})
    with session(queue) as current:
        assert reap(current, WorkItem, now=NOW + timedelta(seconds=70)) == 0
        assert current.get(WorkItem, item.id).checkpoint == {"page": 4}


def test_a_dead_workers_item_waits_again_with_its_checkpoint(queue):
    """When a lease ran out, reap gives the item back and the next worker finds the checkpoint."""
    item = take(queue, "a")[0]
    with session(queue) as current:
        heartbeat(current, item, owner="a", now=NOW, seconds=60, checkpoint={"page": 4})
    late = NOW + timedelta(seconds=61)
    with session(queue) as current:
        assert reap(current, WorkItem, now=late) == 1
    again = take(queue, "b", late)[0]
    assert (again.id, again.lease_owner, again.attempts, again.checkpoint) == (item.id, "b", 2, {"page": 4})


def test_who_lost_the_lease_writes_nothing(queue):
    """A worker that wakes up late can neither prolong nor finish what another one holds."""
    item = take(queue, "a")[0]
    late = NOW + timedelta(seconds=61)
    with session(queue) as current:
        reap(current, WorkItem, now=late)
    taken = take(queue, "b", late)[0]
    assert taken.id == item.id
    with pytest.raises(LeaseLost), session(queue) as current:
        release(current, item, "done", owner="a")
    with pytest.raises(LeaseLost), session(queue) as current:
        heartbeat(current, item, owner="a", now=late, seconds=60)
    assert state_of(queue, item) == "claimed"


@pytest.mark.parametrize("state", ["done", "failed", "waiting"])
def test_release(queue, state):
    """A released item has its new state and no owner; only waiting ones come again."""
    item = take(queue, "a")[0]
    with session(queue) as current:
        release(current, item, state, owner="a")
    with session(queue, read_only=True) as current:
        found = current.get(WorkItem, item.id)
    assert (found.state, found.lease_owner, found.lease_expires_at) == (state, None, None)
    assert (take(queue, "b")[0].id == item.id) == (state == "waiting")


def test_a_message_whose_sender_died_is_unknown(hub):
    """An expired lease in the outbox does not put the message back to waiting: it may have gone out."""
    with session(hub) as current:
        current.add(
            OutboxMessage(
                what="digest", whom="finance", channel="wecom", occasion="2026-11-06", severity="info",
                payload={"text": "对账完成，电话 13800000001"}, created_at=NOW,
            )
        )  # fmt: skip
    with session(hub) as current:
        message = claim(current, OutboxMessage, owner="a", now=NOW, seconds=60)[0]
    assert message.state == "sending"
    assert message.payload == {"text": "对账完成，电话 13800000001"}
    with session(hub) as current:
        assert reap(current, OutboxMessage, now=NOW + timedelta(seconds=61)) == 1
    assert state_of(hub, message) == "unknown"
    with session(hub) as current:
        assert claim(current, OutboxMessage, owner="b", now=NOW, seconds=60) == []


def test_two_processes_share_a_queue(hub, hub_url):
    """Two processes empty one queue together: every item exactly once, however they share it."""
    with session(hub) as current:
        current.add_all([WorkItem(queue="pages", item_key=str(number)) for number in range(ITEMS)])
    command = [sys.executable, "-c", WORKER, hub_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([*command, owner], **pipes) for owner in ("a", "b")]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 2
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    shares = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert sorted(map(int, shares[0] + shares[1])) == list(range(ITEMS))
    with session(hub, read_only=True) as current:
        assert {item.state for item in current.query(WorkItem)} == {"done"}
