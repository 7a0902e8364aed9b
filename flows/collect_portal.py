"""采集单家保司: one portal, from login to proved completeness."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from bots.errors import BrowserLost, BusinessError, ExtractionIncomplete
from bots.portal.datasets import DownloadDataset, FileDataset, ListDataset, PopupDataset
from bots.portal.fill_rates import prove_fill
from bots.portal.kept import KeptSession
from bots.portal.pace import prove_open
from bots.portal.recipe import Recipe
from bots.portal.session import PortalSession, open_session
from bots.records import DatasetReport, Period
from config.settings import get_settings
from connectors.browser import open_context
from connectors.collection_log import (
    VisitKey,
    begin_collection,
    expect_collection,
    forget_marks,
    hold_account,
    last_complete,
    record_report,
)
from connectors.database.engine import session
from connectors.evidence import EvidenceFolder
from connectors.portal_accounts import kept_session, remembered_refusals
from connectors.portal_recipes import load_recipe
from connectors.portal_store import check_datasets, needs_insurer, require_insurer
from connectors.portal_withdrawals import Walk, forget_unseen
from connectors.secrets import read_secret
from connectors.wiring import hub
from flows.house import SHORTEST_RETRY_SECONDS, PeriodText, business_date_of_run, may_retry, shanghai_now
from flows.portal_questions import ask_operations
from flows.portal_visit import Visit, distrust, kept_for_the_next_run, walk_list

# Commissions end within five years of issue, contests and transfers look back further. Premiums
# of that time explain what a statement pays late or twice.
HISTORY = timedelta(days=3660)


class PortalResult(BaseModel):
    """What one portal brought home."""

    insurer: str
    datasets: list[DatasetReport]


@flow(name="采集单家保司", flow_run_name="采集 {insurer}")
def collect_portal(
    insurer: str, business_date: date | None = None, period: PeriodText | None = None
) -> PortalResult:
    """采集一家保司的保单、保费、批改和佣金结算单，核对行数与合计后才算完成。

    每晚由“采集保司数据”调用，运营也可以单独重跑；重复运行不会多出数据，中途被杀后重跑即可补全。

    Args:
        insurer: 保司代码，即 config/portals/ 下的文件名，例如 taian
        business_date: 业务日期；留空为本次运行计划的日期（上海时间）
        period: 结算月，例如 2026-10；留空为业务日期的上一个月
    """
    day = business_date or business_date_of_run()
    month = Period.parse(period) if period else Period.before(day)
    recipe = load_recipe(insurer)
    with session(hub()) as current:
        expect_collection(current, insurer, day)
    check_datasets(recipe, f"config/portals/{insurer}.yaml")
    if not get_settings().ignore_open_hours:
        prove_open(recipe, shanghai_now())
    credentials = {name: read_secret(full).get_secret_value() for name, full in recipe.secret_names.items()}
    with hold_account(hub(), insurer) as lease, remembered_refusals(hub(), insurer, credentials):
        with lease.saving() as current:
            if needs_insurer(recipe):
                require_insurer(current, insurer)
            begin_collection(current, insurer, day)

        def stay(reports: list[DatasetReport]) -> None:
            with lease.saving() as current:
                kept = kept_session(current, insurer)
            with logged_in(recipe, day, credentials, kept) as portal:
                visit = Visit(portal, lease, recipe, day)
                with kept_for_the_next_run(visit):
                    collect_all(visit, month, reports)

        reports = stay_to_the_end(stay)
    publish_reports(insurer, reports)
    return PortalResult(insurer=insurer, datasets=reports)


@contextmanager
def logged_in(
    recipe: Recipe, day: date, credentials: dict[str, str], kept: str | None
) -> Iterator[PortalSession]:
    """A portal in a browser of its own; ``kept`` is the session of an earlier run, if any."""
    settings, insurer = get_settings(), recipe.slug
    base_url = settings.portal_base_urls.get(insurer, recipe.base_url)
    evidence = EvidenceFolder(settings.evidence_dir / insurer / day.isoformat())
    asker, known = ask_operations(insurer), read_kept(kept)
    with open_context(settings) as context:
        yield log_in(
            lambda: open_session(context, recipe, credentials, base_url, evidence, asker=asker, kept=known)
        )


def read_kept(text: str | None) -> KeptSession | None:
    """A session of an earlier run; what another version wrote is as good as none."""
    try:
        return KeptSession.from_json(text) if text else None
    except ValueError:
        get_run_logger().warning("保存的会话已不能使用，重新登录")
        return None


def stay_to_the_end(stay: Callable[[list[DatasetReport]], None]) -> list[DatasetReport]:
    """The reports of a stay; where the browser dies, a new one goes on behind what is complete, once."""
    reports: list[DatasetReport] = []
    try:
        stay(reports)
    except BrowserLost as error:
        get_run_logger().warning("%s 换一个新的浏览器继续。", error)
        stay(reports)
    return reports


def collect_all(visit: Visit, month: Period, reports: list[DatasetReport]) -> None:
    """Every list of the recipe that ``reports`` lacks, in its order, with what is behind its rows.

    What asks for numbers is for ``brokerflow portal try``: a night has none to ask about.
    """
    complete = {report.dataset for report in reports}
    for dataset, rules in visit.recipe.datasets.items():
        if isinstance(rules, PopupDataset | DownloadDataset) or dataset in complete:
            continue
        if isinstance(rules, ListDataset) and rules.number_parameters:
            continue
        children = list(visit.recipe.children_of(dataset))
        reports += collect_list(visit, dataset, children, list_parameters(rules, visit.day, month))


@task(
    name="登录",
    task_run_name="登录",
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def log_in(enter: Callable[[], PortalSession]) -> PortalSession:
    """Log in; a portal that is down is asked again, a refused login never."""
    return enter()


@task(
    name="采集数据集",
    task_run_name="采集 {dataset}",
    retries=2,
    retry_delay_seconds=[SHORTEST_RETRY_SECONDS, 15],
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def collect_list(
    visit: Visit, dataset: str, children: list[str], answers: dict[str, str]
) -> list[DatasetReport]:
    """Walk one list once, its rows' windows and files with it; complete or failed, never in between.

    Only a complete walk takes back what the insurer no longer shows.
    """
    logger = get_run_logger()
    walk, key = Walk(visit.insurer, answers), VisitKey(visit.insurer, visit.day, answers)
    names = (dataset, *children)
    try:
        unfit = walk_list(visit, walk, key, dataset)
    except BusinessError:
        distrust(visit, key, dataset)
        raise
    reports = [with_unfit(visit.portal.report(name), unfit[name]) for name in names]
    prove_fill_rates(visit, key, dataset, reports)
    with visit.lease.saving() as current:
        gone = {name: forget_unseen(current, walk, name) for name in names}
        forget_marks(current, key, dataset)
        for report in reports:
            record_report(current, visit.insurer, visit.day, report)
    for report in reports:
        logger.info("%s 完成：%s 行 / 应有 %s 行", report.dataset, report.rows, report.expected)
        if report.emptied:
            logger.warning("%s：%s 格无法识别，已留空", report.dataset, report.emptied)
        for said in report.fallbacks:
            logger.warning("%s（%s） %s：%s", visit.recipe.name, visit.insurer, report.dataset, said)
        if gone[report.dataset]:
            logger.warning("%s：保司不再显示 %s 行", report.dataset, gone[report.dataset])
    return reports


def prove_fill_rates(visit: Visit, key: VisitKey, dataset: str, reports: list[DatasetReport]) -> None:
    """A column that was full before and is empty now fails the dataset, though every count agrees."""
    for report in reports:
        with visit.lease.saving() as current:
            before = last_complete(current, visit.insurer, report.dataset, until=visit.day)
        rules = visit.recipe.datasets[report.dataset]
        try:
            prove_fill(report, before, rules, f"{visit.recipe.name}（{visit.insurer}） {report.dataset}")
        except ExtractionIncomplete:
            distrust(visit, key, dataset)
            raise


def with_unfit(report: DatasetReport, unfit: int) -> DatasetReport:
    """The portal's report after the hub set rows aside that contradict themselves; the sum stays."""
    return replace(report, rows=report.rows - unfit, set_aside=report.set_aside + unfit)


def list_parameters(rules: ListDataset | FileDataset, day: date, month: Period) -> dict[str, str]:
    """Answers to the questions of a list: the months and days that a night looks at."""
    known = {
        "from_date": (month.first_day - HISTORY).isoformat(),
        "to_date": day.isoformat(),
        "period": month.text,
    }
    return {name: known[name] for name in rules.parameters}


def publish_reports(insurer: str, reports: list[DatasetReport]) -> None:
    """A table for people in the Prefect UI."""
    titles = {
        "dataset": "数据集",
        "rows": "行数",
        "expected": "应有",
        "set_aside": "搁置",
        "emptied": "留空格",
        "fallbacks": "备用选择器",
        "seconds": "秒",
    }
    rows = [
        {titles[key]: value for key, value in asdict(report).items() if key in titles}
        | {titles["fallbacks"]: "；".join(report.fallbacks)}
        for report in reports
    ]
    create_table_artifact(
        table=rows, key=f"collect-{insurer.replace('_', '-')}", description=f"{insurer} 采集结果"
    )
