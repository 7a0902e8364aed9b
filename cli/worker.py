"""`brokerflow worker`: the one process that runs flows on this machine."""

import os
import sys
from contextlib import nullcontext
from typing import NoReturn

from bots.errors import SetupInvalid
from config.settings import PREFECT_PROCESS, get_settings, process_environment

POOL = "brokerflow"


def run_worker() -> NoReturn:
    """Become a Prefect process worker; on SQLite a second one is refused.

    Raises HubBusy when the hub is SQLite and another worker holds it, SetupInvalid without a server.
    """
    from connectors.database.engine import (  # noqa: PLC0415 - keeps --help fast
        database_file,
        hold_worker_lock,
        open_hub,
    )

    environment = process_environment() | prefect_client_environment()
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    hub_file = database_file(open_hub(get_settings().hub_url))
    with hold_worker_lock(hub_file) if hub_file else nullcontext() as place:
        if place is not None:
            os.set_inheritable(place, True)
        os.execve(sys.executable, command, environment)  # noqa: S606 - a fixed command of ours


def prefect_client_environment() -> dict[str, str]:
    """What a process needs to work for the Prefect server; raises SetupInvalid when none is named."""
    address = get_settings().prefect_api_url
    if not address:
        raise SetupInvalid(
            "没有设置 PREFECT_API_URL，不知道 Prefect 服务在哪里。",
            remedy="启动 brokerflow server，并在 .env 中写明 PREFECT_API_URL，例如 http://127.0.0.1:4200/api。",
        )
    return PREFECT_PROCESS | {"PREFECT_API_URL": address}
