"""The notices of a night: templates of config/messages/templates.yaml with their parameters."""

from collections.abc import Sequence
from datetime import date

from bots.money import format_yuan
from bots.records import Notice, Severity
from connectors.portal_recipes import load_recipe
from flows.collect_portal import PortalResult
from flows.collect_portals import CollectResult
from flows.failures import Failure
from flows.house import FINANCE, OPERATIONS
from flows.reconcile_commissions import ReconcileResult


def digest_notices(
    day: date, collected: CollectResult, reconciled: ReconcileResult, warnings: Sequence[str] = ()
) -> list[Notice]:
    """The night's digest for operations and finance; a warning when there is something to decide.

    An incomplete night, the same with fewer portals missing, and the complete one that follows are occasions
    of their own: finance hears of each.
    ``warnings`` are sentences about the portals' accounts; recipes that had to fall back are named too.
    """
    warnings = [*fallback_warnings(collected.portals), *warnings]
    occasion = "/".join([day.isoformat(), reconciled.period, *sorted(reconciled.incomplete)])
    missing = [f"{name}：采集不完整，下列金额可能是旧的" for name in reconciled.incomplete]
    breaks = reconciled.breaks_by_class
    yuan = {name: format_yuan(fen) for name, fen in reconciled.controls.items()}
    parameters = {
        "business_date": day.isoformat(),
        "period": reconciled.period,
        "portals": "\n".join([*map(describe_portal, collected.portals), *missing, *warnings]) or "无",
        "breaks": "\n".join(f"{label} {count}" for label, count in breaks.items()) or "无",
        "break_count": str(sum(breaks.values())),
        "own_due_yuan": yuan["own_due_fen"],
        "statement_yuan": yuan["statement_fen"],
        "bank_yuan": yuan["bank_fen"],
        "payable_yuan": yuan["payable_fen"],
        "held_yuan": yuan["held_fen"],
        "workbook_url": reconciled.workbook_url,
    }
    severity = Severity.WARNING if breaks or missing or warnings else Severity.INFO
    return [
        Notice("night_digest", audience, occasion, parameters, severity) for audience in (OPERATIONS, FINANCE)
    ]


def describe_portal(portal: PortalResult) -> str:
    """``泰安人寿：保单 1,999/2,000（搁置 1），保费 …``."""
    recipe = load_recipe(portal.insurer)
    parts = []
    for report in portal.datasets:
        aside = f"（搁置 {report.set_aside}）" if report.set_aside else ""
        title = recipe.datasets[report.dataset].title
        parts.append(f"{title} {report.rows:,}/{report.expected:,}{aside}")
    return f"{recipe.name}：{'，'.join(parts)}"


def fallback_warnings(portals: Sequence[PortalResult]) -> list[str]:
    """A sentence for every selector that was missing: tonight's rows are whole, the page has changed."""
    return [
        f"{load_recipe(portal.insurer).name}（{portal.insurer}） {report.dataset}：{said}，请更新配方"
        for portal in portals
        for report in portal.datasets
        for said in report.fallbacks
    ]


def failure_notices(day: date, failures: list[Failure], portals: set[str]) -> list[Notice]:
    """One alarm to operations per failed portal or step."""
    return [_failure_notice(day, failure, is_portal=failure.place in portals) for failure in failures]


def _failure_notice(day: date, failure: Failure, *, is_portal: bool) -> Notice:
    what, place = ("portal_failed", "insurer") if is_portal else ("night_failed", "step")
    parameters = {
        "business_date": day.isoformat(),
        place: failure.place,
        "reason": failure.title,
        "what": failure.what,
        "remedy": failure.remedy,
        "who": failure.who,
    }
    # The same trouble is told once a day, another trouble at the same place is news.
    occasion = f"{day.isoformat()}/{failure.place}/{failure.title}"
    return Notice(what, OPERATIONS, occasion, parameters, Severity.ALARM)
