"""Logging in to 客户通 over real HTTP: password, picture, code, device, lock, displacement."""

import re

import httpx

from sandbox.kehutong.codes import CODE_SECONDS, CodeResult, Codes
from sandbox.kehutong.state import ACCOUNT, DEVICE_SECONDS, State

GOOD = {"account": ACCOUNT.user, "password": ACCOUNT.password}
WRONG = GOOD | {"password": "wrong"}


def open_client(sandbox):
    return httpx.Client(base_url=f"{sandbox.url}/kehutong/")


def sms_code(sandbox, code_id):
    """The code that came to the phone with this number."""
    texts = [message["text"] for message in sandbox.messages()["sms"]]
    found = [re.fullmatch(r"【客户通】验证码 (\d{6})（编号 (\w{4})），2分钟内有效", text) for text in texts]
    return next(match[1] for match in found if match and match[2] == code_id)


def log_in(sandbox, client, **more):
    sent = client.post("api/login", json=GOOD).json()
    code = sms_code(sandbox, sent["code_id"])
    given = {"code_id": sent["code_id"], "code": code} | more
    return client.post("api/login/code", json=given).json()


def test_login_in_two_steps(small_sandbox):
    """The password alone opens nothing; the code that came by SMS does, once."""
    with open_client(small_sandbox) as client:
        sent = client.post("api/login", json=GOOD).json()
        assert (sent["ok"], sent["need_code"], sent["phone"]) == (True, True, "130****0009")
        assert client.get("api/customers").json() == {"error": "session_expired"}
        given = {"code_id": sent["code_id"], "code": sms_code(small_sandbox, sent["code_id"])}
        assert client.post("api/login/code", json=given).json()["ok"]
        assert client.get("api/session").json() == {"user": "brokerflow"}
        again = client.post("api/login/code", json=given).json()
        assert again == {"ok": False, "message": "请重新登录", "restart": True}


def test_three_wrong_codes_end_the_login(small_sandbox):
    """A wrong code is told twice; the third sends back to the start, where the right one helps no more."""
    with open_client(small_sandbox) as client:
        sent = client.post("api/login", json=GOOD).json()
        right = sms_code(small_sandbox, sent["code_id"])
        wrong = {"code_id": sent["code_id"], "code": "x"}
        said = [client.post("api/login/code", json=wrong).json()["message"] for _ in range(3)]
        assert said == ["验证码错误", "验证码错误", "请重新登录"]
        assert not client.post("api/login/code", json=wrong | {"code": right}).json()["ok"]


def test_late_code_and_another_one(small_sandbox):
    """A code too old is refused as such; 重新获取 sends another under another number."""
    with open_client(small_sandbox) as client:
        sent = client.post("api/login", json=GOOD).json()
        client.post("control/code-seconds", json={"seconds": 0})
        late = {"code_id": sent["code_id"], "code": sms_code(small_sandbox, sent["code_id"])}
        assert client.post("api/login/code", json=late).json()["message"] == "验证码已过期"
        client.post("control/code-seconds", json={"seconds": CODE_SECONDS})
        fresh = client.post("api/login/resend", json={"code_id": sent["code_id"]}).json()
        assert client.post("api/login/code", json=late).json()["message"] == "请重新登录"
        given = {"code_id": fresh["code_id"], "code": sms_code(small_sandbox, fresh["code_id"])}
        assert client.post("api/login/code", json=given).json()["ok"]


def test_code_lives_two_minutes():
    """At 120 seconds a code is good, at 121 late; another message does not give new tries."""
    now = [0.0]
    codes = Codes(clock=lambda: now[0])
    first, code = codes.send()
    assert codes.judge(first, "") is CodeResult.WRONG
    now[0] = CODE_SECONDS + 1
    assert codes.judge(first, code) is CodeResult.LATE
    second, code = codes.send(instead_of=first)
    assert codes.judge(second, "") is CodeResult.WRONG
    now[0] += CODE_SECONDS
    assert codes.judge(second, code) is CodeResult.OK


def test_remembered_device_needs_no_code(small_sandbox):
    """With the device's cookie the password is enough, for 30 days."""
    with open_client(small_sandbox) as client:
        assert log_in(small_sandbox, client, remember=True)["ok"]
        client.post("api/logout", json={})
        assert client.post("api/login", json=GOOD).json() == {"ok": True, "need_code": False}
    now = [0.0]
    state = State(clock=lambda: now[0], devices={"token": 0.0})
    now[0] = DEVICE_SECONDS + 1.0
    assert not state.knows_device("token")


def test_wrong_passwords_bring_a_picture_then_the_lock(small_sandbox):
    """After two a picture must be read, which costs no try when misread; the third wrong password locks."""
    with open_client(small_sandbox) as client:
        first, second = (client.post("api/login", json=WRONG).json() for _ in range(2))
        assert (first["message"], "captcha_id" in first) == ("用户名或密码错误", False)
        picture = client.get(f"api/captcha/{second['captcha_id']}.svg")
        assert picture.headers["content-type"].startswith("image/svg+xml")
        misread = {"captcha_id": second["captcha_id"], "captcha": "?"}
        third = client.post("api/login", json=GOOD | misread).json()
        assert third["message"] == "图形验证码错误"
        signs = re.findall(r"rotate[^>]+>(\w)<", client.get(f"api/captcha/{third['captcha_id']}.svg").text)
        read = {"captcha_id": third["captcha_id"], "captcha": "".join(signs)}
        last = client.post("api/login", json=WRONG | read).json()
        assert last == {"ok": False, "message": "账号已锁定"}
        assert client.post("api/login", json=GOOD).json() == last


def test_second_login_displaces_the_first(small_sandbox):
    """Whoever logs in last stays; a password without its code displaces nobody."""
    with open_client(small_sandbox) as first, open_client(small_sandbox) as second:
        log_in(small_sandbox, first)
        second.post("api/login", json=GOOD)
        assert first.get("api/session").status_code == 200
        log_in(small_sandbox, second)
        answer = first.get("api/customers")
        assert (answer.status_code, answer.json()) == (401, {"error": "displaced"})


def test_expired_password_shuts_everything(small_sandbox):
    """Until the password is changed the API says so; the old one is then wrong, until the reset."""
    with open_client(small_sandbox) as crm:
        log_in(small_sandbox, crm)
        crm.post("control/password-age", json={"expired": True})
        assert crm.get("api/customers").json() == {"error": "password_expired"}
        given = {"old": ACCOUNT.password, "new": ACCOUNT.password}
        assert not crm.post("api/password", json=given).json()["ok"]
        assert crm.post("api/password", json=given | {"new": "another-demo-2026"}).json()["ok"]
        assert crm.get("api/customers").status_code == 200
        assert crm.post("api/login", json=GOOD).json()["message"] == "用户名或密码错误"
