"""Every error as a Chinese page that says what to do; nothing internal reaches a page."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from bots.errors import BrokerFlowError
from bots.masking import mask_text
from web.gate import NotSignedIn
from web.rendering import render
from web.security import secure_headers
from web.workbooks import DeskError

_log = logging.getLogger(__name__)

_TEXTS: Mapping[int, tuple[str, str, str]] = {
    400: ("请求无法识别", "浏览器发来的内容不完整或格式不对。", "请返回上一页重新操作。"),
    403: (
        "没有权限",
        "您的角色不能打开这个页面，或页面停留太久已经失效。",
        "请回到首页重新打开后再试；如工作需要此权限，请联系管理员。",
    ),
    404: ("页面不存在", "地址有误，或内容已被移除。", "请检查链接，或回到首页查找。"),
    405: ("操作方式不对", "这个地址不支持当前的操作。", "请回到首页，用页面上的按钮操作。"),
    413: ("提交内容过大", "提交的内容超过了上限。", "请缩短内容后重新提交。"),
    500: (
        "系统出错了",
        "页面没能打开，错误已写入日志，数据没有改动。",
        "请稍后再试；若仍然出错，请把发生时间告诉 IT。",
    ),
    503: (
        "系统暂时不可用",
        "工作台现在读不到数据库，可能正在夜间批处理或维护。",
        "请过几分钟再试；若一直如此，请告诉 IT 查看工作台日志。",
    ),
}
"""Status -> title, what happened, what to do."""


def install_error_pages(app: FastAPI, *, is_https: bool) -> None:
    """Give every way to fail its page."""

    @app.exception_handler(NotSignedIn)
    def ask_to_sign_in(request: Request, error: NotSignedIn) -> Response:  # noqa: ARG001 - Starlette's interface
        return RedirectResponse(error.login_path, status_code=303)

    @app.exception_handler(HTTPException)
    def show_status(request: Request, error: HTTPException) -> Response:
        return error_page(request, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    def show_invalid(request: Request, error: RequestValidationError) -> Response:
        is_address = any(problem["loc"][0] == "path" for problem in error.errors())
        return error_page(request, 404 if is_address else 400)

    @app.exception_handler(DeskError)
    def show_ours(request: Request, error: DeskError) -> Response:
        remedy = f"{error.remedy}（处理人：{error.who}）"
        return _page(request, error.status, error.title, error.what, remedy)

    @app.exception_handler(BrokerFlowError)
    def show_machinery(request: Request, error: BrokerFlowError) -> Response:
        _log.error("%s at %s", mask_text(str(error)), request.url.path)
        return error_page(request, 503)

    @app.exception_handler(Exception)
    def show_failure(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's interface
        # Starlette answers this one outside all middleware, so its headers are added here.
        response = error_page(request, 500)
        response.headers.update(secure_headers(request.url.path, is_https=is_https))
        return response


def error_page(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The page of an HTTP status; an unlisted one speaks as its class (4xx, 5xx)."""
    fallback = 500 if status >= 500 else 400  # noqa: PLR2004 - HTTP's own border
    return _page(request, status, *_TEXTS.get(status, _TEXTS[fallback]), headers=headers)


def _page(
    request: Request,
    status: int,
    title: str,
    what: str,
    remedy: str,
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return render(
        request,
        "error.html",
        status=status,
        headers=dict(headers or {}),
        code=status,
        title=title,
        what=what,
        remedy=remedy,
    )
