"""企业微信群机器人 in its wire format: HTTP 200 always, the truth in errcode."""

import hashlib
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, UploadFile

from sandbox.gateways.received import Received, RobotMessage
from sandbox.local_time import china_now
from sandbox.scene import ROBOTS
from sandbox.switches import Switches

_PER_MINUTE = 20
_MINUTE = 60.0
_LIMIT_BYTES = {"text": 2048, "markdown": 4096}
_SMALLEST_FILE = 5
_MEANINGS = {
    40008: "invalid message type",
    40007: "invalid media_id",
    40058: "content exceed max length",
    41004: "empty media data",
    44004: "empty content",
    45009: "api freq out of limit",
    47001: "data format error",
    93000: "invalid webhook url",
}


class Robots:
    """The group robots of the demo; ``clock`` counts seconds for the limit of 20 messages a minute."""

    def __init__(
        self, received: Received, switches: Switches, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._received = received
        self._switches = switches
        self._clock = clock
        self._sent_at: dict[str, deque[float]] = defaultdict(deque)

    def send(self, key: str, raw: bytes) -> int:
        """Take one message; the errcode, 0 when it reached the group."""
        ordered = self._switches.take_wecom_errcode()
        if ordered:
            return ordered
        if key not in ROBOTS:
            return 93000
        errcode, kind, text, payload = self._read(raw)
        if errcode == 0 and self._is_too_often(key):
            errcode = 45009
        if errcode == 0:
            message = RobotMessage(china_now(), key, ROBOTS[key], kind, text, payload)
            self._received.robot_messages.append(message)
        return errcode

    def keep_file(self, key: str, name: str, raw: bytes) -> tuple[int, str]:
        """Keep an uploaded file; errcode and media id."""
        if key not in ROBOTS:
            return 93000, ""
        if len(raw) < _SMALLEST_FILE:
            return 41004, ""
        media_id = hashlib.sha256(raw).hexdigest()[:32]
        self._received.files[media_id] = (name, raw)
        return 0, media_id

    def reset(self) -> None:
        """Forget the last minute."""
        self._sent_at.clear()

    def _is_too_often(self, key: str) -> bool:
        now, sent = self._clock(), self._sent_at[key]
        while sent and now - sent[0] >= _MINUTE:
            sent.popleft()
        if len(sent) >= _PER_MINUTE:
            return True
        sent.append(now)
        return False

    def _read(self, raw: bytes) -> tuple[int, str, str, dict[str, Any]]:
        """errcode, kind, text and payload of a body."""
        try:
            payload = json.loads(raw)
            kind = payload["msgtype"]
            body = payload[kind]
        except (ValueError, KeyError, TypeError):
            return 47001, "", "", {}
        if kind == "file":
            media_id = body.get("media_id", "")
            name = self._received.files.get(media_id, ("", b""))[0]
            return (0 if name else 40007), kind, f"[文件] {name}", payload
        if kind not in _LIMIT_BYTES:
            return 40008, kind, "", payload
        text = body.get("content", "")
        if not text:
            return 44004, kind, "", payload
        return (40058 if len(text.encode()) > _LIMIT_BYTES[kind] else 0), kind, text, payload


def build_wecom(robots: Robots) -> APIRouter:
    """Routes under ``/wecom``, as on qyapi.weixin.qq.com."""
    router = APIRouter()

    @router.post("/cgi-bin/webhook/send")
    async def send(request: Request, key: str = "") -> dict[str, Any]:
        return _answer(robots.send(key, await request.body()))

    @router.post("/cgi-bin/webhook/upload_media")
    async def upload_media(media: UploadFile, key: str = "") -> dict[str, Any]:
        errcode, media_id = robots.keep_file(key, media.filename or "", await media.read())
        if errcode:
            return _answer(errcode)
        created = str(int(china_now().timestamp()))
        return _answer(0) | {"type": "file", "media_id": media_id, "created_at": created}

    return router


def _answer(errcode: int) -> dict[str, Any]:
    meaning = _MEANINGS.get(errcode, "error") if errcode else "ok"
    return {"errcode": errcode, "errmsg": meaning}
