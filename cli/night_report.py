"""What a night brought home, printed for a person."""

from collections import Counter
from datetime import date

import httpx
from sqlalchemy import select

from bots.money import format_yuan
from bots.records import Period
from cli.stage import Stage
from connectors.collection_log import read_reports
from connectors.commission_rules import load_rules
from connectors.commission_store import WORKBOOK_KIND
from connectors.database.engine import open_hub, session
from connectors.database.tables import Break, OutboxMessage, Workbook
from connectors.portal_recipes import list_recipes, load_recipe

CONTROLS = {
    "own_due_fen": "应收佣金",
    "statement_fen": "结算单合计",
    "bank_fen": "银行到账",
    "payable_fen": "可发放",
    "held_fen": "暂挂",
}


def print_night(stage: Stage, business_date: date) -> None:
    """Print rows per portal, breaks by class, totals in yuan, the workbook and the messages of a night."""
    period = Period.before(business_date).text
    with session(open_hub(stage.settings.hub_url), read_only=True) as current:
        print("\n采集（实收行数/应有行数）")
        for slug in list_recipes():
            recipe = load_recipe(slug)
            for report in read_reports(current, slug, business_date):
                title = recipe.datasets[report.dataset].title
                print(f"  {recipe.name} {title}  {report.rows}/{report.expected}  搁置 {report.set_aside}")
        classes = current.scalars(select(Break.break_class).filter_by(period=period, status="open"))
        _print_breaks(Counter(classes))
        workbook = current.scalars(
            select(Workbook).filter_by(kind=WORKBOOK_KIND, period=period)
        ).one_or_none()
        messages = current.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    if workbook:
        _print_workbook(stage, workbook)
    print(f"\n消息（演示网关本次收到 {_count_received(stage)} 条）")
    for message in messages:
        print(f"  {message.occasion}  {message.what} → {message.whom}（{message.channel}）：{message.state}")


def _print_breaks(counts: Counter[str]) -> None:
    wordings = load_rules().wordings
    print(f"\n差异 {counts.total()} 笔")
    for name, count in counts.most_common():
        print(f"  {wordings[name].label}  {count}")


def _print_workbook(stage: Stage, workbook: Workbook) -> None:
    print("\n合计（元）")
    for name, title in CONTROLS.items():
        print(f"  {title}  {format_yuan(workbook.figures[name])}")
    tie_outs = workbook.figures["tie_outs"]
    print(f"  勾稽  {'全部为零' if not any(tie_outs.values()) else tie_outs}")
    print(f"\n工作簿  {stage.settings.out_dir / workbook.path}")


def _count_received(stage: Stage) -> int:
    received = httpx.get(f"{stage.sandbox_url}/messages.json", trust_env=False, timeout=10).json()
    return sum(len(messages) for messages in received.values())
