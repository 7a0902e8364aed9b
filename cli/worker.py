"""`brokerflow worker`: the one process that runs flows on this machine."""

import signal
import subprocess
import sys
from contextlib import nullcontext
from types import FrameType

from config.settings import get_settings

POOL = "brokerflow"


def run_worker() -> int:
    """Run a Prefect process worker until it is stopped; a second one on SQLite is refused.

    Raises HubBusy when the hub is SQLite and another worker holds it.
    """
    from connectors.database.engine import (  # noqa: PLC0415 - keeps --help fast
        database_file,
        hold_worker_lock,
        open_hub,
    )

    hub_file = database_file(open_hub(get_settings().hub_url))
    with hold_worker_lock(hub_file) if hub_file else nullcontext():
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
        worker = subprocess.Popen(command)

        def pass_on(number: int, _frame: FrameType | None) -> None:
            worker.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, pass_on)
        return worker.wait()
