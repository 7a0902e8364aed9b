"""康禾人寿 for tests: its committed recipe with variations, and its truth in hub columns."""

from contextlib import contextmanager
from datetime import date

import httpx

from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from sandbox.kanghe.portal import ACCOUNT
from sandbox.kanghe.records import SMALL_LINES, SMALL_SIZE, build_batches, build_records
from tests.portal.recipes import FAMILIES, PORTALS
from tests.sandbox.kanghe_visitor import Visitor

RECIPE = (PORTALS / "kanghe.yaml").read_text("utf-8")
RECORDS = build_records(size=SMALL_SIZE)
BATCHES = build_batches(size=SMALL_SIZE, lines=SMALL_LINES)
ALWAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
OCTOBER = {"period": "2026-10"}
WITHOUT_DETAILS = (RECIPE[RECIPE.index("    details:\n") : RECIPE.index("\n  policies_file:")], "")
IN_WINDOWS = ("      as_sent: true\n", "")
SMALL_PAGES = ('option: "100"', 'option: "20"')
QUICK = ("family: webforms", "family: webforms\ntimeout_seconds: 3")


def parse_kanghe(*changes):
    """The recipe after replacing texts in its YAML, each of which must be there."""
    text = RECIPE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_recipe(text, "kanghe.yaml", FAMILIES)


@contextmanager
def logged_in(context, evidence, sandbox, *changes, password=ACCOUNT.password):
    """A session in a running sandbox's 康禾人寿, closed at the end."""
    credentials = {"user": ACCOUNT.user, "password": password}
    recipe = parse_kanghe(*changes)
    with open_session(context, recipe, credentials, f"{sandbox.url}/kanghe/", evidence) as session:
        yield session


def log_in_elsewhere(sandbox):
    """Somebody else uses the account: the bot's session is displaced."""
    visitor = Visitor(sandbox).log_in()
    visitor.client.close()


def spoil(sandbox, **faults):
    """Make 康禾人寿 misbehave."""
    httpx.post(f"{sandbox.url}/control/portals/kanghe", json=faults).raise_for_status()


def rows_of(session, dataset, parameters):
    """All rows of a dataset, and its pages."""
    pages = list(session.extract(dataset, parameters))
    return [row for page in pages for row in page.rows], pages


def days(first, last):
    """Parameters of a range, and the truth in it."""
    found = [
        policy
        for policy in RECORDS
        if date.fromisoformat(first) <= policy.issue_date <= date.fromisoformat(last)
    ]
    return {"from_date": first, "to_date": last}, found


def policy_row(policy):
    """A policy's columns that the list shows."""
    parts = [f"{agent}:{share // 100}%" for agent, share in policy.shares]
    return {
        "policy_no": policy.policy_no,
        "product_code": policy.product_code,
        "product_name": policy.product_name,
        "policyholder_name": policy.policyholder.name,
        "policyholder_id_no": policy.policyholder.id_no,
        "policyholder_phone": policy.policyholder.phone or None,
        "insured_name": policy.insured_name,
        "pay_years": policy.pay_years,
        "issue_date": policy.issue_date,
        "effective_date": policy.effective_date,
        "annual_premium_fen": policy.annual_premium_fen,
        "currency": policy.currency,
        "agent_split": "/".join(parts) if len(parts) > 1 else policy.shares[0][0],
        "status": policy.status,
        "status_date": policy.status_date,
    }


def detailed_row(policy):
    """The same with the columns of its window."""
    return policy_row(policy) | {
        "receipt_date": policy.receipt_date,
        "return_visit_date": policy.return_visit_date,
        "return_visit_result": policy.return_visit_result or None,
        "has_endorsement": False,
    }


def line_row(line):
    """A commission line of the sandbox in hub columns."""
    columns = (
        "batch_no line_no policy_no product_code policy_year item_type agent_no share_bp premium_fen rate_bp"
    )
    shown = {name: getattr(line, name) for name in [*columns.split(), "amount_fen", "currency"]}
    return shown | {"endorsement_no": line.endorsement_no or None, "remark": line.remark or None}


def watch_windows(context):
    """The list that every window opened from now on is added to."""
    windows = []

    def note(window):
        windows.append(window)

    context.on("page", note)
    return windows
