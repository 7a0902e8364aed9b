"""The Prefect server as seen from outside a flow; with flows/ the only importer of prefect."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from prefect.blocks.system import Secret
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import TaskRunSort
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker

HEARTBEAT = "prefect.flow-run.heartbeat"
SILENT_AFTER = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class RunStatus:
    """State of a flow run: Prefect's state type, its message, and the run's own seconds."""

    flow_run_id: str
    state: str
    is_final: bool
    message: str
    run_seconds: float


@dataclass(frozen=True, slots=True)
class RunStep:
    """One task of a run: its name for people, Prefect's state type, its own seconds."""

    step_id: str
    name: str
    state: str
    seconds: float


def read_secret_block(name: str) -> str | None:
    """Value of the Prefect Secret block for ``name`` (snake case becomes kebab case); None when absent."""
    try:
        block = cast("Secret[str]", Secret.load(name.replace("_", "-")))
    except ValueError:
        return None
    return str(block.get())


def start_deployment(name: str, parameters: dict[str, Any]) -> str:
    """Queue a run of ``flow name/deployment name``; returns the flow run id at once."""
    run = run_deployment(name, parameters=parameters, timeout=0)
    assert isinstance(run, FlowRun)  # noqa: S101 - narrows a sync/async union for the type checker
    return str(run.id)


def read_run(flow_run_id: str) -> RunStatus:
    """Current status of one flow run."""
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(flow_run_id))
    state = run.state
    return RunStatus(
        flow_run_id=flow_run_id,
        state=state.type.value if state else "PENDING",
        is_final=bool(state and state.is_final()),
        message=(state.message or "") if state else "",
        run_seconds=run.total_run_time.total_seconds(),
    )


def read_steps(flow_run_id: str) -> list[RunStep]:
    """Every task of a run and of its subflows (a subflow counts as one step of its parent), oldest first."""
    with get_client(sync_client=True) as client:
        run_ids = [UUID(flow_run_id)]
        for run_id in run_ids:
            children = client.read_flow_runs(
                flow_run_filter=FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run_id]))
            )
            run_ids += [child.id for child in children]
        tasks = client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=run_ids)),
            sort=TaskRunSort.EXPECTED_START_TIME_ASC,
        )
    return [
        RunStep(
            step_id=str(task.id),
            name=task.name,
            state=task.state_type.value if task.state_type else "PENDING",
            seconds=task.total_run_time.total_seconds(),
        )
        for task in tasks
    ]


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
