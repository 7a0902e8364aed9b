"""`brokerflow portal run`: one portal through the Prefect server, as the form in its UI does."""

import time
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bots.errors import SetupInvalid

if TYPE_CHECKING:
    from connectors.prefect_rest import RunStatus

app = typer.Typer(rich_markup_mode=None)

DEPLOYMENT = "采集单家保司/手动"
_POLL_SECONDS = 1.0
_LONGEST_SECONDS = 4 * 3600


@app.command(help="在 Prefect 服务上采集一家保司并等它结束；采全时退出码为 0。")
def run(
    slug: Annotated[str, typer.Argument(help="保司代码，例如 taian")],
    on: Annotated[str, typer.Option("--date", help="业务日期，例如 2026-11-06；不写为今天（上海时间）")] = "",
) -> None:
    """Start the flow 采集单家保司, follow it, print rows and expected rows of each dataset."""
    from config.settings import TIME_ZONE  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_recipes import load_recipe  # noqa: PLC0415

    load_recipe(slug)
    day = _day(on) if on else datetime.now(ZoneInfo(TIME_ZONE)).date()
    status = _follow(slug, day)
    if status.state != "COMPLETED":
        print(f"{slug} {day} {status.state}：{status.message}")
        raise typer.Exit(1)
    _print_reports(slug, day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"日期应写成 2026-11-06，收到 {text}") from None


def _follow(slug: str, day: date) -> "RunStatus":
    """The run when it has ended, its states printed as they change.

    Raises SetupInvalid when no server is named, ServerSilent when it does not answer.
    """
    from config.settings import get_settings  # noqa: PLC0415 - keeps --help fast
    from connectors.prefect_rest import PrefectServer  # noqa: PLC0415

    settings = get_settings()
    server = PrefectServer(settings.prefect_api_url, settings.prefect_auth)
    run_id = server.start_deployment(DEPLOYMENT, {"insurer": slug, "business_date": day.isoformat()})
    print(f"{slug} {day} 已排队，运行编号 {run_id}")
    shown, deadline = "", time.monotonic() + _LONGEST_SECONDS
    while not (status := server.read_run(run_id)).is_final:
        if status.state != shown:
            shown = status.state
            print(f"  {shown} {status.message}".rstrip(), flush=True)
        if time.monotonic() > deadline:
            raise SetupInvalid(f"{slug} 的运行 {run_id} 4 小时没有结束。", remedy="在 Prefect 界面查看它")
        time.sleep(_POLL_SECONDS)
    return status


def _print_reports(slug: str, day: date) -> None:
    from connectors.collection_log import read_reports  # noqa: PLC0415 - keeps --help fast
    from connectors.database.engine import session  # noqa: PLC0415
    from connectors.portal_recipes import load_recipe  # noqa: PLC0415
    from connectors.wiring import hub  # noqa: PLC0415

    recipe = load_recipe(slug)
    with session(hub(), read_only=True) as current:
        reports = read_reports(current, slug, day)
    for report in reports:
        title = recipe.datasets[report.dataset].title
        print(f"{title} {report.dataset}  {report.rows}/{report.expected}  搁置 {report.set_aside}")
        for said in report.fallbacks:
            print(f"  备用选择器：{said}")
