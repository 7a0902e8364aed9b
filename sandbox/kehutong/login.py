"""Logging in: account and password, perhaps a picture, then a code by SMS unless the device is known."""

import secrets
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sandbox.gateways.received import TextMessage
from sandbox.kehutong.codes import CodeResult
from sandbox.kehutong.columns import mask_phone
from sandbox.kehutong.state import ACCOUNT, DEVICE_SECONDS, State
from sandbox.local_time import china_now
from sandbox.portal_sessions import LoginResult

if TYPE_CHECKING:  # it imports this folder
    from sandbox.portals import PortalWorld

COOKIE, DEVICE_COOKIE = "KHT_SESSION", "KHT_DEVICE"
PATH = "/kehutong"
CODE_PHONE = "13000000009"
_CAPTCHA_AFTER, _LOCKED_AFTER = 2, 3


def build_login(world: "PortalWorld", state: State) -> APIRouter:
    """``api/login``, its code, its picture, and logging out."""
    router = APIRouter()

    @router.post("/api/login")
    async def check_password(request: Request) -> Response:
        return _check_password(await request.json(), request.cookies.get(DEVICE_COOKIE), world, state)

    @router.post("/api/login/code")
    async def check_code(request: Request) -> Response:
        given = await request.json()
        result = state.codes.judge(str(given.get("code_id", "")), str(given.get("code", "")).strip())
        if result is not CodeResult.OK:
            return _refuse(result.value, restart=result is CodeResult.OVER)
        return _open(world, state, remember=bool(given.get("remember")))

    @router.post("/api/login/resend")
    async def send_again(request: Request) -> Response:
        code_id = str((await request.json()).get("code_id", ""))
        if not state.codes.is_waiting(code_id):
            return _refuse(CodeResult.OVER.value, restart=True)
        return JSONResponse(_send_code(world, state, instead_of=code_id))

    @router.get("/api/captcha/{captcha_id}.svg")
    async def picture(captcha_id: str) -> Response:
        drawn = state.captchas.picture(captcha_id)
        return Response(drawn or "", status_code=200 if drawn else 404, media_type="image/svg+xml")

    @router.post("/api/logout")
    async def log_out(request: Request) -> Response:
        world.sessions.forget(request.cookies.get(COOKIE))
        response = JSONResponse({"ok": True})
        response.delete_cookie(COOKIE, path=PATH)
        return response

    return router


def _check_password(
    given: dict[str, Any], device: str | None, world: "PortalWorld", state: State
) -> Response:
    needs_picture = _CAPTCHA_AFTER <= state.wrong_passwords < _LOCKED_AFTER
    if needs_picture and not state.captchas.takes(
        str(given.get("captcha_id", "")), str(given.get("captcha", ""))
    ):
        text = "图形验证码错误" if given.get("captcha") else "请输入图形验证码"
        return _refuse(text, captcha_id=state.captchas.new())
    if (given.get("account"), given.get("password")) != (ACCOUNT.user, state.password):
        result, _ = world.sessions.log_in("", "")
        state.wrong_passwords += 1
        asks = result is LoginResult.WRONG and state.wrong_passwords >= _CAPTCHA_AFTER
        return _refuse(result.value, captcha_id=state.captchas.new() if asks else None)
    if state.wrong_passwords >= _LOCKED_AFTER:
        return _refuse(LoginResult.LOCKED.value)
    if state.knows_device(device):
        return _open(world, state)
    return JSONResponse(_send_code(world, state))


def _open(world: "PortalWorld", state: State, *, remember: bool = False) -> Response:
    """Only now is a session made, and an older one displaced."""
    result, session_id = world.sessions.log_in(ACCOUNT.user, ACCOUNT.password)
    if result is not LoginResult.OK:
        return _refuse(result.value, restart=True)
    state.wrong_passwords = 0
    response = JSONResponse({"ok": True, "need_code": False})
    response.set_cookie(COOKIE, session_id, path=PATH, httponly=True, samesite="lax")
    if remember:
        token = secrets.token_hex(16)
        state.devices[token] = state.clock()
        response.set_cookie(
            DEVICE_COOKIE, token, max_age=DEVICE_SECONDS, path=PATH, httponly=True, samesite="lax"
        )
    return response


def _send_code(world: "PortalWorld", state: State, instead_of: str | None = None) -> dict[str, Any]:
    code_id, code = state.codes.send(instead_of)
    world.received.text_messages.append(
        TextMessage(
            received_at=china_now(),
            phone=CODE_PHONE,
            sign_name="客户通",
            template_code="KHT_LOGIN_CODE",
            parameters={"code": code, "id": code_id},
            text=f"【客户通】验证码 {code}（编号 {code_id}），2分钟内有效",
            out_id="",
            biz_id=f"{uuid4().int % 10**18:018d}^0",
        )
    )
    return {"ok": True, "need_code": True, "phone": mask_phone(CODE_PHONE), "code_id": code_id}


def _refuse(message: str, *, restart: bool = False, captcha_id: str | None = None) -> JSONResponse:
    answer: dict[str, Any] = {"ok": False, "message": message}
    if restart:
        answer["restart"] = True
    if captcha_id:
        answer["captcha_id"] = captcha_id
    return JSONResponse(answer)
