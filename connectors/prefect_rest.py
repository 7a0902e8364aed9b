"""A Prefect server by its REST API, for what stays small and does not load Prefect: desk, demo, `run`."""

from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bots.errors import PortalUnavailable, SetupInvalid

_SECONDS = 30.0
_SERVER_REMEDY = "确认 brokerflow server 和 brokerflow worker 已启动，且运行过 brokerflow deploy"
_AUTH_REMEDY = (
    "在 .env 中把 PREFECT_API_AUTH_STRING 写成与服务端 PREFECT_SERVER_API_AUTH_STRING 相同，再重新运行"
)
_RESUME_REMEDY = "在 Prefect 界面打开这次运行，点“Resume”；答案已经记下"
_FINAL = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


class ServerSilent(PortalUnavailable):
    """The Prefect server did not take the call."""

    title = "Prefect 服务没有应答"


class NotPaused(ServerSilent):
    """The run has not come to its pause yet: it reads the answer before it pauses."""

    title = "运行尚未暂停"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """State of a flow run: Prefect's state type, its message, and the run's own seconds."""

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


class PrefectServer:
    """The server at ``api_url`` (``.../api``). Every call raises ServerSilent when it is not answered.

    ``auth`` is the ``user:password`` of a protected server.
    """

    def __init__(self, api_url: str | None, auth: SecretStr | None = None) -> None:
        """Raises SetupInvalid when no server is named."""
        if not api_url:
            raise SetupInvalid(
                "没有设置 PREFECT_API_URL，不知道 Prefect 服务在哪里。",
                remedy="启动 brokerflow server，并在 .env 中写明 PREFECT_API_URL，例如 http://127.0.0.1:4200/api。",
            )
        headers = {"Authorization": f"Basic {_encoded(auth)}"} if auth else {}
        self._http = httpx.Client(base_url=api_url, headers=headers, timeout=_SECONDS)

    def start_deployment(self, name: str, parameters: dict[str, Any]) -> str:
        """Queue a run of ``flow name/deployment name``; returns the flow run id at once."""
        found = self._ask("GET", f"/deployments/name/{quote(name)}")
        run = self._ask("POST", f"/deployments/{found['id']}/create_flow_run", {"parameters": parameters})
        return str(run["id"])

    def read_run(self, flow_run_id: str) -> RunStatus:
        """Current status of one flow run."""
        run = self._ask("GET", f"/flow_runs/{flow_run_id}")
        state = run["state"] or {"type": "PENDING", "message": None}
        return RunStatus(
            state=state["type"],
            is_final=state["type"] in _FINAL,
            message=state["message"] or "",
            run_seconds=run["total_run_time"],
        )

    def read_steps(self, flow_run_id: str) -> list[RunStep]:
        """Every task of a run and its subflows, oldest first; a subflow counts as one step of its parent."""
        run_ids = [flow_run_id]
        for run_id in run_ids:
            of_parent = {"flow_runs": {"parent_flow_run_id": {"any_": [run_id]}}}
            run_ids += [child["id"] for child in self._ask("POST", "/flow_runs/filter", of_parent)]
        question = {"flow_runs": {"id": {"any_": run_ids}}, "sort": "EXPECTED_START_TIME_ASC"}
        return [
            RunStep(task["id"], task["name"], task["state_type"] or "PENDING", task["total_run_time"])
            for task in self._ask("POST", "/task_runs/filter", question)
        ]

    def resume_run(self, flow_run_id: str, run_input: dict[str, Any]) -> None:
        """Let a paused flow run go on. Raises NotPaused when the run does not wait (yet)."""
        answer = self._ask(
            "POST", f"/flow_runs/{flow_run_id}/resume", {"run_input": run_input}, remedy=_RESUME_REMEDY
        )
        if answer["status"] != "ACCEPT":
            raise NotPaused(f"运行 {flow_run_id} 还没有暂停。", remedy="不必再做什么：它会自己读到答案")

    def _ask(
        self, method: str, path: str, json: dict[str, Any] | None = None, *, remedy: str = _SERVER_REMEDY
    ) -> Any:
        try:
            answer = self._http.request(method, path, json=json)
        except httpx.HTTPError as error:
            raise ServerSilent(f"{path} 没有应答（{type(error).__name__}）。", remedy=remedy) from None
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise ServerSilent(f"{path} 得到 HTTP 401：Prefect 服务要求口令。", remedy=_AUTH_REMEDY)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise ServerSilent(f"{path} 得到 HTTP {answer.status_code}。", remedy=remedy)
        return answer.json()


def _encoded(auth: SecretStr) -> str:
    return b64encode(auth.get_secret_value().encode()).decode("ascii")
