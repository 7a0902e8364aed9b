"""What the hub holds of a portal, beside the records behind the portal's pages."""

from collections import Counter
from datetime import date

from sqlalchemy import delete, func, select

from connectors.database.engine import session
from connectors.database.tables import (
    Endorsement,
    Policy,
    PortalRow,
    PremiumDue,
    PremiumReceipt,
    QuarantinedRow,
    Statement,
    StatementLine,
)
from sandbox.brokerage import build_brokerage
from sandbox.kanghe import records as kanghe
from sandbox.kehutong import records as kehutong
from sandbox.mingde import records as mingde
from sandbox.ruixiang import records as ruixiang
from sandbox.scene import FEWEST_POLICIES
from tests.acceptance import portal_truth

TABLES = {
    "policies": Policy,
    "endorsements": Endorsement,
    "premiums": PremiumDue,
    "statements": Statement,
    "statement_lines": StatementLine,
}
# Where the hub keeps a sum that the portal's row has: a premium is split into what is due and what came.
MONEY = {
    "premium_due_fen": PremiumDue.premium_fen,
    "premium_received_fen": PremiumReceipt.premium_fen,
}


def night_truths(slug, last_day, period):
    """Dataset by dataset, what a night of ``last_day`` and ``period`` asks the house's portal for.

    A night has no policy numbers to ask about.
    """
    day = date.fromisoformat(last_day)
    if slug == "taian":
        return portal_truth.taian_truths(build_brokerage(policies=FEWEST_POLICIES))
    if slug == "kanghe":
        policies = [policy for policy in kanghe.build_records() if policy.issue_date <= day]
        truths = portal_truth.kanghe_truths(policies, in_period(kanghe.build_batches(), period))
        return [truth for truth in truths if truth.dataset != "policies_by_no"]
    if slug == "ruixiang":
        policies = [policy for policy in ruixiang.build_records() if policy.issue_date <= day]
        premiums = [premium for premium in ruixiang.build_premiums() if premium.due_date <= day]
        return portal_truth.ruixiang_truths(policies, premiums)
    if slug == "mingde":
        known = mingde.build_records()
        premiums = [premium for premium in known if premium.due_date <= day and is_fit(premium)]
        receipts = [premium for premium in known if premium.received_date and premium.received_date <= day]
        return portal_truth.mingde_truths(premiums, receipts, in_period(mingde.build_statements(), period))
    return portal_truth.kehutong_truths(kehutong.build_records())


def in_period(batches, period):
    """Batches of one month, which one portal writes 202610 and another 2026-10."""
    return [batch for batch in batches if batch.period.replace("-", "") == period.replace("-", "")]


def is_fit(premium):
    """The hub sets aside what is called received and lacks its receipt."""
    return premium.status == "未收" or (
        premium.receipt_no and premium.received_date and premium.received_fen is not None
    )


def unfit_in_mingde(last_day):
    """How many premiums a night must set aside."""
    day = date.fromisoformat(last_day)
    return sum(premium.due_date <= day and not is_fit(premium) for premium in mingde.build_records())


def find_differences(hub, slug, truth):
    """Keys that the hub lacks, has twice or too much of a dataset, and sums in fen that differ."""
    with session(hub, read_only=True) as current:
        keys, sums = _stored(current, slug, truth)
    found, wanted = Counter(keys), Counter(truth.keys)
    said = {"missing": (wanted - found).total(), "too many": (found - wanted).total()}
    said |= {f"fen off in {name}": sums[name] - fen for name, fen in truth.sums.items()}
    return [f"{truth.dataset}: {count} {what}" for what, count in said.items() if count]


def count_set_aside(hub, slug):
    """Rows of a portal in quarantine."""
    with session(hub, read_only=True) as current:
        own = QuarantinedRow.insurer_slug == slug
        return current.scalar(select(func.count()).select_from(QuarantinedRow).where(own))


def empty_portal(hub, slug):
    """The hub without a portal's rows, so that what stands there afterwards has come since."""
    with session(hub) as current:
        for table in (StatementLine, Statement, Endorsement, PremiumReceipt, PremiumDue, Policy):
            current.execute(delete(table).where(table.insurer_slug == slug))
        current.execute(delete(QuarantinedRow).where(QuarantinedRow.insurer_slug == slug))
        current.execute(delete(PortalRow).where(PortalRow.source_slug == slug))


def _stored(current, slug, truth):
    if truth.dataset not in TABLES:
        own = (PortalRow.source_slug == slug, PortalRow.dataset == truth.dataset)
        rows = current.scalars(select(PortalRow.row).where(*own)).all()
        keys = [tuple(str(row[name]) for name in truth.key_columns) for row in rows]
        return keys, {name: sum(row[name] or 0 for row in rows) for name in truth.sums}
    table = TABLES[truth.dataset]
    columns = [getattr(table, name) for name in truth.key_columns]
    found = current.execute(select(*columns).where(table.insurer_slug == slug))
    keys = [tuple(map(str, row)) for row in found]
    return keys, {name: _sum(current, slug, table, name) for name in truth.sums}


def _sum(current, slug, table, name):
    column = MONEY[name] if table is PremiumDue else getattr(table, name)
    own = column.class_.insurer_slug == slug
    return current.scalar(select(func.coalesce(func.sum(column), 0)).where(own))
