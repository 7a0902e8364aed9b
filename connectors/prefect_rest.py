"""One call to Prefect's REST API for the desk, which stays small and does not load Prefect itself."""

from typing import Any

import httpx

from bots.errors import PortalUnavailable, SetupInvalid

_SECONDS = 10.0


class ServerSilent(PortalUnavailable):
    """The Prefect server did not take the call."""

    title = "Prefect 服务没有应答"


class NotPaused(ServerSilent):
    """The run has not come to its pause yet: it reads the answer before it pauses."""

    title = "运行尚未暂停"


def resume_run(api_url: str | None, flow_run_id: str, run_input: dict[str, Any]) -> None:
    """Let a paused flow run go on.

    Raises SetupInvalid when no server is named, ServerSilent when it does not answer,
    NotPaused when the run does not wait (yet).
    """
    if not api_url:
        raise SetupInvalid(
            "没有设置 PREFECT_API_URL，不能让暂停的运行继续。", remedy="在 .env 中写明 PREFECT_API_URL。"
        )
    try:
        answer = httpx.post(
            f"{api_url}/flow_runs/{flow_run_id}/resume", json={"run_input": run_input}, timeout=_SECONDS
        )
        answer.raise_for_status()
        if answer.json().get("status") != "ACCEPT":
            raise NotPaused(f"运行 {flow_run_id} 还没有暂停。", remedy="不必再做什么：它会自己读到答案")
    except httpx.HTTPError as error:
        raise ServerSilent(
            f"运行 {flow_run_id} 没有继续（{type(error).__name__}）。",
            remedy="在 Prefect 界面打开这次运行，点“Resume”；答案已经记下",
        ) from None
