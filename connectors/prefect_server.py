"""The Prefect server as `brokerflow server` starts it: on SQLite its transactions wait for each other."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.cli.server import start
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.settings import get_current_settings
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class WaitingSqlite(AioSqliteConfiguration):
    """Prefect's SQLite database, where every declared transaction takes the write lock before it reads.

    Prefect begins most of them as DEFERRED and writes after reading. When another connection commits in
    between, SQLite does not wait: it fails at once with "database is locked", whatever busy_timeout says
    (https://www.sqlite.org/isolation.html), and a worker's heartbeat is lost.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: ARG002 - Prefect's interface; here every one is for update
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """A transaction of ``session`` that waits for its turn."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def serve_prefect(host: str, port: int) -> None:
    """Serve Prefect's API, UI and timetable until interrupted, on the database of its own settings."""
    address = get_current_settings().server.database.connection_url
    if address and address.get_secret_value().startswith("sqlite"):
        MODELS_DEPENDENCIES["database_config"] = WaitingSqlite(connection_url=address.get_secret_value())
    start(host=host, port=port)
