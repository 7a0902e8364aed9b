"""`brokerflow demo`: the demo brokerage's night on a real Prefect server and worker, printed step by step."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bots.errors import SetupInvalid
from cli.stage import DEMO_BUSINESS_DATE, DEMO_HOME, Ports, Stage, open_stage

if TYPE_CHECKING:
    from connectors.prefect_rest import RunStep

DEPLOYMENT = "夜间批处理/每晚"
POLL_SECONDS = 1.0
NIGHT_LIMIT_SECONDS = 600


def run_demo(home: Path = DEMO_HOME, sandbox_options: Sequence[str] = ()) -> None:
    """Play the night of 2026-11-06 and print what came home; a second run changes nothing.

    Raises typer.Exit(1) when the night did not complete.
    """
    print("启动演示环境（模拟保司系统、Prefect 服务与工作进程、工作台）……", flush=True)
    with open_stage(home, Ports(), schedules=False, sandbox_options=sandbox_options) as stage:
        for part, seconds in stage.start_seconds.items():
            print(f"  {seconds:5.1f} 秒  {part}就绪")
        print()
        is_complete = play_night(stage)
        from cli.night_report import print_night  # noqa: PLC0415 - its memory is not the night's

        print_night(stage, date.fromisoformat(DEMO_BUSINESS_DATE))
    if not is_complete:
        raise typer.Exit(1)


def play_night(stage: Stage) -> bool:
    """Queue the night, follow it to its end, print steps, time and memory; whether it completed."""
    from connectors.prefect_rest import PrefectServer  # noqa: PLC0415 - keeps --help fast

    server = PrefectServer(stage.settings.prefect_api_url, stage.settings.prefect_auth)
    queued = time.monotonic()
    run_id = server.start_deployment(DEPLOYMENT, {"business_date": DEMO_BUSINESS_DATE})
    print(
        f"夜间批处理 {DEMO_BUSINESS_DATE} 已触发，可在 {stage.prefect_url}/runs/flow-run/{run_id} 查看",
        flush=True,
    )
    shown: set[str] = set()
    peak = 0
    status = server.read_run(run_id)
    while not status.is_final:
        if time.monotonic() - queued > NIGHT_LIMIT_SECONDS:
            raise SetupInvalid(
                f"夜间批处理 {NIGHT_LIMIT_SECONDS} 秒内没有结束。",
                remedy=f"查看 {stage.services.log_path('worker')}。",
            )
        stage.services.require_alive()
        time.sleep(POLL_SECONDS)
        peak = max(peak, stage.services.memory_bytes())
        shown |= _print_steps(server.read_steps(run_id), shown)
        status = server.read_run(run_id)
    _print_steps(server.read_steps(run_id), shown)
    print(
        f"夜间批处理 {status.state}：流程 {status.run_seconds:.1f} 秒，"
        f"从触发到结束 {time.monotonic() - queued:.1f} 秒，内存峰值 {peak / 2**20:.0f} MB（PSS，全部进程）"
    )
    if status.state != "COMPLETED":
        print(f"原因：{status.message}")
    return status.state == "COMPLETED"


def _print_steps(steps: "list[RunStep]", shown: set[str]) -> set[str]:
    """Print the steps that ended since; the ids of all that ended."""
    words = {"COMPLETED": "完成", "FAILED": "失败", "CRASHED": "崩溃"}
    ended = [step for step in steps if step.state in words]
    for step in ended:
        if step.step_id not in shown:
            print(f"  {words[step.state]} {step.name}  {step.seconds:.1f} 秒", flush=True)
    return {step.step_id for step in ended}
