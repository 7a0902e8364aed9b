"""SMS by Aliyun dysmsapi 2017-05-25: a filed template and its parameters, no free text."""

# mypy: disable-error-code="no-untyped-call,override,assignment"
# (apprise annotates only some of its classes, and some of those wrongly)

import secrets
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from apprise.plugins.base import NotifyBase

from bots.errors import ApplicationError, FateUnknown, MessageRefused, RateLimited
from connectors.messages.aliyun_signature import canonical_query, signed_headers
from connectors.messages.delivery import Receipt, RecordPart
from connectors.messages.exchange import ASK_A_PERSON, post

SCHEMA = "brokerflowaliyunsms"
_VERSION = "2017-05-25"
_SERVICE = "阿里云短信"
_CHINA = ZoneInfo("Asia/Shanghai")
_SLOW_DOWN = ("isv.BUSINESS_LIMIT_CONTROL", "Throttling")
_TRY_AGAIN = ("ServiceUnavailable",)
_NOBODY_KNOWS = ("isp.SYSTEM_ERROR", "InternalError")
_REMEDIES = {
    "isv.SMS_TEMPLATE_ILLEGAL": "模板未报备或编号有误：核对 config/messages/templates.yaml 与短信控制台",
    "isv.SMS_SIGNATURE_ILLEGAL": "签名未报备或有误：核对 config/messages/templates.yaml 与短信控制台",
    "isv.PARAM_NOT_SUPPORT_URL": "短信参数不得含链接：修改消息模板",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码有误：更新收件人密钥中的号码",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足：请充值",
}
_RECEIPTS = {2: Receipt.FAILED, 3: Receipt.ARRIVED}


class NotifyAliyunSms(NotifyBase):
    """``brokerflowaliyunsms://{access key id}:{secret}@{phone}?base_url=https://...``."""

    service_name = _SERVICE
    secure_protocol = SCHEMA
    title_maxlen = 0
    socket_read_timeout = 10.0

    def __init__(self, phone: str, base_url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not (phone.isdecimal() and self.user and self.password):
            raise TypeError("phone, access key id and secret are required")
        self.access_key_id, self.access_key_secret = str(self.user), str(self.password)
        self.phone = phone
        self.base_url = base_url.rstrip("/")

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        """Parts of the URL as keyword arguments of the class; None when it is no URL."""
        parsed: dict[str, Any] | None = NotifyBase.parse_url(url, verify_host=False)
        if parsed:
            parsed["phone"] = NotifyBase.unquote(parsed["host"])
            parsed["base_url"] = NotifyBase.unquote(parsed["qsd"].get("base_url", ""))
        return parsed

    def url(self, privacy: bool = False, **kwargs: Any) -> str:  # noqa: ARG002 - apprise's signature
        """The URL this object came from; secret and phone are hidden when ``privacy`` is set."""
        user = self.quote(self.user, safe="")
        secret, phone = (self.pprint(value, privacy, safe="") for value in (self.password, self.phone))
        return f"{SCHEMA}://{user}:{secret}@{phone}?{self.urlencode({'base_url': self.base_url})}"

    def send(
        self,
        body: str,
        title: str = "",  # noqa: ARG002 - apprise's signature; a template has no title
        notify_type: object = None,  # noqa: ARG002 - apprise's signature
        *,
        sign_name: str,
        template_code: str,
        out_id: str,
        now: datetime,
        record_part: RecordPart | None = None,
        **_: Any,
    ) -> bool:
        """Send template ``template_code`` with ``body`` = its parameters as a JSON object.

        ``out_id`` comes back in the receipt. SendSms is not idempotent: a timeout raises FateUnknown.
        Raises RateLimited, MessageRefused, FateUnknown or ApplicationError.
        """
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": self.phone,
                "SignName": sign_name,
                "TemplateCode": template_code,
                "TemplateParam": body,
                "OutId": out_id,
            },
            now,
        )
        if record_part:
            record_part(1, 1, str(answer.get("BizId", "")))
        return True

    def read_receipt(self, out_id: str, send_date: date, now: datetime) -> Receipt:
        """Ask QuerySendDetails what became of the message with ``out_id`` sent on ``send_date``.

        OPEN also means that the carrier lists no such message (yet). Source: dysmsapi, SendStatus 1
        waiting, 2 failed, 3 delivered; at most 50 messages a page.
        """
        page, seen = 1, 0
        while True:
            answer = self._call("QuerySendDetails", _details_query(self.phone, send_date, page), now)
            details = answer.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
            for detail in details:
                if detail.get("OutId") == out_id:
                    return _RECEIPTS.get(int(detail["SendStatus"]), Receipt.OPEN)
            page, seen = page + 1, seen + len(details)
            if not details or seen >= int(answer.get("TotalCount", 0)):
                return Receipt.OPEN

    def _call(self, action: str, parameters: dict[str, str], now: datetime) -> dict[str, Any]:
        query = canonical_query(parameters)
        headers = signed_headers(
            action=action,
            version=_VERSION,
            host=urlsplit(self.base_url).netloc,
            query=query,
            access_key_id=self.access_key_id,
            access_key_secret=self.access_key_secret,
            now=now,
            nonce=secrets.token_hex(16),
        )
        answer = post(_SERVICE, f"{self.base_url}/?{query}", headers=headers, timeout=self.request_timeout)
        _judge(answer)
        return answer


def _details_query(phone: str, send_date: date, page: int) -> dict[str, str]:
    day = send_date.strftime("%Y%m%d")
    return {"PhoneNumber": phone, "SendDate": day, "PageSize": "50", "CurrentPage": str(page)}


def china_date(moment: datetime) -> date:
    """The day of an aware moment as the carrier counts it."""
    return moment.astimezone(_CHINA).date()


def _judge(answer: dict[str, Any]) -> None:
    code = str(answer.get("Code", ""))
    if code == "OK":
        return
    what = f"{_SERVICE}答复 {code or '（无代码）'}：{answer.get('Message', '')}。"
    if code.startswith(_SLOW_DOWN):
        raise RateLimited(what, remedy="稍后会自动重试")
    if code.startswith(_TRY_AGAIN):
        raise ApplicationError(what, remedy="稍后会自动重试")
    if code.startswith(_NOBODY_KNOWS) or not code:
        raise FateUnknown(what, remedy=ASK_A_PERSON)
    raise MessageRefused(what, remedy=_REMEDIES.get(code, "按错误代码查阿里云短信文档并修正"))
