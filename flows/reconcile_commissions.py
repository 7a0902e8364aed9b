"""佣金对账: ledger x statements x bank -> breaks, settlement lines, workbook."""

from datetime import date

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from bots.commission.reconciling import Reconciliation, reconcile
from bots.commission.rules import CommissionRules
from bots.commission.workbook import WorkbookMeta, write_workbook
from bots.errors import RecipeInvalid
from bots.money import format_yuan
from bots.portal.recipe import Recipe
from bots.records import Period
from config.settings import get_settings
from connectors.bank_inbox import import_bank_files
from connectors.collection_log import find_incomplete
from connectors.commission_rules import load_rules
from connectors.commission_store import (
    read_agent_names,
    read_source_files,
    read_sources,
    save_reconciliation,
    save_workbook,
)
from connectors.database.engine import session
from connectors.portal_recipes import load_recipe, nightly_portals
from connectors.portal_store import needs_insurer
from connectors.wiring import hub
from flows.house import PeriodText, business_date_of_run, flow_run_id, may_retry

EXCEPTIONS_SHOWN = 50
CONTROL_TITLES = {
    "own_due_fen": "应收佣金",
    "statement_fen": "结算单",
    "bank_fen": "银行到账",
    "payable_fen": "可发放",
    "held_fen": "暂挂",
}


class ReconcileResult(BaseModel):
    """What finance is told: figures in fen, breaks by Chinese class label, where the workbook is."""

    period: str
    controls: dict[str, int]
    tie_outs: dict[str, int]
    breaks_by_class: dict[str, int]
    incomplete: list[str]
    workbook_path: str
    workbook_url: str


@flow(name="佣金对账", flow_run_name="佣金对账")
def reconcile_commissions(
    period: PeriodText | None = None, business_date: date | None = None
) -> ReconcileResult:
    """公司台账、保司结算单、银行流水三方核对到分，逐笔说明差异原因，算出应付各业务员的佣金，生成财务工作簿。

    每晚由“夜间批处理”调用；财务补放银行流水后可随时重跑。同样的数据重跑，差异编号、金额和工作簿数字都不变。

    Args:
        period: 结算月，例如 2026-10；留空为业务日期的上一个月
        business_date: 业务日期；留空为本次运行计划的日期（上海时间）
    """
    day = business_date or business_date_of_run()
    month = Period.parse(period) if period else Period.before(day)
    take_in_bank_files(day)
    incomplete = find_incomplete_insurers()
    rules = load_rules()
    result = reconcile_period(month, day, rules)
    path, url = publish_workbook(result, month, day, incomplete)
    outcome = ReconcileResult(
        period=month.text,
        controls=result.controls,
        tie_outs=result.tie_outs,
        breaks_by_class=count_breaks(result, rules),
        incomplete=incomplete,
        workbook_path=path,
        workbook_url=url,
    )
    publish_artifacts(result, outcome, rules)
    return outcome


@task(
    name="读取银行流水",
    task_run_name="读取银行流水",
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def take_in_bank_files(day: date) -> None:
    """Read the inbox; a file that cannot be trusted stops the reconciliation."""
    logger = get_run_logger()
    for file in import_bank_files(hub(), get_settings().inbox_dir, day, flow_run_id()):
        logger.info("%s：%s 笔，其中新增 %s 笔", file.name, file.movements, file.new)


@task(
    name="三方核对",
    task_run_name="三方核对",
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def reconcile_period(month: Period, day: date, rules: CommissionRules) -> Reconciliation:
    """Reconcile and store in one go."""
    sources = read_sources(hub())
    result = reconcile(
        sources.ledger,
        sources.statements,
        sources.statement_lines,
        sources.bank_receipts,
        rules,
        month,
        day,
    )
    save_reconciliation(hub(), result, flow_run_id())
    get_run_logger().info("差异 %s 笔", len(result.breaks))
    return result


@task(
    name="生成工作簿",
    task_run_name="生成工作簿",
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=may_retry,
    cache_policy=NO_CACHE,
)
def publish_workbook(
    result: Reconciliation, month: Period, day: date, incomplete: list[str]
) -> tuple[str, str]:
    """Write the workbook and register it for the desk; its path below out/ and its address."""
    meta = WorkbookMeta(
        period=month.text,
        business_date=day,
        run_id=flow_run_id() or "",
        agent_names=read_agent_names(hub()),
        sources=read_source_files(hub(), month.text),
        incomplete=tuple(incomplete),
    )
    figures = {
        **result.controls,
        "break_count": len(result.breaks),
        "tie_outs": result.tie_outs,
    }
    saved = save_workbook(
        hub(), write_workbook(result, meta), period=month.text, figures=figures, flow_run_id=flow_run_id()
    )
    return saved.path, f"{get_settings().desk_url}/workbooks/{saved.id}/download"


def find_incomplete_insurers() -> list[str]:
    """Chinese names of insurers whose latest collection was not proved complete: their figures are old."""
    recipes = sound_insurers()
    with session(hub(), read_only=True) as current:
        found = find_incomplete(current, {slug: recipe.datasets for slug, recipe in recipes.items()})
    names = [recipes[slug].name for slug in found]
    if names:
        get_run_logger().warning("最近一次采集不完整：%s", "、".join(names))
    return names


def sound_insurers() -> dict[str, Recipe]:
    """Recipes of the insurers that nights collect; one that cannot be read has failed there already."""
    recipes = {}
    for slug in nightly_portals():
        try:
            recipe = load_recipe(slug)
        except RecipeInvalid as error:
            get_run_logger().warning("%s", error)
            continue
        if needs_insurer(recipe):
            recipes[slug] = recipe
    return recipes


def count_breaks(result: Reconciliation, rules: CommissionRules) -> dict[str, int]:
    """Breaks by Chinese class label, most first."""
    counts = result.breaks["break_class"].value_counts()
    return {rules.wordings[str(name)].label: int(count) for name, count in counts.to_dict().items()}


def publish_artifacts(result: Reconciliation, outcome: ReconcileResult, rules: CommissionRules) -> None:
    """Summary, exceptions and link for people in the Prefect UI; no personal data."""
    lines = [f"## 佣金对账 {outcome.period}", ""]
    if outcome.incomplete:
        lines += [f"**{'、'.join(outcome.incomplete)} 最近一次采集不完整，以下金额可能是旧的。**", ""]
    lines += ["| 项目 | 金额（元） |", "|---|---:|"]
    lines += [
        f"| {title} | {format_yuan(outcome.controls[name])} |" for name, title in CONTROL_TITLES.items()
    ]
    lines += ["", "| 差异类别 | 笔数 |", "|---|---:|"]
    lines += [f"| {label} | {count} |" for label, count in outcome.breaks_by_class.items()]
    create_markdown_artifact("\n".join(lines), key="commission-summary", description="对账摘要")
    shown = result.breaks.head(EXCEPTIONS_SHOWN)
    create_table_artifact(
        table=[
            {
                "类别": rules.wordings[row["break_class"]].label,
                "保单号": row["policy_no"],
                "差额（元）": format_yuan(row["difference_fen"]),
                "说明": row["sentence"],
            }
            for row in shown.to_dict("records")
        ],
        key="commission-exceptions",
        description=f"差异明细（前 {len(shown)} 笔，共 {len(result.breaks)} 笔）",
    )
    create_link_artifact(
        outcome.workbook_url,
        link_text="下载对账工作簿（需登录工作台）",
        key="commission-workbook",
        description="财务工作簿",
    )
