"""WeCom group robot: apprise's plugin with our host, errcode checked and the real limit of 2,048 bytes."""

# mypy: disable-error-code="no-untyped-call,override"
# (apprise annotates only some of its classes, and some of those wrongly)

import json
from typing import Any

from apprise.plugins.wecombot import NotifyWeComBot

from bots.errors import FateUnknown, MessageRefused, RateLimited
from connectors.messages.delivery import RecordPart
from connectors.messages.exchange import ASK_A_PERSON, post
from connectors.messages.text_parts import split_text

SCHEMA = "brokerflowwecom"
TEXT_LIMIT_BYTES = 2048
_SERVICE = "企业微信群机器人"
_SLOW_DOWN = {-1, 45009, 45033}
_REMEDIES = {
    93000: "机器人密钥无效或机器人已被移除：在群里重新添加机器人并更新密钥",
    40058: "消息内容不合要求：检查消息模板",
}


class NotifyWeComRobot(NotifyWeComBot):
    """``brokerflowwecom://{key}?base_url=https://...``; sends text, raises instead of returning False.

    Source: WeCom 群机器人配置说明, text content at most 2,048 bytes; errcode 0 is success.
    """

    secure_protocol = SCHEMA
    body_maxlen = TEXT_LIMIT_BYTES
    socket_read_timeout = 10.0

    def __init__(self, key: str, base_url: str, **kwargs: Any) -> None:
        super().__init__(key, **kwargs)
        self.base_url = base_url.rstrip("/")
        self.api_url = f"{self.base_url}/cgi-bin/webhook/send?key={self.key}"

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        """Parts of the URL as keyword arguments of the class; None when it is no URL."""
        parsed: dict[str, Any] | None = NotifyWeComBot.parse_url(url)
        if parsed:
            parsed["base_url"] = NotifyWeComBot.unquote(parsed["qsd"].get("base_url", ""))
        return parsed

    def url(self, privacy: bool = False, **kwargs: Any) -> str:  # noqa: ARG002 - apprise's signature
        """The URL this object came from; the key is hidden when ``privacy`` is set."""
        key = self.pprint(self.key, privacy, safe="")
        return f"{SCHEMA}://{key}?{self.urlencode({'base_url': self.base_url})}"

    def send(
        self,
        body: str,
        title: str = "",  # noqa: ARG002 - apprise's signature; a robot has no title
        notify_type: object = None,  # noqa: ARG002 - apprise's signature
        *,
        parts_sent: int = 0,
        record_part: RecordPart | None = None,
        **_: Any,
    ) -> bool:
        """Send the parts of ``body`` that follow the first ``parts_sent``, telling each to ``record_part``.

        Raises RateLimited, MessageRefused, FateUnknown or ApplicationError at the first part that fails.
        """
        parts = split_text(body, TEXT_LIMIT_BYTES)
        for number, part in enumerate(parts[parts_sent:], parts_sent + 1):
            self._send_part(part)
            if record_part:
                record_part(number, len(parts), f"{number}/{len(parts)}")
        return True

    def _send_part(self, text: str) -> None:
        message = {"msgtype": "text", "text": {"content": text}}
        answer = post(
            _SERVICE,
            self.api_url,
            headers={"Content-Type": "application/json; charset=utf-8"},
            body=json.dumps(message, ensure_ascii=False).encode(),
            timeout=self.request_timeout,
        )
        _judge(answer)


def _judge(answer: dict[str, Any]) -> None:
    code = answer.get("errcode")
    if code == 0:
        return
    if not isinstance(code, int):
        raise FateUnknown(f"{_SERVICE}的答复没有 errcode。", remedy=ASK_A_PERSON)
    what = f"{_SERVICE}答复 errcode {code}：{answer.get('errmsg', '')}。"
    if code in _SLOW_DOWN:
        raise RateLimited(what, remedy="稍后会自动重试")
    raise MessageRefused(what, remedy=_REMEDIES.get(code, "按 errcode 查企业微信全局错误码并修正"))
