"""Migrations build what the models say, on both databases."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from bots.errors import SetupInvalid
from connectors.database.columns import EncryptedText
from connectors.database.engine import migrate, open_hub, session
from connectors.database.store import read_frame
from connectors.database.tables import Base, Insurer

MIGRATE = (
    "import sys; from connectors.database.engine import migrate, open_hub; migrate(open_hub(sys.argv[1]))"
)


def test_models_and_migrations_agree(hub):
    """Alembic finds nothing to change between the migrated database and the mapped classes."""
    with hub.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_difference_would_be_found(hub):
    """The comparison above can fail: a column more in the database shows up."""
    with hub.connect() as connection:
        connection.execute(text("ALTER TABLE insurers ADD COLUMN nickname TEXT"))
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, Base.metadata)
        connection.rollback()
    assert [difference[0] for difference in found] == ["remove_column"]


def test_migrating_twice_changes_nothing(hub):
    """A second migration of a current database keeps tables and rows."""
    with session(hub) as current:
        current.add(Insurer(slug="taian", name="泰安人寿", payer_names=[]))
    migrate(hub)
    with session(hub, read_only=True) as current:
        assert current.get(Insurer, "taian").name == "泰安人寿"


def test_two_processes_migrate_one_empty_database(tmp_path, hub_url):
    """Two processes that start together on an empty database both succeed."""
    url = hub_url if hub_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'new' / 'hub.db'}"
    if url.startswith("postgresql"):
        url = _create_empty_database(url)
    started = [subprocess.Popen([sys.executable, "-c", MIGRATE, url]) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    engine = open_hub(url)
    assert set(inspect(engine).get_table_names()) >= set(Base.metadata.tables)
    engine.dispose()


def test_an_empty_database_names_the_remedy(tmp_path):
    """Reading from a database that was never migrated says which command to run."""
    engine = open_hub(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SetupInvalid, match="brokerflow hub migrate"), session(engine) as current:
        read_frame(current, Insurer)


def test_other_databases_are_refused():
    """A MySQL address is refused by name."""
    with pytest.raises(SetupInvalid, match="mysql"):
        open_hub("mysql://localhost/hub")


def test_places_of_encrypted_columns():
    """Every encrypted column authenticates its own table and column name."""
    wrong = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, EncryptedText) and column.type.place != f"{table.name}.{column.name}"
    ]
    assert wrong == []


def _create_empty_database(url: str) -> str:
    engine = open_hub(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS fresh"))
        connection.execute(text("CREATE DATABASE fresh"))
    fresh = engine.url.set(database="fresh").render_as_string(hide_password=False)
    engine.dispose()
    return fresh
