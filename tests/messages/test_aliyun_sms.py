"""SMS in Aliyun's wire format over real HTTP."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from apprise import Apprise

from bots.errors import ApplicationError, FateUnknown, MessageRefused, RateLimited, SecretMissing
from connectors.messages.aliyun_signature import canonical_query, signed_headers
from connectors.messages.delivery import Receipt
from connectors.messages.transports import build_transports
from tests.messages.conftest import NOW, SECRETS, read_secret

WHOM = "sms_phone_finance"
PAYLOAD = {
    "sign_name": "示例保险经纪",
    "template_code": "SMS_480010001",
    "parameters": {"date": "2026-11-06", "payable": "1,234.50"},
    "out_id": "0f" * 16,
}


def send(transports):
    parts = []
    transports["sms"].send(WHOM, PAYLOAD, parts_sent=0, now=NOW, record_part=lambda *part: parts.append(part))
    return parts


def ask(transports):
    return transports["sms"].read_receipt(WHOM, PAYLOAD, sent_at=NOW, now=NOW)


def test_the_signature_is_the_one_in_aliyuns_documentation():
    """Aliyun prints every input and the signature of one RunInstances call; ours is the same to the byte."""
    headers = signed_headers(
        action="RunInstances",
        version="2014-05-26",
        host="ecs.cn-shanghai.aliyuncs.com",
        query=canonical_query(
            {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
        ),
        access_key_id="YourAccessKeyId",
        access_key_secret="YourAccessKeySecret",
        now=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_query_strings_are_encoded_as_rfc_3986_says():
    """A space is %20, an asterisk %2A, a tilde itself, Chinese its UTF-8 bytes; names are sorted."""
    assert canonical_query({"b": "a b*~/", "A": "签"}) == "A=%E7%AD%BE&b=a%20b%2A~%2F"


def test_an_sms_arrives_as_template_and_parameters_with_a_valid_signature(transports, service):
    """The service recomputes the signature from the bytes it received, as Aliyun would."""
    assert send(transports) == [(1, 1, "900619746936498440^0")]
    [request] = service.arrived
    assert request.path == "/sms/"
    assert request.headers["x-acs-action"] == "SendSms"
    assert request.headers["x-acs-date"] == "2026-11-06T18:30:00Z"
    assert json.loads(request.query.pop("TemplateParam")) == PAYLOAD["parameters"]
    assert request.query == {
        "PhoneNumbers": SECRETS[WHOM],
        "SignName": "示例保险经纪",
        "TemplateCode": "SMS_480010001",
        "OutId": "0f" * 16,
    }
    assert request.headers["authorization"].endswith(f"Signature={recompute(request)}")


def recompute(request):
    names = ["host", *sorted(name for name in request.headers if name.startswith("x-acs-"))]
    lines = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    payload = hashlib.sha256(request.body).hexdigest()
    canonical = f"POST\n/\n{request.raw_query}\n{lines}\n{';'.join(names)}\n{payload}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(SECRETS["sms_access_key_secret"].encode(), text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", RateLimited),
        ("Throttling.User", RateLimited),
        ("ServiceUnavailable", ApplicationError),
        ("isp.SYSTEM_ERROR", FateUnknown),
        ("isv.SMS_TEMPLATE_ILLEGAL", MessageRefused),
        ("isv.PARAM_NOT_SUPPORT_URL", MessageRefused),
        ("SignatureDoesNotMatch", MessageRefused),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 503])
def test_every_code_but_ok_is_an_error_of_its_class(transports, service, code, error, status):
    """Aliyun says no with 200 as well as with 4xx and 5xx: the code decides, not the status."""
    service.answers.append((status, json.dumps({"Code": code, "Message": "no"}).encode()))
    with pytest.raises(ApplicationError if error is ApplicationError else error, match=code) as caught:
        send(transports)
    assert type(caught.value) is error


def test_a_timeout_after_sending_leaves_the_fate_unknown(transports, service):
    """SendSms is not idempotent: no answer means ask for the receipt, never send again."""
    service.answers.append("hang")
    with pytest.raises(FateUnknown):
        send(transports)
    assert len(service.arrived) == 1


@pytest.mark.parametrize(
    ("status", "receipt"), [(1, Receipt.OPEN), (2, Receipt.FAILED), (3, Receipt.ARRIVED)]
)
def test_a_receipt_is_found_by_our_own_number_among_others(transports, service, status, receipt):
    """Other messages to the same phone on that day do not answer for ours; the day is China's."""
    service.answers.append(details([("another", 3), (PAYLOAD["out_id"], status)], total=2))
    assert ask(transports) is receipt
    [request] = service.arrived
    assert request.headers["x-acs-action"] == "QuerySendDetails"
    assert request.query == {
        "PhoneNumber": SECRETS[WHOM],
        "SendDate": "20261107",
        "PageSize": "50",
        "CurrentPage": "1",
    }


def test_a_receipt_on_the_second_page_is_found(transports, service):
    """Fifty others come first; the list is read to its end."""
    service.answers.append(details([(f"other{number}", 3) for number in range(50)], total=51))
    service.answers.append(details([(PAYLOAD["out_id"], 3)], total=51))
    assert ask(transports) is Receipt.ARRIVED
    assert [request.query["CurrentPage"] for request in service.arrived] == ["1", "2"]


def test_a_message_the_carrier_does_not_list_stays_open(transports, service):
    """No entry is no proof that nothing was sent."""
    service.answers.append(details([], total=0))
    assert ask(transports) is Receipt.OPEN


def details(entries, total):
    listed = [{"OutId": out_id, "SendStatus": status, "PhoneNum": "x"} for out_id, status in entries]
    return {"Code": "OK", "TotalCount": total, "SmsSendDetailDTOs": {"SmsSendDetailDTO": listed}}


@pytest.mark.parametrize(("name", "value"), [(WHOM, "不是号码"), ("wecom_robot_finance", "https://x?key=1")])
def test_a_secret_of_the_wrong_shape_is_named_without_its_value(service, monkeypatch, name, value):
    """A phone that is none, a pasted webhook address: the error names the secret, sends and shows nothing."""
    monkeypatch.setitem(SECRETS, name, value)
    transports = build_transports(
        wecom_base_url=service.url, sms_base_url=service.url, read_secret=read_secret
    )
    channel = "sms" if name == WHOM else "wecom_robot"
    with pytest.raises(SecretMissing, match=name) as caught:
        transports[channel].send(
            name, PAYLOAD | {"text": "x"}, parts_sent=0, now=NOW, record_part=lambda *_: None
        )
    assert value not in str(caught.value)
    assert not service.arrived


def test_apprise_hides_secret_and_phone_when_asked(transports):
    """Apprise's privacy switch works on our URL, and the plain one instantiates the same sender again."""
    send(transports)  # registers the plugin
    sms = Apprise.instantiate(
        "brokerflowaliyunsms://LTAI:se%2Fcret9@13900000002?base_url=http%3A%2F%2Fx%2Fsms"
    )
    hidden = sms.url(privacy=True)
    assert "13900000002" not in hidden
    assert "cret9" not in hidden
    assert Apprise.instantiate(sms.url()).access_key_secret == "se/cret9"
