"""`brokerflow deploy`: work pool and deployments of prefect.yaml on the Prefect server."""

import subprocess
import sys

import httpx

from bots.errors import SetupInvalid
from cli.worker import POOL, prefect_client_environment
from config.settings import PROJECT_ROOT, adopted_environment

REMEDY = "确认 Prefect 服务已启动（brokerflow server），PREFECT_API_URL 指向它，然后重试。"


def run_deploy() -> None:
    """Bring the Prefect server named by PREFECT_API_URL to what the repository says; safe to repeat.

    Raises SetupInvalid with Prefect's own words when the server refuses or does not answer.
    """
    with adopted_environment(prefect_client_environment()) as settings:
        from connectors.prefect_api import ensure_process_pool  # noqa: PLC0415 - reads settings on import

        try:
            ensure_process_pool(POOL)
            _deploy_all()
        except httpx.HTTPError as error:
            raise SetupInvalid(
                f"Prefect 服务 {settings.prefect_api_url} 没有应答（{type(error).__name__}）。", remedy=REMEDY
            ) from error


def _deploy_all() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout)[-800:]
        raise SetupInvalid(f"prefect deploy 失败：{words}", remedy=REMEDY)
