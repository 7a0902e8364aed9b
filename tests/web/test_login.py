"""Logging in: what is refused, what is remembered, what ends."""

import time

import httpx
import pytest

from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskUser
from connectors.desk_accounts import Role, set_user
from tests.web.conftest import PASSWORD, RunningDesk, csrf_of, run_desk, sign_in

COOKIE = "brokerflow_desk"

# These rules are the desk's own: one database is enough. test_workbooks.py and test_safety.py meet both.
pytestmark = pytest.mark.parametrize("hub_url", ["sqlite"], indirect=True)


def is_signed_in(client: httpx.Client) -> bool:
    return client.get("/").status_code == 200


def test_a_person_signs_in_and_out(desk: RunningDesk) -> None:
    """Name and password open the home page, 退出 closes it again."""
    client = desk.visitor()
    assert not is_signed_in(client)
    assert sign_in(client).headers["location"] == "/"
    home = client.get("/")
    assert "李喆" in home.text
    assert "财务" in home.text
    assert client.post("/logout", data={"csrf_token": csrf_of(home)}).headers["location"] == "/login"
    assert not is_signed_in(client)
    assert desk.events() == [("caiwu", "login"), ("caiwu", "logout")]


def test_a_user_name_is_not_case_sensitive(desk: RunningDesk) -> None:
    """Phones write the first letter large; the account is still found."""
    assert sign_in(desk.visitor(), " Caiwu ").status_code == 303


def test_an_unknown_name_costs_as_much_as_a_known_one(desk: RunningDesk) -> None:
    """Response time does not tell which names exist: one argon2 verification either way."""
    client = desk.visitor()
    form = {"csrf_token": csrf_of(client.get("/login")), "password": "wrong-password-1"}
    times: dict[str, list[float]] = {"warm-up": [], "nobody": [], "caiwu": []}
    for _ in range(5):  # in turns, so that a busy machine slows both
        for username, measured in times.items():
            began = time.perf_counter()
            client.post("/login", data={**form, "username": username})
            measured.append(time.perf_counter() - began)
    assert 0.5 < min(times["nobody"]) / min(times["caiwu"]) < 2


def test_what_was_typed_as_an_unknown_name_is_not_recorded(desk: RunningDesk) -> None:
    """A password typed into the wrong field does not end up in the audit trail."""
    sign_in(desk.visitor(), "my-secret-password")
    assert desk.events() == [("-", "login_failed")]


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(desk: RunningDesk) -> None:
    """After five wrong passwords even the right one is refused, until 15 minutes have passed."""
    client = desk.visitor()
    for _ in range(5):
        sign_in(client, password="wrong-password-1")
    assert sign_in(client).status_code == 401
    desk.wait(minutes=14, seconds=59)
    assert sign_in(client).status_code == 401
    desk.wait(seconds=1)
    assert sign_in(client).status_code == 303


def test_four_failures_do_not_lock_and_a_success_starts_anew(desk: RunningDesk) -> None:
    """The count of failures goes back to zero at a login."""
    client = desk.visitor()
    for _ in range(2):
        for _ in range(4):
            sign_in(client, password="wrong-password-1")
        assert sign_in(client).status_code == 303


def test_an_expired_lock_counts_from_the_start(desk: RunningDesk) -> None:
    """One slip after a lock has ended does not lock again at once."""
    client = desk.visitor()
    for _ in range(5):
        sign_in(client, password="wrong-password-1")
    desk.wait(minutes=15)
    sign_in(client, password="wrong-password-1")
    assert sign_in(client).status_code == 303


def test_an_address_that_guesses_many_names_must_wait(desk: RunningDesk) -> None:
    """Twenty failures from one address stop it, right passwords included, until the window has passed."""
    for _ in range(18):
        desk.addresses.take("127.0.0.1", desk.now)
    client = desk.visitor()
    desk.wait(minutes=5)
    for name in ("guess-1", "guess-2"):
        assert sign_in(client, name).status_code == 401
    stopped = sign_in(client)
    assert stopped.status_code == 429
    assert stopped.headers["retry-after"] == "601"
    assert "失败次数过多" in stopped.text
    desk.wait(seconds=601)
    assert sign_in(client).status_code == 303


def test_good_logins_do_not_count_against_an_address(desk: RunningDesk) -> None:
    """With one failure left before the stop, an office behind one address still logs in again and again."""
    for _ in range(19):
        desk.addresses.take("127.0.0.1", desk.now)
    for _ in range(3):
        assert sign_in(desk.visitor()).status_code == 303


def test_the_session_id_changes_at_login(desk: RunningDesk) -> None:
    """A cookie planted before the login is not the one that is logged in."""
    client = desk.visitor()
    client.get("/login")
    planted = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != planted
    intruder = desk.visitor()
    intruder.cookies.set(COOKIE, planted)
    assert not is_signed_in(intruder)


def test_a_form_of_before_the_login_is_worth_nothing_after_it(desk: RunningDesk) -> None:
    """The CSRF token changes with the login, so a token seen before it cannot log the person out."""
    client = desk.visitor()
    older = csrf_of(client.get("/login"))
    sign_in(client)
    assert client.post("/logout", data={"csrf_token": older}).status_code == 403
    assert is_signed_in(client)


def test_logging_in_again_ends_the_older_session(desk: RunningDesk) -> None:
    """The cookie of before the second login is worth nothing."""
    client = desk.signed_in()
    older = client.cookies[COOKIE]
    sign_in(client)
    thief = desk.visitor()
    thief.cookies.set(COOKIE, older)
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_copied_cookie_dies_with_the_logout(desk: RunningDesk) -> None:
    """Logging out ends the session on the server, not only in the browser."""
    client = desk.signed_in()
    thief = desk.visitor()
    thief.cookies.set(COOKIE, client.cookies[COOKIE])
    assert is_signed_in(thief)
    client.post("/logout", data={"csrf_token": csrf_of(client.get("/"))})
    assert not is_signed_in(thief)


def test_a_forged_cookie_is_worth_nothing(desk: RunningDesk) -> None:
    """One changed character breaks the cookie's signature."""
    client = desk.signed_in()
    value = client.cookies[COOKIE]
    client.cookies.clear()
    client.cookies.set(COOKIE, ("A" if value[0] != "A" else "B") + value[1:])
    assert not is_signed_in(client)


def test_half_an_hour_without_a_click_ends_the_session(desk: RunningDesk) -> None:
    """Each click starts the 30 minutes anew."""
    client = desk.signed_in()
    desk.wait(minutes=29)
    assert is_signed_in(client)
    desk.wait(minutes=29)
    assert is_signed_in(client)
    desk.wait(minutes=30)
    assert not is_signed_in(client)


def test_ten_hours_end_even_a_busy_session(desk: RunningDesk) -> None:
    """Nobody stays logged in over night by a page that reloads itself."""
    client = desk.signed_in()
    for _ in range(29):
        desk.wait(minutes=20)
        assert is_signed_in(client)
    desk.wait(minutes=20)
    assert not is_signed_in(client)


def test_a_new_password_ends_the_sessions_of_the_old_one(desk: RunningDesk) -> None:
    """Whoever holds a session of a changed account is out at the next click."""
    client = desk.signed_in()
    with hub_session(desk.engine) as session:
        set_user(session, "caiwu", PASSWORD, role=Role.FINANCE, display_name="李喆", now=desk.now)
    assert not is_signed_in(client)


def test_a_removed_person_is_out_at_once(desk: RunningDesk) -> None:
    """The hub is asked at every click whether the person still exists."""
    client = desk.signed_in()
    with hub_session(desk.engine) as session:
        session.delete(session.get(DeskUser, "caiwu"))
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("token", [None, "", "wrong", "令牌"])
def test_a_form_without_the_sessions_token_is_refused(
    desk: RunningDesk, path: str, token: str | None
) -> None:
    """No other site can make a browser log in or out here."""
    client = desk.signed_in()
    form = {"username": "caiwu", "password": PASSWORD, "csrf_token": token}
    answer = client.post(path, data={key: value for key, value in form.items() if value is not None})
    assert answer.status_code == 403
    assert is_signed_in(client)


def test_a_token_of_another_browser_is_refused(desk: RunningDesk) -> None:
    """A token belongs to one session."""
    other = csrf_of(desk.visitor().get("/login"))
    client = desk.visitor()
    client.get("/login")
    form = {"username": "caiwu", "password": PASSWORD, "csrf_token": other}
    assert client.post("/login", data=form).status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_a_login_never_leads_to_another_site(desk: RunningDesk, target: str) -> None:
    """``next`` is followed only when it is a path of this desk."""
    assert sign_in(desk.visitor(), next_path=target).headers["location"] == "/"
    assert 'name="next" value="/"' in desk.visitor().get("/login", params={"next": target}).text


def test_a_login_leads_back_to_where_the_person_was_going(desk: RunningDesk) -> None:
    """A link into the desk survives the login, its query included."""
    client = desk.visitor()
    asked = client.get("/?fetch=7")
    assert asked.headers["location"] == "/login?next=/%3Ffetch%3D7"
    page = client.get(asked.headers["location"])
    assert 'name="next" value="/?fetch=7"' in page.text
    assert sign_in(client, next_path="/?fetch=7").headers["location"] == "/?fetch=7"


def test_the_cookie_is_closed_to_scripts_and_other_sites(desk: RunningDesk) -> None:
    """HttpOnly and SameSite=Lax always; Secure only where the desk is served over https."""
    cookie = desk.visitor().get("/login").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_an_https_desk_marks_its_cookie_secure(hub, tmp_path) -> None:
    """Behind https the cookie never travels in clear, and browsers are told to stay with https."""
    with run_desk(hub, tmp_path, desk_url="https://desk.example.cn") as desk:
        answer = desk.visitor().get("/login")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
