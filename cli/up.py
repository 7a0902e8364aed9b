"""`brokerflow up`: everything at fixed addresses until Ctrl-C."""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cli.stage import DEMO_HOME, DESK_PASSWORD, DESK_USER, OPS_USER, Ports, Stage, open_stage

PORTS = Ports(prefect=4200, desk=8600, sandbox=8700)


def run_up(home: Path = DEMO_HOME, ports: Ports = PORTS, sandbox_options: Sequence[str] = ()) -> None:
    """Start Prefect server, worker, deployments, desk and sandbox; stop them all on Ctrl-C or SIGTERM.

    One that ends by itself is started again; SetupInvalid with its log when it does so for the fourth time.
    """
    print("正在启动……", flush=True)
    with (
        suppress(KeyboardInterrupt),
        open_stage(home, ports, schedules=True, sandbox_options=sandbox_options) as stage,
    ):
        _print_addresses(stage)
        while True:
            for name in stage.services.revive():
                print(f"{name} 自行退出，已重新启动；日志 {stage.services.log_path(name)}", flush=True)
            time.sleep(1)
    print("已全部停止。")


def _print_addresses(stage: Stage) -> None:
    print(
        f"""
Prefect 界面      {stage.prefect_url}
工作台            {stage.desk_url}   用户 {DESK_USER} 或 {OPS_USER}  密码 {DESK_PASSWORD}
模拟保司系统      {stage.sandbox_url}
收到的消息        {stage.sandbox_url}/messages
日志              {stage.services.log_dir}

按 Ctrl-C 全部停止。""",
        flush=True,
    )
