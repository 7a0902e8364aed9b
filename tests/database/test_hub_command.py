"""`brokerflow hub` as people type it."""

import re
import subprocess
import sys

import pytest
from sqlalchemy import inspect

from config.settings import get_settings
from connectors.database.engine import open_hub
from connectors.database.tables import Base

pytestmark = pytest.mark.service


def run_hub(verb: str) -> str:
    command = [sys.executable, "-m", "cli.main", "hub", verb]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_migrate_makes_the_tables_and_runs_twice(keys):
    """The command builds every table in the data folder's hub.db; a second run says the same."""
    first = run_hub("migrate")
    assert "hub.db" in first
    assert run_hub("migrate") == first
    tables = inspect(open_hub(get_settings().hub_url)).get_table_names()
    assert set(Base.metadata.tables) <= set(tables)


def test_keys_are_fresh_and_fit():
    """Two runs print different keys, each in the length the settings want."""
    shown = [run_hub("keys") for _ in range(2)]
    assert shown[0] != shown[1]
    pattern = r"BROKERFLOW_MASTER_KEY=[0-9a-f]{32}\nBROKERFLOW_LOOKUP_KEY=[0-9a-f]{64}\n"
    assert all(re.fullmatch(pattern, text) for text in shown)
