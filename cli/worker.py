"""`brokerflow worker`: the one process that runs flows on this machine."""

import os
import sys
from typing import NoReturn

from config.settings import get_settings

POOL = "brokerflow"


def run_worker() -> NoReturn:
    """Become a Prefect process worker; on SQLite a second one is refused.

    Raises HubBusy when the hub is SQLite and another worker holds it.
    """
    from connectors.database.engine import (  # noqa: PLC0415 - keeps --help fast
        database_file,
        hold_worker_lock,
        open_hub,
    )

    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    hub_file = database_file(open_hub(get_settings().hub_url))
    if hub_file is None:
        os.execv(sys.executable, command)  # noqa: S606 - a fixed command of ours
    with hold_worker_lock(hub_file) as place:
        os.set_inheritable(place, True)
        os.execv(sys.executable, command)  # noqa: S606 - a fixed command of ours
