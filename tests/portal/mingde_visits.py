"""Visits to the pretend portal 明德养老, and its truth in the hub's columns."""

from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from sandbox.mingde.portal import ACCOUNT
from tests.portal.recipes import FAMILIES, PORTALS

MINGDE = (PORTALS / "mingde.yaml").read_text("utf-8")
YEAR = {"from_date": "2026-01-01", "to_date": "2026-12-31"}
ALL_MONTHS = {"period": "all"}
ITEM_TYPES = {"首期佣金": "FYC", "续期佣金": "RYC", "退保扣回": "CLAWBACK"}
# The grid's rows by their first name alone.
TAB = ".x-tab-child:not(.x-hidden-offsets)"
ROWS_ALONE = (f'["{TAB} .x-grid-item", "{TAB} [data-recordindex]"]', f'"{TAB} .x-grid-item"')


def parse_mingde(*changes):
    """The recipe after replacing texts in its YAML, each of which must be there."""
    text = MINGDE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_recipe(text, "mingde.yaml", FAMILIES)


def visits(context, evidence):
    """Yields a function that logs in; sessions are closed afterwards."""
    sessions = []

    def enter(sandbox, *changes, password=ACCOUNT.password):
        credentials = {"user": ACCOUNT.user, "password": password}
        session = open_session(
            context, parse_mingde(*changes), credentials, f"{sandbox.url}/mingde/", evidence
        )
        sessions.append(session)
        return session

    yield enter
    for session in sessions:
        session.close()


def rows_of(session, dataset, parameters):
    """All rows of a dataset, and its pages."""
    pages = list(session.extract(dataset, parameters))
    return [row for page in pages for row in page.rows], pages


def premium_row(premium):
    """A premium of the sandbox in hub columns."""
    return {
        "policy_no": premium.policy_no,
        "policy_year": premium.policy_year,
        "due_date": premium.due_date,
        "premium_due_fen": premium.due_fen,
        "received_date": premium.received_date,
        "premium_received_fen": premium.received_fen,
        "receipt_no": premium.receipt_no or None,
        "currency": premium.currency,
        "is_received": premium.status != "未收",
    }


def statement_row(statement):
    """A statement of the sandbox in hub columns."""
    return {
        "batch_no": statement.batch_no,
        "period": f"{statement.period[:4]}-{statement.period[4:]}",
        "cutoff_date": statement.cutoff_date,
        "line_count": len(statement.lines),
        "cover_total_fen": statement.total_fen,
        "status": {"已结算": "settled", "待确认": "pending"}[statement.status],
    }


def line_row(statement, line):
    """A statement's line of the sandbox in hub columns."""
    return {
        "batch_no": statement.batch_no,
        "line_no": line.line_no,
        "policy_no": line.policy_no,
        "product_name": line.product_name,
        "agent_name": line.agent_name,
        "item_type": ITEM_TYPES[line.item_type],
        "premium_fen": line.premium_fen,
        "rate_bp": line.rate_bp,
        "amount_fen": line.amount_fen,
        "remark": line.remark or None,
    }
