"""Group robot and SMS gateway in their wire formats, and what people see of the messages."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from config.settings import CONFIG_ROOT
from sandbox.gateways.filed_templates import FILED_TEMPLATES
from sandbox.gateways.received import Received
from sandbox.gateways.wecom import Robots
from sandbox.switches import Switches

ROBOT = "demo-robot-finance"
SIGNED = {"Authorization": "ACS3-HMAC-SHA256 Credential=demo", "x-acs-action": "SendSms"}
SMS = {
    "PhoneNumbers": "16312345678",
    "SignName": "示例保险经纪",
    "TemplateCode": "SMS_480010002",
    "TemplateParam": json.dumps(
        {"date": "2026-11-06", "insurer": "泰安人寿", "reason": "超时", "who": "运营"}
    ),
    "OutId": "out-1",
}


def robot_says(sandbox, content, key=ROBOT):
    payload = {"msgtype": "text", "text": {"content": content}}
    answer = httpx.post(f"{sandbox.url}/wecom/cgi-bin/webhook/send", params={"key": key}, json=payload)
    assert answer.status_code == 200
    return answer.json()["errcode"]


def send_sms(sandbox, **changes):
    answer = httpx.post(f"{sandbox.url}/sms/", params=SMS | changes, headers=SIGNED)
    assert answer.status_code == 200
    return answer.json()


def test_robot_message_reaches_its_group(small_sandbox):
    """A text is taken with errcode 0 and stands on the page under its group."""
    assert robot_says(small_sandbox, "结算完成") == 0
    message = small_sandbox.messages()["wecom"][0]
    assert (message["group"], message["text"]) == ("财务群", "结算完成")
    assert "结算完成" in httpx.get(f"{small_sandbox.url}/messages").text


@pytest.mark.parametrize(
    ("content", "key", "errcode"),
    [("好" * 682, ROBOT, 0), ("好" * 683, ROBOT, 40058), ("", ROBOT, 44004), ("好", "nobody", 93000)],
)
def test_robot_refuses_with_http_200(small_sandbox, content, key, errcode):
    """2,048 bytes are the limit, nothing is too little, an unknown key is no robot; all with HTTP 200."""
    assert robot_says(small_sandbox, content, key) == errcode
    assert len(small_sandbox.messages()["wecom"]) == (errcode == 0)


def test_robot_answers_as_told_once(small_sandbox):
    """The ordered errcode comes once and that message does not arrive."""
    small_sandbox.control(wecom_errcode=45009)
    assert [robot_says(small_sandbox, "一"), robot_says(small_sandbox, "二")] == [45009, 0]
    assert [message["text"] for message in small_sandbox.messages()["wecom"]] == ["二"]


def test_robot_takes_twenty_messages_a_minute():
    """The twenty-first message within a minute is refused with 45009; a minute later all is well."""
    now = [0.0]
    robots = Robots(Received(), Switches(), clock=lambda: now[0])
    raw = b'{"msgtype": "text", "text": {"content": "hi"}}'
    assert [robots.send(ROBOT, raw) for _ in range(21)] == [0] * 20 + [45009]
    now[0] = 60.0
    assert robots.send(ROBOT, raw) == 0


def test_robot_takes_a_file(small_sandbox):
    """An uploaded file's media id can be sent; an unknown one cannot."""
    upload = httpx.post(
        f"{small_sandbox.url}/wecom/cgi-bin/webhook/upload_media",
        params={"key": ROBOT, "type": "file"},
        files={"media": ("对账.xlsx", b"workbook")},
    ).json()
    assert (upload["errcode"], upload["type"]) == (0, "file")
    sent = []
    for media_id in (upload["media_id"], "unknown"):
        payload = {"msgtype": "file", "file": {"media_id": media_id}}
        url = f"{small_sandbox.url}/wecom/cgi-bin/webhook/send?key={ROBOT}"
        sent.append(httpx.post(url, json=payload).json()["errcode"])
    assert sent == [0, 40007]
    assert small_sandbox.messages()["wecom"][0]["text"] == "[文件] 对账.xlsx"


def test_sms_reaches_the_phone(small_sandbox):
    """A filed template arrives as the text people read, and the receipt finds it."""
    answer = send_sms(small_sandbox)
    assert answer["Code"] == "OK"
    assert small_sandbox.messages()["sms"][0]["text"] == (
        "【示例保险经纪】2026-11-06采集泰安人寿失败：超时，请运营登录工作台处理。"
    )
    today = datetime.now(ZoneInfo("Asia/Shanghai"))
    query = {
        "PhoneNumber": "16312345678",
        "SendDate": f"{today:%Y%m%d}",
        "PageSize": "10",
        "CurrentPage": "1",
    }
    headers = SIGNED | {"x-acs-action": "QuerySendDetails"}
    found = httpx.post(f"{small_sandbox.url}/sms/", params=query, headers=headers).json()
    detail = found["SmsSendDetailDTOs"]["SmsSendDetailDTO"][0]
    assert (found["TotalCount"], detail["OutId"], detail["SendStatus"]) == (1, "out-1", 3)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"TemplateCode": "SMS_1"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"SignName": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"PhoneNumbers": "123"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": ",".join(["16312345678"] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"TemplateParam": "{"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": '{"date": 1}'}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": '{"date": "1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"TemplateParam": '{"date": "http://a.b"}'}, "isv.PARAM_NOT_SUPPORT_URL"),
    ],
)
def test_sms_refuses_with_its_code(small_sandbox, changes, code):
    """Each wrong message gets the carrier's code with HTTP 200, and no phone rings."""
    assert send_sms(small_sandbox, **changes)["Code"] == code
    assert small_sandbox.messages()["sms"] == []


def test_sms_wants_a_signature(small_sandbox):
    """A request without any signature is refused."""
    answer = httpx.post(f"{small_sandbox.url}/sms/", params=SMS | {"Action": "SendSms"})
    assert (answer.status_code, answer.json()["Code"]) == (400, "IncompleteSignature")


def test_sms_answers_as_told_once(small_sandbox):
    """The ordered code comes once."""
    small_sandbox.control(sms_code="isv.BUSINESS_LIMIT_CONTROL")
    assert [send_sms(small_sandbox)["Code"] for _ in range(2)] == ["isv.BUSINESS_LIMIT_CONTROL", "OK"]


def test_slow_gateway_has_already_sent(small_sandbox):
    """Who gives up waiting for the answer does not know it, but the message arrived."""
    small_sandbox.control(slow_seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{small_sandbox.url}/sms/", params=SMS, headers=SIGNED, timeout=0.3)
    small_sandbox.control(slow_seconds=0)
    assert len(small_sandbox.messages()["sms"]) == 1


def test_carrier_has_filed_the_templates_in_use():
    """Every SMS text in config/messages is filed with the sandbox's carrier, word for word."""
    text = (CONFIG_ROOT / "messages" / "templates.yaml").read_text("utf-8")
    for code, filed in FILED_TEMPLATES.items():
        assert code in text
        assert filed in text
