"""Logging in to 客户通: codes and captchas by a person, kept sessions, expired passwords."""

import base64
import time

import httpx
import pytest

from bots.errors import LoginRefused, PasswordExpired
from bots.portal.kept import KeptSession
from bots.portal.people import AnswerMissing
from sandbox.kehutong.login import CODE_PHONE
from sandbox.kehutong.state import ACCOUNT
from tests.portal.kehutong_visit import RECORDS, Person, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def person(small_sandbox, context):
    return Person(small_sandbox, context)


@pytest.fixture
def enter(small_sandbox, context, evidence, person):
    """A function that logs in; sessions are closed afterwards."""
    sessions = []

    def enter_kehutong(asker=person, **more):
        sessions.append(visit(small_sandbox, context, evidence, asker, **more))
        return sessions[-1]

    yield enter_kehutong
    for session in sessions:
        session.close()


def control(sandbox, lever, **values):
    httpx.post(f"{sandbox.url}/kehutong/control/{lever}", json=values).raise_for_status()


def refuse_passwords(sandbox, times):
    """Somebody mistypes the password so many times elsewhere."""
    for _ in range(times):
        wrong = {"account": ACCOUNT.user, "password": "mistyped"}
        httpx.post(f"{sandbox.url}/kehutong/api/login", json=wrong).raise_for_status()


def first_name(session):
    return next(iter(session.extract("customer_api", {}))).rows[0]["customer_name"]


def test_code_is_asked_once_for_a_device(small_sandbox, enter, person):
    """The question names portal, number and seconds; a session lost later costs no other code."""
    session = enter()
    question = person.questions[0]
    assert (question.place, question.kind, question.seconds) == ("客户通（kehutong）", "短信验证码", 120)
    assert question.name.startswith("短信验证码（编号 ")
    small_sandbox.spoil("kehutong", expire_at_page=1)
    assert first_name(session) == RECORDS[0].name
    assert len(person.questions) == 1


def test_wrong_code_is_asked_again(enter, person):
    """A mistyped code is told to the person, who may try again."""
    person.wrong = ["000000", "12345"]
    assert first_name(enter()) == RECORDS[0].name
    assert [question.said for question in person.questions] == ["", "验证码错误", "验证码错误"]


def test_three_wrong_codes_are_a_refused_login(enter, person, evidence):
    """After the third the login is refused; the evidence holds neither codes nor password nor phone."""
    person.wrong = ["135790", "246801", "975310"]
    with pytest.raises(LoginRefused, match="不被接受：请重新登录"):
        enter()
    assert len(person.questions) == 3
    assert_clean(evidence, *person.answers)


def test_late_code(small_sandbox, enter, person, evidence):
    """A code older than the portal allows ends the login with a sentence about it."""
    control(small_sandbox, "code-seconds", seconds=0)
    with pytest.raises(AnswerMissing, match=r"短信验证码（编号 .{4}）填写得太晚：验证码已过期") as failure:
        enter()
    assert "需要有人输入验证码" in str(failure.value)
    assert_clean(evidence, *person.answers)


@pytest.mark.parametrize("asker", [None, lambda _: " "])
def test_nobody_to_ask(enter, asker):
    """Without a person, or with one who says nothing, the login ends at once and types nothing."""
    started = time.monotonic()
    with pytest.raises(AnswerMissing, match="要求短信验证码（编号 "):
        enter(asker)
    assert time.monotonic() - started < 10


def test_captcha_goes_to_a_person(small_sandbox, enter, person, evidence):
    """After two mistyped passwords a picture is asked about, again when misread, with the next picture."""
    refuse_passwords(small_sandbox, 2)
    person.wrong = ["????"]
    assert first_name(enter()) == RECORDS[0].name
    kinds = [(question.kind, question.said) for question in person.questions]
    assert kinds == [("图形验证码", ""), ("图形验证码", "图形验证码错误"), ("短信验证码", "")]
    first, second = (question.picture for question in person.questions[:2])
    assert first != second
    assert first.startswith(b"\x89PNG")
    assert len(first) > 500


def test_misread_captchas_are_a_refused_login(small_sandbox, enter, person, evidence):
    """Three times misread is enough; the evidence holds no answer."""
    refuse_passwords(small_sandbox, 2)
    person.wrong = ["QQQQ", "WWWW", "XXXX"]
    with pytest.raises(LoginRefused, match="图形验证码错误"):
        enter()
    assert_clean(evidence, *person.answers)


@pytest.mark.parametrize(("before", "said"), [(0, "用户名或密码错误"), (1, "用户名或密码错误")])
def test_wrong_password_is_refused_before_anybody_is_asked(small_sandbox, enter, person, before, said):
    """Also when the refusal brings a captcha with it; the bot tries one password once."""
    refuse_passwords(small_sandbox, before)
    started = time.monotonic()
    with pytest.raises(LoginRefused, match=said):
        enter(password="another-password")
    assert (person.questions, time.monotonic() - started < 10) == ([], True)


def test_locked_account(small_sandbox, enter, person):
    """A locked account is a refused login."""
    refuse_passwords(small_sandbox, 2)
    refuse_captcha(small_sandbox, person)
    with pytest.raises(LoginRefused, match="账号已锁定"):
        enter()
    assert person.questions == []


def refuse_captcha(sandbox, person):
    """The third mistyped password, with a well-read picture."""
    address = f"{sandbox.url}/kehutong/api/login"
    wrong = {"account": ACCOUNT.user, "password": "mistyped"}
    captcha_id = httpx.post(address, json=wrong).json()["captcha_id"]
    drawn = f"{sandbox.url}/kehutong/api/captcha/{captcha_id}.svg"
    answer = {"captcha_id": captcha_id, "captcha": person.read_picture(drawn)}
    assert httpx.post(address, json=wrong | answer).json()["message"] == "账号已锁定"


def test_kept_session_is_used_again(small_sandbox, enter, context, evidence):
    """The next run needs neither login nor code; the JSON between them holds no password."""
    session = enter()
    text = session.keep().to_json()
    session.close()
    assert ACCOUNT.password not in text
    assert_no_login_in(small_sandbox, context, evidence, KeptSession.from_json(text))


def assert_no_login_in(sandbox, context, evidence, kept):
    """A fresh browser is in with it, and the portal has seen no other login."""
    messages = len(sandbox.messages()["sms"])
    with (
        context.browser.new_context() as fresh,
        visit(sandbox, fresh, evidence, None, password="not-needed", kept=kept) as again,
    ):
        assert first_name(again) == RECORDS[0].name
        assert again.keep() == kept
    assert len(sandbox.messages()["sms"]) == messages


def test_kept_session_that_is_over_costs_a_login_but_no_code(small_sandbox, enter, context, evidence):
    """When the portal has forgotten the session the device is still known: a normal login, nobody asked."""
    kept = enter().keep()
    cookies = {cookie["name"]: cookie["value"] for cookie in kept.cookies}
    httpx.post(f"{small_sandbox.url}/kehutong/api/logout", cookies=cookies).raise_for_status()
    with (
        context.browser.new_context() as fresh,
        visit(small_sandbox, fresh, evidence, None, kept=kept) as again,
    ):
        assert first_name(again) == RECORDS[0].name
        assert again.keep().cookies != kept.cookies


def test_kept_session_of_another_address_is_not_used(small_sandbox, enter, context, evidence):
    """Cookies are for the portal that gave them."""
    kept = enter().keep()
    moved = KeptSession("https://elsewhere.invalid", kept.cookies, {}, {})
    with context.browser.new_context() as fresh, pytest.raises(AnswerMissing):
        visit(small_sandbox, fresh, evidence, None, kept=moved)


def test_storage_is_kept_without_credentials(small_sandbox, enter, context, evidence):
    """Both storages come back, in the place of the portal; entries that hold the password do not."""
    session = enter()
    context.pages[0].evaluate(
        "([secret]) => { localStorage.kht_cookies = 'all'; sessionStorage.token = 't-1'; "
        "sessionStorage.form = encodeURIComponent(`p=${secret}`); localStorage.form = secret; }",
        [ACCOUNT.password],
    )
    kept = session.keep()
    assert (kept.local_storage, kept.session_storage) == ({"kht_cookies": "all"}, {"token": "t-1"})
    assert "t-1" not in repr(kept)
    with (
        context.browser.new_context() as fresh,
        visit(small_sandbox, fresh, evidence, None, kept=kept),
    ):
        stored = fresh.pages[0].evaluate("[localStorage.kht_cookies, sessionStorage.token]")
        assert stored == ["all", "t-1"]
        assert fresh.pages[0].locator("#logout").is_visible()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": "x"}', "null"])
def test_kept_session_from_anything_else(text):
    """A value that was never a kept session is refused as one."""
    with pytest.raises(ValueError, match=r".+"):
        KeptSession.from_json(text)


@pytest.mark.parametrize(("keeps", "status"), [(True, 200), (False, 401)])
def test_logout_unless_kept(small_sandbox, enter, context, keeps, status):
    """A session that nobody keeps is logged out at the end; one that was kept stays."""
    session = enter()
    if keeps:
        session.keep()
    session.close()
    answer = context.request.get(f"{small_sandbox.url}/kehutong/api/session")
    assert answer.status == status


def test_login_after_the_keeping_is_logged_out(small_sandbox, enter, context):
    """What was kept is over and nobody knows of the login that followed: it must not stay behind."""
    session = enter()
    session.keep()
    small_sandbox.spoil("kehutong", expire_at_page=1)
    assert first_name(session) == RECORDS[0].name
    session.close()
    assert context.request.get(f"{small_sandbox.url}/kehutong/api/session").status == 401


def test_failure_in_one_dataset_costs_no_login_in_the_next(small_sandbox, enter, person):
    """After a failed dataset the session is found alive; nobody is asked and nothing is typed."""
    session = enter()
    small_sandbox.spoil("kehutong", missing_column="城市")
    with pytest.raises(Exception, match="缺少栏目：城市"):
        list(session.extract("customers", {}))
    small_sandbox.spoil("kehutong", missing_column="")
    messages = len(small_sandbox.messages()["sms"])
    assert first_name(session) == RECORDS[0].name
    assert (len(person.questions), len(small_sandbox.messages()["sms"])) == (1, messages)


def test_expired_password_stops_the_login(small_sandbox, enter, context, evidence):
    """The page that wants a new password ends the login at once, and nothing is done there."""
    posts = []
    context.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    control(small_sandbox, "password-age", expired=True)
    with pytest.raises(PasswordExpired, match="您的密码已过期，请修改密码") as failure:
        enter()
    assert str(failure.value).startswith("【需要修改密码】客户通（kehutong） 要求修改密码")
    assert [url.rpartition("/kehutong/")[2] for url in posts] == ["api/login", "api/login/code"]
    assert_clean(evidence)


@pytest.mark.parametrize("dataset", ["customers", "customer_api"])
def test_password_that_expires_in_the_middle(small_sandbox, enter, person, dataset):
    """In the page or in an answer: no new login is tried, not by the next dataset either."""
    session = enter()
    pages = session.extract(dataset, {})
    next(pages)
    control(small_sandbox, "password-age", expired=True)
    for attempt in (pages, session.extract("customer_api", {})):
        with pytest.raises(PasswordExpired):
            list(attempt)
    assert len(person.questions) == 1


def assert_clean(evidence, *answers):
    """Evidence was kept, and no file of it shows an answer, a password, a phone or the session's tokens."""
    assert any(name.endswith(".png") for name in evidence.files)
    pages = [raw.decode("utf-8") for name, raw in evidence.files.items() if name.endswith(".html")]
    assert pages
    secrets = (ACCOUNT.password, CODE_PHONE, *answers)
    coded = [base64.b64encode(secret.encode()).decode() for secret in secrets]
    for page in pages:
        assert not [secret for secret in (*secrets, *coded, "KHT_") if secret in page]
