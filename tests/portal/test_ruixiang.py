"""瑞祥人寿 through a real browser: tabs, cloned tables, masks, one layer for all records, JSON by HTTP."""

from datetime import date

import pytest

from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from sandbox.ruixiang.portal import ACCOUNT
from sandbox.ruixiang.records import SMALL_POLICIES, SMALL_PREMIUMS, build_premiums, build_records
from tests.portal.recipes import FAMILIES, PORTALS

pytestmark = pytest.mark.browser
SLUG = "ruixiang"
ALWAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
YEARS = {"from_date": "2023-09-01", "to_date": "2026-10-31"}
JUNE = {"from_date": "2026-06-01", "to_date": "2026-06-30"}
POLICIES = build_records(size=SMALL_POLICIES)
PREMIUMS = build_premiums(size=SMALL_PREMIUMS, policy_count=SMALL_POLICIES)
RECIPE = (PORTALS / f"{SLUG}.yaml").read_text("utf-8")


@pytest.fixture
def enter_ruixiang(context, evidence):
    """A function that logs in to a running sandbox's 瑞祥人寿; sessions are closed afterwards."""
    sessions = []

    def enter(sandbox, *changes, password=ACCOUNT.password):
        text = RECIPE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        recipe = parse_recipe(text, f"{SLUG}.yaml", FAMILIES)
        credentials = {"user": ACCOUNT.user, "password": password}
        sessions.append(open_session(context, recipe, credentials, f"{sandbox.url}/{SLUG}/", evidence))
        return sessions[-1]

    yield enter
    for session in sessions:
        session.close()


def rows_of(session, dataset, parameters):
    """All rows of a dataset, and its pages."""
    pages = list(session.extract(dataset, parameters))
    return [row for page in pages for row in page.rows], pages


def within(day, parameters):
    """Whether a day lies between the two that were asked for."""
    return date.fromisoformat(parameters["from_date"]) <= day <= date.fromisoformat(parameters["to_date"])


def policies_of(parameters):
    """What the portal holds for these days."""
    return [policy for policy in POLICIES if within(policy.issue_date, parameters)]


def policy_row(policy):
    """A policy of the sandbox in hub columns."""
    return {
        "policy_no": policy.policy_no,
        "product_code": policy.product_code,
        "product_name": policy.product_name,
        "policyholder_name": policy.policyholder.name,
        "insured_name": policy.insured_name,
        "pay_years": policy.pay_years,
        "issue_date": policy.issue_date,
        "effective_date": policy.effective_date,
        "annual_premium_fen": policy.annual_premium_fen,
        "currency": policy.currency,
        "agent_split": policy.agent_no,
        "status": policy.status,
        "status_date": policy.status_date,
        "has_endorsement": bool(policy.endorsements),
    }


def premium_row(premium):
    """A premium of the sandbox in hub columns."""
    return {
        "policy_no": premium.policy_no,
        "policy_year": premium.policy_year,
        "due_date": premium.due_date,
        "premium_due_fen": premium.premium_due_fen,
        "received_date": premium.received_date,
        "premium_received_fen": premium.premium_received_fen,
        "receipt_no": premium.receipt_no,
        "currency": premium.currency,
        "is_received": premium.received_date is not None,
    }


def endorsement_rows(policies):
    """Endorsements of policies of the sandbox in hub columns."""
    return [
        {
            "policy_no": policy.policy_no,
            "endorsement_no": change.endorsement_no,
            "kind": change.kind,
            "effective_date": change.effective_date,
            "premium_before_fen": change.premium_before_fen,
            "premium_after_fen": change.premium_after_fen,
        }
        for policy in policies
        for change in policy.endorsements
    ]


def test_nine_hundred_policies_come_home_exactly(sandbox, enter_ruixiang):
    """Every policy on 30 pages (full size: the proof), in two calls a page and the way there."""
    session = enter_ruixiang(sandbox)
    rows, pages = rows_of(session, "policies", ALWAYS)
    assert rows == [policy_row(policy) for policy in build_records()]
    assert [page.page_no for page in pages] == list(range(1, 31))
    report = session.report("policies")
    assert (report.rows, report.expected, report.set_aside) == (900, 900, 0)
    assert report.round_trips <= 2 * len(pages) + 16
    for page in pages:
        assert page.rows[-1]["policyholder_name"] in page.raw.decode("utf-8")
    assert pages[0].raw_name == "ruixiang-policies-0001.as-read.html"


def test_premiums_come_home_by_http(small_sandbox, enter_ruixiang):
    """Three answers in fen, nulls and all, equal what the sandbox invented; one request a page."""
    session = enter_ruixiang(small_sandbox)
    rows, pages = rows_of(session, "premiums", ALWAYS)
    assert rows == [premium_row(premium) for premium in PREMIUMS]
    report = session.report("premiums")
    assert (len(pages), report.rows, report.expected) == (3, len(PREMIUMS), len(PREMIUMS))
    assert report.round_trips == 3 + 1
    assert pages[0].raw.startswith(b'{"code":0')
    assert pages[2].raw_name == "ruixiang-premiums-0003.json"


def test_days_are_asked_for(small_sandbox, enter_ruixiang):
    """The form's days and the nested filter of the request narrow both lists, one after the other."""
    session = enter_ruixiang(small_sandbox)
    premiums, _ = rows_of(session, "premiums", YEARS)
    assert premiums == [premium_row(row) for row in PREMIUMS if within(row.due_date, YEARS)]
    policies, _ = rows_of(session, "policies", YEARS)
    assert policies == [policy_row(policy) for policy in policies_of(YEARS)]
    again, _ = rows_of(session, "policies", JUNE)
    assert again == [policy_row(policy) for policy in policies_of(JUNE)]


@pytest.mark.parametrize("dataset", ["policies", "premiums"])
def test_days_without_rows_are_complete(small_sandbox, enter_ruixiang, dataset):
    """A sentence in place of the table, or an empty list of records, is a complete list of none."""
    session = enter_ruixiang(small_sandbox)
    rows, pages = rows_of(session, dataset, {"from_date": "1990-01-01", "to_date": "1990-01-31"})
    assert (rows, len(pages), session.report(dataset).expected) == ([], 1, 0)


def test_endorsements_come_from_the_reused_layer(small_sandbox, enter_ruixiang):
    """Each policy with 保全 有 is opened in the one layer, which is never read before it is the row's own."""
    session = enter_ruixiang(small_sandbox)
    rows, pages = rows_of(session, "endorsements", YEARS)
    endorsed = [policy for policy in policies_of(YEARS) if policy.endorsements]
    assert rows == endorsement_rows(endorsed)
    assert len(pages) == len(endorsed) > 1
    for page, policy in zip(pages, endorsed, strict=True):
        html = page.raw.decode("utf-8")
        assert policy.policy_no in html
        assert html.startswith('<div id="layerDialog"')


def test_layer_that_ignores_its_close_button_is_closed_in_the_end(small_sandbox, enter_ruixiang, context):
    """A button that stays deaf for a second and a half is pressed again until the layer is gone."""
    context.add_init_script(
        "const later = setTimeout; window.setTimeout = (f, ms) => later(f, ms === 300 ? 1500 : ms)"
    )
    session = enter_ruixiang(small_sandbox)
    rows, _ = rows_of(session, "endorsements", JUNE)
    assert rows == endorsement_rows(policies_of(JUNE)) != []


def test_session_logs_out_at_the_end(small_sandbox, enter_ruixiang, context):
    """close() leaves by the portal's own link, also where the notice lies over it."""
    session = enter_ruixiang(small_sandbox)
    with context.expect_event("response", lambda answer: "api/logout" in answer.url) as left:
        session.close()
    assert left.value.request.headers["x-token"]
