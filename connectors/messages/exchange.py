"""One HTTP exchange with a message service, its failures told apart by whether anything left."""

import logging
import ssl
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import httpx

from bots.errors import ApplicationError, FateUnknown, MessageRefused, RateLimited

# httpx logs every address at INFO, and these addresses carry robot keys and phone numbers.
logging.getLogger("httpx").setLevel(logging.WARNING)

_NOTHING_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
ASK_A_PERSON = "请向接收人核实是否收到，再用 brokerflow messages decide 登记结果；系统不会自行重发"


def post(
    service: str, address: str, *, headers: Mapping[str, str], body: bytes = b"", timeout: tuple[float, float]
) -> dict[str, Any]:
    """POST and read the JSON object that answers, whatever the HTTP status around it.

    ``timeout`` is (connect, read) in seconds; ``service`` names the other side in errors, which never
    show the address. Raises ApplicationError when nothing left this machine, FateUnknown when the
    request left and no readable answer came, RateLimited for 429, MessageRefused for a foreign answer.
    """
    connect, read = timeout
    try:
        response = httpx.post(
            address,
            content=body,
            headers=dict(headers),
            timeout=httpx.Timeout(read, connect=connect),
            verify=_trusted_authorities(),
        )
    except _NOTHING_LEFT as error:
        raise ApplicationError(
            f"无法连接{service}（{type(error).__name__}），消息没有发出。",
            remedy="检查网络与服务地址设置，稍后会自动重试",
        ) from error
    except httpx.TransportError as error:
        raise FateUnknown(
            f"请求已发往{service}，但没有收到答复（{type(error).__name__}）。", remedy=ASK_A_PERSON
        ) from error
    return _read_answer(service, response)


@lru_cache(maxsize=1)
def _trusted_authorities() -> ssl.SSLContext:
    """Read once: loading the certificates costs more than a whole exchange."""
    return httpx.create_ssl_context()


def _read_answer(service: str, response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(f"{service}答复 HTTP 429。", remedy="稍后会自动重试")
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise MessageRefused(
            f"{service}答复 HTTP {status}，内容不是接口应答。", remedy="检查服务地址设置与代理"
        )
    raise FateUnknown(f"{service}答复 HTTP {status}，内容无法识别。", remedy=ASK_A_PERSON)
