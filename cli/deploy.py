"""`brokerflow deploy`: work pool, deployments of prefect.yaml and automations on the Prefect server."""

import subprocess
import sys

from bots.errors import SetupInvalid
from cli.worker import POOL
from config.settings import PROJECT_ROOT


def run_deploy() -> None:
    """Bring the Prefect server named by PREFECT_API_URL to what the repository says; safe to repeat.

    Raises SetupInvalid with Prefect's own words when the server refuses or does not answer.
    """
    from connectors.prefect_api import (  # noqa: PLC0415 - keeps --help fast
        ensure_process_pool,
        ensure_silent_run_automation,
    )

    ensure_process_pool(POOL)
    _prefect("--no-prompt", "deploy", "--all")
    ensure_silent_run_automation()


def _prefect(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout)[-800:]
        raise SetupInvalid(
            f"prefect {' '.join(arguments)} 失败：{words}",
            remedy="确认 Prefect 服务已启动（make up），环境变量 PREFECT_API_URL 指向它，然后重试。",
        )
