"""The stage of `demo` and `up`: sandbox, Prefect server, worker and desk on one demo brokerage."""

import json
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bots.errors import HubBusy, SetupInvalid
from cli.services import LOOPBACK, Services, free_port
from config.settings import PREFECT_PROCESS, PROJECT_ROOT, Settings, adopted_environment
from connectors.database.worker_lock import hold_worker_lock

DEMO_HOME = PROJECT_ROOT / "data" / "demo-night"
DEMO_BUSINESS_DATE = "2026-11-06"
BANK_FOLDER = "zhonghe"
DESK_USER, OPS_USER = "finance", "ops"
DESK_PASSWORD = "demo-night-2026"  # noqa: S105 - opens the loopback demo only, printed on start


# Portals of the sandbox beside the demo brokerage's own insurer: collected when somebody asks for it.
MORE_PORTALS = ("kanghe", "ruixiang", "mingde", "kehutong")
# Known to the sandbox alone: its portals' accounts, two chat robots, and telephones that nobody has.
_DEMO_SECRETS = {
    "BROKERFLOW_SECRET_TAIAN_USER": "brokerflow",
    "BROKERFLOW_SECRET_TAIAN_PASSWORD": "taian-demo-2026",
    "BROKERFLOW_SECRET_WECOM_ROBOT_OPERATIONS": "demo-robot-operations",
    "BROKERFLOW_SECRET_WECOM_ROBOT_FINANCE": "demo-robot-finance",
    "BROKERFLOW_SECRET_SMS_PHONE_OPERATIONS": "13000000001",
    "BROKERFLOW_SECRET_SMS_PHONE_FINANCE": "13000000002",
    "BROKERFLOW_SECRET_SMS_ACCESS_KEY_ID": "demo-access-key",
    "BROKERFLOW_SECRET_SMS_ACCESS_KEY_SECRET": "demo-access-secret",
    "BROKERFLOW_SECRET_SMS_RELAY": "demo-sms-relay",
    **{f"BROKERFLOW_SECRET_{slug.upper()}_USER": "brokerflow" for slug in MORE_PORTALS},
    **{f"BROKERFLOW_SECRET_{slug.upper()}_PASSWORD": f"{slug}-demo-2026" for slug in MORE_PORTALS},
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports; 0 asks for any free one."""

    prefect: int = 0
    desk: int = 0
    sandbox: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, where, and after how many seconds each part was ready."""

    services: Services
    settings: Settings
    sandbox_url: str
    prefect_url: str
    desk_url: str
    sandbox_options: tuple[str, ...]
    start_seconds: dict[str, float]


@contextmanager
def open_stage(
    home: Path,
    ports: Ports,
    *,
    schedules: bool,
    sandbox_options: Sequence[str] = (),
    database_url: str | None = None,
) -> Iterator[Stage]:
    """Start everything on ``home``, yield when all of it answers, stop everything on the way out.

    ``sandbox_options`` choose another seed or size of the demo brokerage, ``database_url`` another hub
    than the SQLite file in ``home``.
    Raises SetupInvalid naming the service and its log when one does not start.
    """
    home.mkdir(parents=True, exist_ok=True)
    chosen = Ports(*(free_port(port) for port in (ports.prefect, ports.desk, ports.sandbox)))
    environment = stage_environment(home, chosen, schedules=schedules, database_url=database_url)
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal must not leave servers behind
        signal.signal(number, signal.default_int_handler)
    with (
        _hold_home(home),
        adopted_environment(environment) as settings,
        Services(home / "logs") as services,
    ):
        stage = Stage(
            services=services,
            settings=settings,
            sandbox_url=f"http://{LOOPBACK}:{chosen.sandbox}",
            prefect_url=f"http://{LOOPBACK}:{chosen.prefect}",
            desk_url=settings.desk_url,
            sandbox_options=tuple(sandbox_options),
            start_seconds={},
        )
        _start_all(stage, chosen)
        yield stage


@contextmanager
def _hold_home(home: Path) -> Iterator[None]:
    """Two stages on one home would share a Prefect database."""
    try:
        with hold_worker_lock(home / "stage"):
            yield
    except HubBusy as error:
        raise SetupInvalid(
            f"{home} 上已经有演示环境在运行。", remedy="先停止正在运行的 make up 或 make demo，再重试。"
        ) from error


def stage_environment(
    home: Path, ports: Ports, *, schedules: bool, database_url: str | None = None
) -> dict[str, str]:
    """Environment of every process on the stage; nothing of a production hub shines through."""
    home.mkdir(parents=True, exist_ok=True)
    sandbox = f"http://{LOOPBACK}:{ports.sandbox}"
    own = {
        "BROKERFLOW_DATA_DIR": str(home),
        "BROKERFLOW_DATABASE_URL": database_url or f"sqlite:///{home / 'hub.db'}",
        "BROKERFLOW_PORTAL_BASE_URLS": json.dumps(
            {slug: f"{sandbox}/{slug}/" for slug in ("taian", *MORE_PORTALS)}
        ),
        "BROKERFLOW_PORTALS": '["taian"]',
        "BROKERFLOW_IGNORE_OPEN_HOURS": "true",
        "BROKERFLOW_WECOM_BASE_URL": f"{sandbox}/wecom",
        "BROKERFLOW_SMS_BASE_URL": f"{sandbox}/sms",
        "BROKERFLOW_DESK_HOST": LOOPBACK,
        "BROKERFLOW_DESK_PORT": str(ports.desk),
        "BROKERFLOW_DESK_URL": f"http://{LOOPBACK}:{ports.desk}",
        # A firm's proxy knows nothing of this machine's loopback.
        "NO_PROXY": f"{LOOPBACK},localhost",
        "no_proxy": f"{LOOPBACK},localhost",
        **_DEMO_SECRETS,
        **_demo_keys(home),
    }
    if not schedules:
        own["PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED"] = "false"
    return own | prefect_environment(home / "prefect", ports.prefect)


def prefect_environment(home: Path, port: int) -> dict[str, str]:
    """Settings of a Prefect server and of everything that talks to it; telemetry off."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{LOOPBACK}:{port}/api",
        "PREFECT_UI_URL": f"http://{LOOPBACK}:{port}",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        **PREFECT_PROCESS,
    }


def _demo_keys(home: Path) -> dict[str, str]:
    path = home / "keys.env"
    if not path.exists():
        lines = [
            f"BROKERFLOW_MASTER_KEY={secrets.token_hex(16)}",
            f"BROKERFLOW_LOOKUP_KEY={secrets.token_hex(32)}",
            f"BROKERFLOW_DESK_SESSION_KEY={secrets.token_hex(32)}",
        ]
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return dict(line.split("=", 1) for line in path.read_text("utf-8").splitlines())


def _start_all(stage: Stage, ports: Ports) -> None:
    services, began = stage.services, time.monotonic()

    def note(part: str) -> None:
        stage.start_seconds[part] = time.monotonic() - began

    services.start("prefect-server", "-m", "cli.main", "server", "--port", str(ports.prefect))
    services.start("sandbox", "-m", "sandbox", "--port", str(ports.sandbox), *stage.sandbox_options)
    _command("-m", "cli.main", "hub", "migrate")
    _add_desk_user(DESK_USER, "finance", "演示财务")
    _add_desk_user(OPS_USER, "ops", "演示运营")
    services.start("desk", "-m", "cli.main", "desk", "serve")
    services.wait_healthy("sandbox", f"{stage.sandbox_url}/")
    note("模拟保司系统")
    services.wait_healthy("desk", f"{stage.desk_url}/healthz")
    note("工作台")
    services.wait_healthy("prefect-server", f"{stage.prefect_url}/api/health")
    note("Prefect 服务")
    _command("-m", "cli.main", "deploy")
    services.start("worker", "-m", "cli.main", "worker")
    note("部署流程")
    fill_inbox(stage)
    note("收件目录")


def _add_desk_user(name: str, role: str, display_name: str) -> None:
    person = (name, "--role", role, "--display-name", display_name, "--password-stdin")
    _command("-m", "cli.main", "desk", "add-user", *person, text=DESK_PASSWORD)


def fill_inbox(stage: Stage) -> None:
    """What people of the demo brokerage drop in: the firm's master data and the bank's file."""
    master = stage.settings.inbox_dir / "master"
    master.mkdir(parents=True, exist_ok=True)
    for path in sorted((PROJECT_ROOT / "data" / "demo" / "master").glob("*.csv")):
        shutil.copyfile(path, master / path.name)
    bank = stage.settings.inbox_dir / "bank" / BANK_FOLDER
    _command("-m", "sandbox.brokerage", "--bank-file", str(bank), *stage.sandbox_options)


def _command(*arguments: str, text: str = "") -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise SetupInvalid(
            f"命令失败：{' '.join(arguments)}\n{(done.stderr or done.stdout)[-800:]}",
            remedy="运行 `make doctor` 检查环境，按提示修复后重试。",
        )
