"""采集保司数据: every portal, each on its own; no failure stops the others."""

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from pydantic import BaseModel

from bots.errors import ExtractionIncomplete
from bots.records import Period
from connectors.portal_recipes import nightly_portals
from flows.collect_portal import PortalResult, collect_portal
from flows.failures import Failure, describe_failure
from flows.house import PeriodText, business_date_of_run


class CollectResult(BaseModel):
    """What the portals of a night brought home, and which failed."""

    portals: list[PortalResult]
    failures: list[Failure]


class SomePortalsFailed(ExtractionIncomplete):
    """Some portals failed; the others are complete and saved. ``result`` holds both."""

    title = "部分保司采集失败"

    def __init__(self, what: str, *, remedy: str, result: CollectResult | None = None) -> None:
        super().__init__(what, remedy=remedy)
        self.result = result


@flow(name="采集保司数据", flow_run_name="采集保司数据")
def collect_portals(
    business_date: date | None = None, period: PeriodText | None = None, insurers: list[str] | None = None
) -> CollectResult:
    """从各家保司的系统采集保单、保费、批改和佣金结算单。

    每晚由“夜间批处理”调用，运营可以随时触发。某一家失败时其他家照常进行，最后以失败结束并列出原因；重复运行结果不变。

    Args:
        business_date: 业务日期；留空为本次运行计划的日期（上海时间）
        period: 结算月，例如 2026-10；留空为业务日期的上一个月
        insurers: 只采集这些保司（代码列表，例如 ["taian"]）；留空为 BROKERFLOW_PORTALS 中的，未设置时为全部
    """
    day = business_date or business_date_of_run()
    month = Period.parse(period) if period else Period.before(day)
    logger = get_run_logger()
    portals: list[PortalResult] = []
    failures: list[Failure] = []
    for insurer in insurers or nightly_portals():
        logger.info("开始采集 %s", insurer)
        state: State[PortalResult] = collect_portal(insurer, day, month.text, return_state=True)
        outcome = state.result(raise_on_failure=False)
        if isinstance(outcome, PortalResult):
            portals.append(outcome)
        else:
            failures.append(describe_failure(insurer, outcome))
    result = CollectResult(portals=portals, failures=failures)
    _publish(result)
    if failures:
        raise SomePortalsFailed(
            "；".join(f"{failure.place}：{failure.title}。{failure.what}" for failure in failures),
            remedy="按每家的处理办法排除后，只对失败的保司重新运行“采集保司数据”。",
            result=result,
        )
    return result


def _publish(result: CollectResult) -> None:
    lines = ["| 保司 | 数据集 | 行数 | 应有 | 搁置 |", "|---|---|---|---|---|"]
    lines += [
        f"| {portal.insurer} | {r.dataset} | {r.rows} | {r.expected} | {r.set_aside} |"
        for portal in result.portals
        for r in portal.datasets
    ]
    lines += [
        f"\n**{f.place} 失败**：{f.title}。{f.what} 处理办法：{f.remedy}（{f.who}）" for f in result.failures
    ]
    create_markdown_artifact("\n".join(lines), key="collect-portals", description="采集保司数据")
