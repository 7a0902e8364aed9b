"""A real desk: uvicorn on a free port, a real hub, people and workbooks in it."""

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine, select

from config.settings import Settings
from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskEvent, Workbook
from connectors.desk_accounts import Role, set_user
from connectors.questions import Asked, ask
from web.app import create_app
from web.login_guard import AddressLimit

PASSWORD = "correct-horse-2026"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
START = datetime(2026, 11, 6, 18, 30, tzinfo=UTC)  # 02:30 the next day in Shanghai


@dataclass
class RunningDesk:
    """The desk as tests see it; ``now`` is its clock."""

    url: str
    engine: Engine
    settings: Settings
    addresses: AddressLimit
    now: datetime = START
    clients: list[httpx.Client] = field(default_factory=list)

    def wait(self, **time_passing: float) -> None:
        """Let time pass on the desk's clock."""
        self.now += timedelta(**time_passing)

    def visitor(self) -> httpx.Client:
        """A browser that has not been here."""
        client = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        self.clients.append(client)
        return client

    def signed_in(self, username: str = "caiwu") -> httpx.Client:
        """A browser after its login."""
        client = self.visitor()
        answer = sign_in(client, username)
        assert answer.status_code == 303, answer.text
        return client

    def add_user(self, username: str, role: Role = Role.FINANCE, display_name: str = "李喆") -> None:
        """A person with PASSWORD."""
        with hub_session(self.engine) as session:
            set_user(session, username, PASSWORD, role=role, display_name=display_name, now=self.now)

    def add_workbook(
        self,
        raw: bytes = b"PK workbook",
        *,
        period: str = "2026-10",
        path: str | None = None,
        **figures: object,
    ) -> int:
        """Write the file into out/ and its row into the hub; returns the row's id."""
        name = f"佣金对账_{period}.xlsx"
        place = self.settings.out_dir / (path or f"commission/{name}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
        values = {
            "file_name": name,
            "path": path or f"commission/{name}",
            "sha256": hashlib.sha256(raw).hexdigest(),
            "size": len(raw),
            "created_at": self.now,
            "figures": figures,
        }
        with hub_session(self.engine) as session:
            row = session.scalar(select(Workbook).filter_by(kind="commission", period=period))
            row = row or Workbook(kind="commission", period=period)
            for column, value in values.items():
                setattr(row, column, value)
            session.add(row)
            session.flush()
            return row.id

    def add_question(self, identifier: str = "编号 K7Q2", flow_run_id: str | None = None) -> int:
        """A portal's captcha that waits for two minutes; the question's id."""
        asked = Asked("kehutong", "客户通（kehutong）", identifier, _PIXEL, 120, flow_run_id)
        with hub_session(self.engine) as session:
            return ask(session, asked, self.now).id

    def events(self) -> list[tuple[str, str]]:
        """The audit trail as (username, action), oldest first."""
        with hub_session(self.engine, read_only=True) as session:
            rows = session.scalars(select(DeskEvent).order_by(DeskEvent.id))
            return [(row.username, row.action) for row in rows]


def csrf_of(page: httpx.Response) -> str:
    """The token that the page's form carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def sign_in(
    client: httpx.Client, username: str = "caiwu", password: str = PASSWORD, next_path: str = "/"
) -> httpx.Response:
    """Fill in the login form as a browser would."""
    token = csrf_of(client.get("/login"))
    form = {"csrf_token": token, "username": username, "password": password, "next": next_path}
    return client.post("/login", data=form)


@contextmanager
def run_desk(engine: Engine, data_dir: Path, **overrides: object) -> Iterator[RunningDesk]:
    """A desk on a free port until the block ends."""
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        database_url=engine.url.render_as_string(hide_password=False),
        desk_session_key=SecretStr("k" * 64),
        **overrides,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(settings, clock=lambda: desk.now)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        desk = RunningDesk(url, engine, settings, app.state.desk.addresses)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield desk
        finally:
            for client in desk.clients:
                client.close()
            server.should_exit = True
            thread.join()
            app.state.desk.engine.dispose()


@pytest.fixture
def desk(hub: Engine, tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk with one person of finance, ``caiwu``."""
    with run_desk(hub, tmp_path) as running:
        running.add_user("caiwu")
        yield running
