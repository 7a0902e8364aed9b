"""Channels for the outbox: a secret becomes an apprise URL, apprise instantiates it, the plugin sends."""

# mypy: disable-error-code="no-untyped-call"
# (apprise annotates only some of its functions)

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from apprise import Apprise
from apprise.manager_plugins import NotificationManager
from pydantic import SecretStr

from bots.errors import SecretMissing
from connectors.messages import aliyun_sms, wecom_robot
from connectors.messages.delivery import Payload, Receipt, RecordPart, Transport
from connectors.messages.message_book import Channel

ReadSecret = Callable[[str], SecretStr]
"""Secret by name; raises SecretMissing."""

ACCESS_KEY_ID = "sms_access_key_id"
ACCESS_KEY_SECRET = "sms_access_key_secret"  # noqa: S105 - the name of a secret
READ_SECONDS = 10.0
_ROBOT_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PHONE = re.compile(r"1\d{10}")


def build_transports(
    *, wecom_base_url: str, sms_base_url: str, read_secret: ReadSecret, read_seconds: float = READ_SECONDS
) -> dict[str, Transport]:
    """Every channel by its name in routes.yaml; no answer after ``read_seconds`` leaves a fate unknown."""
    return {
        Channel.WECOM_ROBOT: WeComRobotTransport(wecom_base_url, read_secret, read_seconds),
        Channel.SMS: AliyunSmsTransport(sms_base_url, read_secret, read_seconds),
    }


class WeComRobotTransport:
    """Group robots; ``whom`` names the secret with the robot's key. WeCom keeps no receipts."""

    def __init__(self, base_url: str, read_secret: ReadSecret, read_seconds: float) -> None:
        self._query = urlencode({"base_url": base_url, "rto": read_seconds})
        self._read_secret = read_secret

    def send(
        self,
        whom: str,
        payload: Payload,
        *,
        parts_sent: int,
        now: datetime,  # noqa: ARG002 - the robot signs nothing
        record_part: RecordPart,
    ) -> None:
        """See Transport."""
        key = _secret_like(_ROBOT_KEY, self._read_secret, whom, "只填 Webhook 地址中 key= 后面的部分")
        robot = _instantiate(f"{wecom_robot.SCHEMA}://{key}?{self._query}")
        robot.send(payload["text"], parts_sent=parts_sent, record_part=record_part)

    def read_receipt(
        self,
        whom: str,  # noqa: ARG002 - see Transport
        payload: Payload,  # noqa: ARG002 - see Transport
        *,
        sent_at: datetime,  # noqa: ARG002 - see Transport
        now: datetime,  # noqa: ARG002 - see Transport
    ) -> Receipt:
        """OPEN: only the people in the group can tell."""
        return Receipt.OPEN


class AliyunSmsTransport:
    """SMS; ``whom`` names the secret with the phone number."""

    def __init__(self, base_url: str, read_secret: ReadSecret, read_seconds: float) -> None:
        self._query = urlencode({"base_url": base_url, "rto": read_seconds})
        self._read_secret = read_secret

    def send(
        self,
        whom: str,
        payload: Payload,
        *,
        parts_sent: int,  # noqa: ARG002 - the carrier joins long messages itself
        now: datetime,
        record_part: RecordPart,
    ) -> None:
        """See Transport."""
        body = json.dumps(payload["parameters"], ensure_ascii=False, separators=(",", ":"))
        filed = {name: payload[name] for name in ("sign_name", "template_code", "out_id")}
        self._phone(whom).send(body, now=now, record_part=record_part, **filed)

    def read_receipt(self, whom: str, payload: Payload, *, sent_at: datetime, now: datetime) -> Receipt:
        """What the carrier lists for the message's own number on the day it left."""
        day = aliyun_sms.china_date(sent_at)
        receipt: Receipt = self._phone(whom).read_receipt(payload["out_id"], day, now)
        return receipt

    def _phone(self, whom: str) -> Any:
        phone = _secret_like(_PHONE, self._read_secret, whom, "填 11 位手机号码")
        names = (ACCESS_KEY_ID, ACCESS_KEY_SECRET)
        key_id, secret = (quote(self._read_secret(name).get_secret_value(), safe="") for name in names)
        return _instantiate(f"{aliyun_sms.SCHEMA}://{key_id}:{secret}@{phone}?{self._query}")


def _secret_like(shape: re.Pattern[str], read_secret: ReadSecret, name: str, remedy: str) -> str:
    value = read_secret(name).get_secret_value().strip()
    if not shape.fullmatch(value):
        raise SecretMissing(f"密钥 {name} 的内容格式不对。", remedy=remedy)
    return value


def _instantiate(url: str) -> Any:
    plugins = NotificationManager()
    for plugin in (wecom_robot.NotifyWeComRobot, aliyun_sms.NotifyAliyunSms):
        if plugin.secure_protocol not in plugins:
            plugins.add(plugin)
    return Apprise.instantiate(url, suppress_exceptions=False)
