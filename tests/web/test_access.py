"""Each page x each role is allowed or refused as the one table says."""

import httpx
import pytest
from sqlalchemy import text

from connectors.database.engine import session as hub_session
from connectors.desk_accounts import Role
from tests.web.conftest import RunningDesk, csrf_of
from web.access import PAGES, PUBLIC, ROLE_NAMES, may_open
from web.app import create_app

STRANGER = "broker"
"""A role that the hub may hold one day and that this desk does not know."""

# A second list by hand: a slip in web/access.py shows here.
EXPECTED = {
    "workbook_list": {"ops", "finance", "manager", "admin"},
    "workbook_download": {"ops", "finance", "manager", "admin"},
    "logout": {"ops", "finance", "manager", "admin"},
    "code_list": {"ops", "admin"},
    "code_picture": {"ops", "admin"},
    "code_answer": {"ops", "admin"},
}


def visit(client: httpx.Client, page: str, row: int, token: str) -> httpx.Response:
    if page == "workbook_list":
        return client.get("/")
    if page == "workbook_download":
        return client.get(f"/workbooks/{row}/download")
    if page == "code_list":
        return client.get("/codes")
    if page == "code_picture":
        return client.get(f"/codes/{row}/picture")
    form = {"csrf_token": token, "code": "123456"}
    return client.post("/logout" if page == "logout" else f"/codes/{row}", data=form)


@pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)
def test_every_route_is_public_or_in_the_table(desk: RunningDesk) -> None:
    """A page that nobody decided about does not exist, and the table holds no page that is gone."""
    paths = create_app(desk.settings).openapi()["paths"]
    routes = {operation["operationId"] for path in paths.values() for operation in path.values()}
    assert routes == set(PAGES) | PUBLIC
    assert set(PAGES) == set(EXPECTED)
    assert not set(PAGES) & PUBLIC


def test_each_role_has_a_chinese_name() -> None:
    """The page never shows a slug."""
    assert set(ROLE_NAMES) == set(Role)


def test_an_unlisted_page_opens_for_nobody() -> None:
    """Deny is the default, for admins too."""
    assert not any(may_open(role, "a_page_of_tomorrow") for role in Role)


@pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [*Role, STRANGER])
@pytest.mark.parametrize("page", sorted(EXPECTED))
def test_page_by_role(desk: RunningDesk, page: str, role: str) -> None:
    """The real page answers each role as expected; a refusal is a 403 page and an audit line."""
    workbook = desk.add_workbook()
    assert desk.add_question() == workbook
    client = desk.signed_in()
    token_page = client.get("/")
    with hub_session(desk.engine) as session:
        session.execute(text("UPDATE desk_users SET role = :role"), {"role": str(role)})
    answer = visit(client, page, workbook, csrf_of(token_page))
    if role in EXPECTED[page]:
        assert answer.status_code in {200, 303}
        assert answer.headers.get("location") in {None, "/login", "/codes"}
    else:
        assert answer.status_code == 403
        assert "没有权限" in answer.text
        assert desk.events()[-1] == ("caiwu", "refused")


@pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/", "/workbooks/1/download", "/codes", "/codes/1/picture"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nobody_gets_in_without_a_login(desk: RunningDesk, path: str, method: str) -> None:
    """Every page but the public ones sends a stranger to the login."""
    desk.add_workbook()
    answer = desk.visitor().request(method, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
