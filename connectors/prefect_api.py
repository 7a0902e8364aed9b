"""The Prefect server as seen from outside a flow; with flows/ the only importer of prefect."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import cast

from prefect.blocks.system import Secret
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker

HEARTBEAT = "prefect.flow-run.heartbeat"
SILENT_AFTER = timedelta(seconds=90)


def read_secret_block(name: str) -> str | None:
    """Value of the Prefect Secret block for ``name`` (snake case becomes kebab case); None when absent."""
    try:
        block = cast("Secret[str]", Secret.load(name.replace("_", "-")))
    except ValueError:
        return None
    return str(block.get())


def ensure_process_pool(name: str) -> None:
    """A work pool whose runs are processes on the worker's machine; an existing one stays as it is."""
    pool = WorkPoolCreate(
        name=name,
        type=ProcessWorker.type,
        base_job_template=ProcessWorker.get_default_base_job_template(),
    )
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(pool)


def crash_silent_runs(now: datetime) -> list[str]:
    """Mark runs crashed whose process died without a word (kill -9, power): they would hold their place.

    Returns their names. An automation of Prefect could do it, but its trigger writes at every heartbeat
    and every end of a run, and on SQLite those writes collide with the server's own ("database is locked").
    """
    running = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING])))
    with get_client(sync_client=True) as client:
        silent = [
            run
            for run in client.read_flow_runs(flow_run_filter=running)
            if now - _last_sign(client, run) > SILENT_AFTER
        ]
        for run in silent:
            words = "运行进程失去心跳，已标记为崩溃；可以直接重新运行。"
            client.set_flow_run_state(run.id, Crashed(message=words), force=True)
    return [run.name for run in silent]


def _last_sign(client: SyncPrefectClient, run: FlowRun) -> datetime:
    """The run's last heartbeat, else its start."""
    question = {
        "filter": {"event": {"name": [HEARTBEAT]}, "resource": {"id": [f"prefect.flow-run.{run.id}"]}},
        "limit": 1,
    }
    events = client.request("POST", "/events/filter", json=question).json()["events"]
    if events:
        return datetime.fromisoformat(events[0]["occurred"])
    return run.start_time or datetime.now(UTC)
