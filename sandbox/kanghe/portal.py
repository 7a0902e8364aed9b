"""The portal's routes: login, menu, the policy list with its detail window, the commission batches."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sandbox.kanghe.postbacks import InvalidPostback, Postback, read_postback
from sandbox.kanghe.rendering import answer_alert, answer_error, answer_page
from sandbox.kanghe.screens import AskedTooFast, LogOut, Screens, SessionTaken
from sandbox.kanghe.viewstate import InvalidViewState, StateSeal
from sandbox.portal_sessions import Account, LoginResult, Standing

if TYPE_CHECKING:  # the table of portals imports this file
    from sandbox.portals import PortalWorld

ACCOUNT = Account("brokerflow", "kanghe-demo-2026")
COOKIE = "ASP.NET_SessionId"
_PREFIX = "/kanghe/"
_REFUSALS = {LoginResult.WRONG: "用户名或密码不正确", LoginResult.LOCKED: "账号已锁定，请联系管理员"}
_NOTICES = {
    "timeout": "登录超时，请重新登录",
    "kicked": "您的账号已在其他地点登录",
    "logout": "您已安全退出",
}
_PAGES = ("Default", "PolicyList", "PolicyDetail", "StatementList", "BatchQuery")
_METHODS = ["GET", "POST"]


def build_portal(world: "PortalWorld") -> APIRouter:
    """All pages under ``/kanghe/``."""
    router, seal = APIRouter(), StateSeal()
    screens = Screens(world.faults, seal, is_small=world.is_small)

    @router.get("/")
    async def start() -> Response:
        return RedirectResponse("Login.aspx", status_code=302)

    @router.api_route("/Login.aspx", methods=_METHODS)
    async def login(request: Request) -> Response:
        try:
            postback = await read_postback(request, "Login", "", seal)
        except (InvalidViewState, InvalidPostback) as error:
            return _error(error, "Login")
        return _log_in(request, postback, world, seal)

    @router.api_route("/{page}.aspx", methods=_METHODS)
    async def show(page: str, request: Request) -> Response:
        if page not in _PAGES:
            return Response("404 - 找不到文件或目录。", 404, media_type="text/html; charset=utf-8")
        return _gone(request, world) or await _show(page, request, world, screens)

    return router


def _log_in(request: Request, postback: Postback | None, world: "PortalWorld", seal: StateSeal) -> Response:
    notice = next((text for key, text in _NOTICES.items() if key in request.query_params), "")
    user = ""
    if postback and postback.control == "btnLogin":
        user = postback.field("txtUserName")
        result, session_id = world.sessions.log_in(user, postback.field("txtPassword"))
        if result is LoginResult.OK:
            response = RedirectResponse(_return_url(request), status_code=302)
            response.set_cookie(COOKIE, session_id, path=_PREFIX.rstrip("/"), httponly=True)
            return response
        notice = _REFUSALS[result]
        if world.faults.alerts_refusals:
            return answer_alert(notice)
    return answer_page(seal, "Login", "", {}, query=request.url.query, notice=notice, user=user)


def _return_url(request: Request) -> str:
    """The page that was asked for before the login, and no address of anybody else's."""
    wanted = request.query_params.get("ReturnUrl", "").removeprefix(_PREFIX).split("?")[0]
    return wanted if wanted.removesuffix(".aspx") in _PAGES and wanted.endswith(".aspx") else "Default.aspx"


def _gone(request: Request, world: "PortalWorld") -> Response | None:
    """The way to the login for a request without a session; None lets it through."""
    session_id = request.cookies.get(COOKIE)
    standing = world.sessions.standing(session_id)
    if standing is Standing.VALID:
        return None
    if standing is Standing.DISPLACED:
        return _to_login(request, "&kicked=1")
    return _to_login(request, "&timeout=1" if session_id else "")


def _to_login(request: Request, why: str) -> Response:
    path = request.url.path.replace("/", "%2f")
    return RedirectResponse(f"Login.aspx?ReturnUrl={path}{why}", status_code=302)


async def _show(page: str, request: Request, world: "PortalWorld", screens: Screens) -> Response:
    session_id = request.cookies[COOKIE]
    try:
        postback = await read_postback(request, page, session_id, screens.seal)
        return await screens.show(page, session_id, postback, dict(request.query_params))
    except (InvalidViewState, InvalidPostback) as error:
        return _error(error, page)
    except AskedTooFast as error:
        return error.answer
    except SessionTaken:
        world.sessions.forget(session_id)
        return _to_login(request, "&timeout=1")
    except LogOut:
        world.sessions.forget(session_id)
        response = RedirectResponse("Login.aspx?logout=1", status_code=302)
        response.delete_cookie(COOKIE, path=_PREFIX.rstrip("/"))
        return response


def _error(error: InvalidViewState | InvalidPostback, page: str) -> Response:
    if isinstance(error, InvalidViewState):
        return answer_error("Invalid viewstate. 验证视图状态 MAC 失败。", page)
    return answer_error("Invalid postback or callback argument. 回发或回调参数无效。", page)
