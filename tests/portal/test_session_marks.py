"""A login and its end known by texts and addresses alone: no element says anything."""

import pytest
from pydantic import ValidationError

from bots.errors import PageChanged
from bots.portal.portal_words import plain_address
from bots.portal.recipe import Marker
from sandbox.mingde.records import SMALL_SIZE, build_records, build_statements
from tests.portal.kanghe_portal import (
    ALWAYS,
    IN_WINDOWS,
    OCTOBER,
    QUICK,
    RECORDS,
    WITHOUT_DETAILS,
    days,
    detailed_row,
    log_in_elsewhere,
    logged_in,
    policy_row,
    rows_of,
    spoil,
)
from tests.portal.mingde_visits import ALL_MONTHS, YEAR, statement_row, visits

SILENT = "expired: [这一句哪里也没有], login_form: '#nowhere'"
MONTH, FOUND = days("2026-10-01", "2026-10-31")


def session_of(said):
    """A change of a recipe that has no session of its own."""
    return ("\ndatasets:", f"\nsession: {{{said}}}\n\ndatasets:")


@pytest.mark.parametrize(
    "proofs", [{}, {"text": "欢迎使用", "url": "/home"}, {"element": "#out", "url": "/home"}]
)
def test_login_has_one_proof(proofs):
    """Element, text or address: none is no proof, two contradict each other some day."""
    with pytest.raises(ValidationError, match="element、text、url 必须写且只写一个"):
        Marker.model_validate(proofs)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://portal/Login.aspx?ReturnUrl=Default.aspx", "http://portal/Login.aspx"),
        ("http://portal/?v=1#/login?from=/home", "http://portal/#/login"),
        ("http://portal/a#/home", "http://portal/a#/home"),
    ],
)
def test_address_is_judged_without_its_queries(url, plain):
    """The page that was asked for, named in a query, is not the page that came."""
    assert plain_address(url) == plain


@pytest.mark.browser
def test_session_lost_to_the_login_address(context, evidence, small_sandbox):
    """A login page without a word or a form that we know: list, window and file come back from it."""
    with logged_in(context, evidence, small_sandbox, session_of(SILENT)) as session:
        spoil(small_sandbox, expire_at_page=1)
        pages = session.extract("policies", MONTH)
        rows = list(next(pages).rows)
        assert rows + [row for page in pages for row in page.rows] == [detailed_row(each) for each in FOUND]
        log_in_elsewhere(small_sandbox)
        assert len(rows_of(session, "policies_file", MONTH)[0]) == len(FOUND)
        pages = session.extract("statement_lines", OCTOBER)
        rows = list(next(pages).rows)
        log_in_elsewhere(small_sandbox)
        assert len(rows + [row for page in pages for row in page.rows]) == 60


@pytest.mark.browser
def test_window_that_shows_the_login_address(context, evidence, small_sandbox):
    """The detail's window is led to the login: it is opened again after a new one."""
    opened = []

    def displace(_window):
        if len(opened) == 1:
            log_in_elsewhere(small_sandbox)
        opened.append(1)

    with logged_in(context, evidence, small_sandbox, IN_WINDOWS, session_of(SILENT)) as session:
        context.on("page", displace)
        assert rows_of(session, "policies", MONTH)[0] == [detailed_row(policy) for policy in FOUND]
        assert len(opened) > len(FOUND)


@pytest.mark.browser
@pytest.mark.parametrize("dataset", ["batches", "receipts"])
def test_request_led_to_the_login_address(context, evidence, small_sandbox, dataset):
    """An answer that comes from the login's address is no answer, to the page as to our own client."""
    said = f"{SILENT}, expired_url: [login.action]"
    entering = visits(context, evidence)
    session = next(entering)(small_sandbox, session_of(said))
    small_sandbox.spoil("mingde", expire_at_page=2)
    rows, _ = rows_of(session, dataset, ALL_MONTHS if dataset == "batches" else YEAR)
    if dataset == "batches":
        assert rows == [statement_row(statement) for statement in build_statements()]
    else:
        paid = [each for each in build_records(size=SMALL_SIZE) if str(each.received_date).startswith("2026")]
        assert [row["received_fen"] for row in rows] == [premium.received_fen for premium in paid]
    next(entering, None)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ("text: 请修改配方", "登录后没有出现文字“请修改配方”"),
        ("text: null, url: home.action", "登录后没有出现网址 home.action"),
    ],
)
def test_login_without_its_proof_is_a_changed_page(context, evidence, small_sandbox, proof, said):
    """The text or the address that never comes is named; a wait for it has an end."""
    entering = visits(context, evidence)
    quick = ("family: extjs", "family: extjs\ntimeout_seconds: 2")
    with pytest.raises(PageChanged, match=said):
        next(entering)(small_sandbox, quick, session_of(f"logged_in: {{{proof}}}"))
    next(entering, None)


@pytest.mark.browser
def test_long_list_is_not_mistaken_for_the_login(context, evidence, small_sandbox):
    """Address marks cost nothing on a good day, and no new login."""
    with logged_in(
        context, evidence, small_sandbox, WITHOUT_DETAILS, QUICK, session_of("relogins: 0")
    ) as session:
        assert rows_of(session, "policies", ALWAYS)[0] == [policy_row(policy) for policy in RECORDS]
