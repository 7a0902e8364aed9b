"""Transactions, readers, and the one worker that SQLite allows."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError

from bots.errors import HubBusy
from connectors.database.engine import database_file, hold_worker_lock, open_hub, session
from connectors.database.store import upsert
from connectors.database.tables import Insurer, Policy
from tests.database.samples import policy

HOLD = """
import pathlib, sys, time
from connectors.database.engine import hold_worker_lock
with hold_worker_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def insurer(slug):
    return Insurer(slug=slug, name="泰安人寿", payer_names=[])


def slugs(hub):
    with session(hub, read_only=True) as current:
        return sorted(found.slug for found in current.query(Insurer))


def test_an_error_rolls_everything_back(hub):
    """When a transaction fails at its end, its first row is gone as well."""

    def write_and_fail():
        with session(hub) as current:
            current.add(insurer("taian"))
            current.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert slugs(hub) == []


def test_rows_stay_readable_after_the_transaction(hub):
    """An object read in a transaction keeps its values afterwards."""
    with session(hub) as current:
        row = insurer("taian")
        current.add(row)
    assert row.name == "泰安人寿"


def test_a_reader_does_not_wait_for_a_writer(hub):
    """While a write is open, a reader answers at once with what was committed."""
    with session(hub) as current:
        current.add(insurer("taian"))
        current.flush()
        start = time.perf_counter()
        assert slugs(hub) == []
        assert time.perf_counter() - start < 1
    assert slugs(hub) == ["taian"]


def test_the_reads_of_one_read_only_session_are_one_snapshot(hub):
    """What another one commits between two reads of a read-only session does not show in the second."""
    with session(hub, read_only=True) as reader:
        assert reader.query(Insurer).all() == []
        with session(hub) as writer:
            writer.add(insurer("taian"))
        assert reader.query(Insurer).all() == []
    assert slugs(hub) == ["taian"]


@pytest.mark.postgresql
def test_postgresql_refuses_writes_of_a_read_only_session(migrated_postgresql):
    """A read-only session cannot write by mistake, and the next ordinary session can."""
    hub = open_hub(migrated_postgresql)
    with pytest.raises(InternalError, match="read-only"), session(hub, read_only=True) as current:
        current.execute(text("DELETE FROM desk_events"))
    with session(hub) as current:
        current.execute(text("DELETE FROM desk_events"))
    hub.dispose()


def test_a_writer_waits_for_another(hub):
    """Two writing transactions at once both succeed: the second waits, also after it has read."""
    is_inside = threading.Event()

    def write_slowly():
        with session(hub) as current:
            current.add(insurer("first"))
            current.flush()
            is_inside.set()
            time.sleep(0.5)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    is_inside.wait(10)
    with session(hub) as current:
        current.query(Insurer).all()
        current.add(insurer("second"))
    writer.join()
    assert slugs(hub) == ["first", "second"]


def test_a_locked_database_is_explained(tmp_path, monkeypatch):
    """A database that stays locked ends in HubBusy, naming the file and PostgreSQL as the way out."""
    monkeypatch.setattr("connectors.database.engine._BUSY_MILLISECONDS", 100)
    hub, other = (open_hub(f"sqlite:///{tmp_path / 'hub.db'}") for _ in range(2))
    with session(other) as holder:
        holder.connection()
        with pytest.raises(HubBusy, match=r"hub\.db") as caught, session(hub) as current:
            current.connection()
    assert "PostgreSQL" in caught.value.remedy


def test_an_unreachable_server_is_explained():
    """A PostgreSQL that does not answer ends in one sentence without the password."""
    hub = open_hub("postgresql://brokerflow:geheim@127.0.0.1:1/hub")
    with pytest.raises(HubBusy, match="无法连接数据库") as caught, session(hub) as current:
        current.connection()
    assert "geheim" not in str(caught.value)


def test_foreign_keys_hold(hub):
    """A policy of an unknown insurer is refused by the database, on SQLite too."""
    with pytest.raises(IntegrityError) as caught, session(hub) as current:
        upsert(current, Policy, [policy(1)])
    assert policy(1)["policyholder_phone"] not in str(caught.value)


def test_repr_shows_no_person(hub):
    """The repr of a row is its key alone."""
    assert repr(Policy(insurer_slug="taian", policy_no="TA1", policyholder_name="张三丰")) == "<Policy new>"
    with session(hub) as current:
        row = insurer("taian")
        current.add(row)
    assert repr(row) == "<Insurer taian>"


def test_second_worker_on_sqlite_is_refused_until_the_first_is_killed(tmp_path):
    """A second worker gets one clear error; kill -9 of the first frees the place at once."""
    database = tmp_path / "hub.db"
    first = subprocess.Popen([sys.executable, "-c", HOLD, str(database)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(HubBusy, match=f"进程号 {first.pid}") as caught, hold_worker_lock(database):
            pass
        assert "PostgreSQL" in caught.value.remedy
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with hold_worker_lock(database):
        assert database.with_name("hub.db.worker").read_text() == str(os.getpid())


def test_database_file(tmp_path):
    """The file of a SQLite hub is known; PostgreSQL has none and needs no worker lock."""
    assert database_file(open_hub(f"sqlite:///{tmp_path / 'hub.db'}")) == tmp_path / "hub.db"
    assert database_file(open_hub("postgresql://127.0.0.1/hub")) is None
