"""Opening, migrating and talking to the hub: SQLite for one worker, PostgreSQL for several."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bots.errors import BrokerFlowError, HubBusy, SetupInvalid, StorageFull
from connectors.database.columns import dump_json
from connectors.database.worker_lock import hold_worker_lock

__all__ = ["database_file", "hold_worker_lock", "migrate", "open_hub", "session"]

_BUSY_MILLISECONDS = 30_000
_MIGRATION_LOCK = 20261106
_READ_ONLY = "hub_read_only"
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def open_hub(url: str) -> Engine:
    """Engine of ``sqlite:///path`` or ``postgresql://...`` (psycopg 3); nothing is connected yet.

    Statements in logs and errors never show their parameters. Raises SetupInvalid for another database.
    """
    address = make_url(url)
    backend = address.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(address)
    if backend == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
        return create_engine(address, hide_parameters=True, json_serializer=dump_json, pool_pre_ping=True)
    raise SetupInvalid(
        f"不支持的数据库：{backend}。",
        remedy="BROKERFLOW_DATABASE_URL 只能以 sqlite:/// 或 postgresql:// 开头。",
    )


def database_file(engine: Engine) -> Path | None:
    """The SQLite file; None on PostgreSQL."""
    is_sqlite = engine.dialect.name == "sqlite" and engine.url.database
    return Path(engine.url.database).resolve() if is_sqlite and engine.url.database else None


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version; of two that start together one waits for the other."""
    file = database_file(engine)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    with _speaking_errors(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration without an ini file, on a given connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def session(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """One transaction: commit at the end, roll back on any error; rows stay readable afterwards.

    On SQLite a transaction takes the write lock at once, so it never fails half-way because another
    one wrote meanwhile; ``read_only`` takes none and waits for nobody. All reads of a ``read_only``
    session see one snapshot, on both databases, and its writes are refused by PostgreSQL.
    Raises HubBusy, StorageFull or SetupInvalid in place of the driver's errors.
    """
    bound = engine.execution_options(**{_READ_ONLY: True}) if read_only else engine
    with _speaking_errors(engine), Session(bound, expire_on_commit=False) as current:
        if read_only and engine.dialect.name == "postgresql":
            current.connection(execution_options=_SNAPSHOT)
        yield current
        current.commit()


def _open_sqlite(address: URL) -> Engine:
    engine = create_engine(address, hide_parameters=True, json_serializer=dump_json)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin late and without the write lock
        for pragma in (
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_read_only = connection.get_execution_options().get(_READ_ONLY)
        connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def _speaking_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        speaking = _explain(error, engine)
        if speaking is None:
            raise
        raise speaking from error


def _explain(error: DBAPIError, engine: Engine) -> BrokerFlowError | None:
    """The error that tells a person what to do; None when the fault is in our own statement."""
    fact = str(error.orig).lower()
    place = engine.url.render_as_string(hide_password=True)
    if "database is locked" in fact:
        return HubBusy(
            f"{place} 被另一个进程占用超过 {_BUSY_MILLISECONDS // 1000} 秒。",
            remedy="等它结束后重试；要同时运行多个进程，请改用 PostgreSQL（BROKERFLOW_DATABASE_URL）。",
        )
    if "disk is full" in fact or "no space left" in fact:
        return StorageFull(f"写入 {place} 时磁盘已满，本次写入已全部撤销。", remedy="清理磁盘后重新运行。")
    if "no such table" in fact or getattr(error.orig, "sqlstate", None) == "42P01":
        return SetupInvalid(f"{place} 中缺少数据表。", remedy="运行 brokerflow hub migrate。")
    if "unable to open database file" in fact or error.connection_invalidated or "connection failed" in fact:
        return HubBusy(
            f"无法连接数据库 {place}。", remedy="检查 BROKERFLOW_DATABASE_URL、目录权限与数据库服务。"
        )
    return None
