"""Prefect's SQLite transactions wait for each other instead of failing at once."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy.exc import OperationalError

from connectors.prefect_server import WaitingSqlite

pytestmark = pytest.mark.service

READ, WRITE = sa.text("SELECT count(*) FROM beats"), sa.text("INSERT INTO beats DEFAULT VALUES")
TRANSACTIONS = 2
SECONDS_BETWEEN = 0.3


async def read_then_write(database: AioSqliteConfiguration) -> None:
    """What a heartbeat does: look, and write a moment later."""
    session = await database.session(await database.engine())
    async with session, database.begin_transaction(session):
        await session.execute(READ)
        await asyncio.sleep(SECONDS_BETWEEN)
        await session.execute(WRITE)


async def beat_together(database: AioSqliteConfiguration) -> int:
    """Beats counted after two transactions at once."""
    engine = await database.engine()
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE beats (id INTEGER PRIMARY KEY)"))
    await asyncio.gather(*(read_then_write(database) for _ in range(TRANSACTIONS)))
    async with engine.connect() as connection:
        return int((await connection.execute(READ)).scalar_one())


def url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'prefect.db'}"


def test_prefects_own_transactions_fail_at_once(tmp_path):
    """The reason for ours: of two transactions of Prefect's that read before they write, one is lost."""
    with pytest.raises(OperationalError, match="database is locked"):
        asyncio.run(beat_together(AioSqliteConfiguration(connection_url=url(tmp_path))))


def test_ours_wait_for_their_turn(tmp_path):
    """The second transaction does not read before the first has committed, and both are kept."""
    assert asyncio.run(beat_together(WaitingSqlite(connection_url=url(tmp_path)))) == TRANSACTIONS
