"""夜间批处理: master data, portals, reconciliation, digest; one run a night."""

from datetime import UTC, date, datetime
from uuid import uuid4

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from pydantic import BaseModel

from bots.errors import BusinessError
from bots.records import Notice, Period
from config.settings import get_settings
from connectors.database.engine import session
from connectors.evidence import forget_old_evidence
from connectors.master_data import import_inbox
from connectors.messages.outbox import enqueue
from connectors.messages.sender import SendReport, send_waiting
from connectors.portal_accounts import expiry_warning, list_accounts
from connectors.wiring import hub, message_book, transports
from flows.collect_portals import CollectResult, SomePortalsFailed, collect_portals
from flows.failures import Failure, describe_failure
from flows.house import PeriodText, business_date_of_run, may_retry
from flows.night_notices import digest_notices, failure_notices
from flows.reconcile_commissions import ReconcileResult, reconcile_commissions

STEP_MASTER, STEP_COLLECT, STEP_RECONCILE, STEP_TELL = "导入公司资料", "采集保司数据", "佣金对账", "发送消息"
STEP_FORGET = "清理过期证据"


class NightIncomplete(BusinessError):
    """A night ended, but not all of its parts did; people have been told which."""

    title = "夜间批处理未全部完成"


class NightResult(BaseModel):
    """What a whole night did."""

    business_date: date
    collected: CollectResult
    reconciled: ReconcileResult


@flow(name="夜间批处理", flow_run_name="夜间批处理")
def nightly(business_date: date | None = None, period: PeriodText | None = None) -> NightResult:
    """导入公司资料，采集各保司，佣金对账，生成财务工作簿，清理过期证据，发送夜间摘要。

    每天凌晨自动运行。资料来自 config/portals/ 中的各家保司和收件目录。同一业务日期重复运行：数据不重复，
    消息不发第二次，工作簿数字相同。某一家保司失败不影响其他家，最后以失败结束并通知运营。

    Args:
        business_date: 业务日期；留空为本次运行计划的日期（上海时间）
        period: 结算月，例如 2026-10；留空为业务日期的上一个月
    """
    day = business_date or business_date_of_run()
    month = Period.parse(period) if period else Period.before(day)
    failures = _take_in_master_data()
    is_master_sound = not failures
    collected = _collect(day, month, failures)
    # A settlement on yesterday's rates would look right and be wrong.
    reconciled = _reconcile(day, month, failures) if is_master_sound else None
    _forget_evidence(failures)
    notices = failure_notices(day, failures, {failure.place for failure in collected.failures})
    if reconciled:
        notices += digest_notices(day, collected, reconciled, due_passwords(day))
    failures += untold(tell_people(notices))
    if failures or reconciled is None:
        raise NightIncomplete(
            "；".join(f"{failure.place}：{failure.what}" for failure in failures),
            remedy="按每一项的处理办法排除后，用同一业务日期重新运行“夜间批处理”。",
        )
    return NightResult(business_date=day, collected=collected, reconciled=reconciled)


@task(
    name="导入公司资料",
    task_run_name="导入公司资料",
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def take_in_master_data() -> None:
    """Agents, products, rates and caps from the inbox, each file whole or not at all."""
    logger = get_run_logger()
    for name, count in import_inbox(hub(), get_settings().inbox_dir):
        figures = (count.inserted, count.updated, count.unchanged, count.removed)
        logger.info("%s：新增 %s，更新 %s，不变 %s，删除 %s", name, *figures)


@task(name="清理过期证据", task_run_name="清理过期证据", cache_policy=NO_CACHE)
def forget_evidence() -> None:
    """Evidence of failures is kept for the days that the settings say, and no longer."""
    settings = get_settings()
    gone = forget_old_evidence(settings.evidence_dir, datetime.now(UTC), settings.evidence_days)
    get_run_logger().info("删除 %s 天以前的证据 %s 个文件", settings.evidence_days, gone)


@task(name="发送消息", task_run_name="发送消息", cache_policy=NO_CACHE)
def tell_people(notices: list[Notice]) -> SendReport:
    """Put the notices into the outbox and send what waits; what was sent before is not sent again."""
    now = datetime.now(UTC)
    book = message_book()
    with session(hub()) as current:
        added = sum(enqueue(current, notice, book, now) for notice in notices)
    report = send_waiting(hub(), transports(), now, owner=f"nightly:{uuid4().hex[:12]}")
    get_run_logger().info(
        "消息：新增 %s 条，发出 %s，待重试 %s，失败 %s，结果未知 %s，暂缓 %s",
        *(added, report.sent, report.left, report.failed, report.unknown, report.held),
    )
    return report


def due_passwords(day: date) -> list[str]:
    """A sentence for every portal account whose password runs out within a week."""
    with session(hub(), read_only=True) as current:
        warnings = [expiry_warning(account, day) for account in list_accounts(current)]
    return [warning for warning in warnings if warning]


def untold(report: SendReport) -> list[Failure]:
    """People who were not told are a failure of the night, whatever else went well."""
    if not (report.failed or report.unknown or report.held):
        return []
    return [
        Failure(
            place=STEP_TELL,
            title="有消息没有送达",
            what=f"失败 {report.failed} 条，结果未知 {report.unknown} 条，缺少地址而暂缓 {report.held} 条。",
            remedy="运行 brokerflow messages list 查看原因并处理。",
            who="运营",
        )
    ]


def _take_in_master_data() -> list[Failure]:
    """The failure of the firm's own files, if any; the night collects all the same."""
    state: State[None] = take_in_master_data(return_state=True)
    outcome = state.result(raise_on_failure=False)
    return [] if outcome is None else [describe_failure(STEP_MASTER, outcome)]


def _collect(day: date, month: Period, failures: list[Failure]) -> CollectResult:
    state: State[CollectResult] = collect_portals(day, month.text, return_state=True)
    outcome = state.result(raise_on_failure=False)
    if isinstance(outcome, SomePortalsFailed) and outcome.result:
        outcome = outcome.result
    if isinstance(outcome, CollectResult):
        failures += outcome.failures
        return outcome
    failures.append(describe_failure(STEP_COLLECT, outcome))
    return CollectResult(portals=[], failures=[])


def _forget_evidence(failures: list[Failure]) -> None:
    """What cannot be removed is a failure of the night: the promise of its end would be broken quietly."""
    state: State[None] = forget_evidence(return_state=True)
    outcome = state.result(raise_on_failure=False)
    if outcome is not None:
        failures.append(describe_failure(STEP_FORGET, outcome))


def _reconcile(day: date, month: Period, failures: list[Failure]) -> ReconcileResult | None:
    """Reconcile what is at home; a failure is added to the list, and the night goes on to tell people."""
    state: State[ReconcileResult] = reconcile_commissions(month.text, day, return_state=True)
    outcome = state.result(raise_on_failure=False)
    if isinstance(outcome, ReconcileResult):
        return outcome
    failures.append(describe_failure(STEP_RECONCILE, outcome))
    return None
