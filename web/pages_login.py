"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from connectors.database.engine import session as hub_session
from connectors.desk_accounts import LONGEST_PASSWORD, clean_username
from web.audit import record
from web.desk import Desk, get_desk
from web.gate import SESSION_ID
from web.pages_workbooks import page_that_fetches
from web.rendering import render
from web.security import csrf_token, local_path

router = APIRouter()
TheDesk = Annotated[Desk, Depends(get_desk)]
_REFUSED = "登录失败：用户名或密码不正确，或账号已暂时锁定。"
_TOO_MANY = "这个网络地址登录失败次数过多，请稍后再试。"


@router.head("/login", include_in_schema=False)
@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:  # noqa: A002 - the parameter's public name
    """The login form."""
    return _form(request, local_path(next))


@router.post("/login")
def login(
    request: Request,
    desk: TheDesk,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's public name
) -> Response:
    """Check name and password, start a fresh session, and go on to where the person was heading."""
    target = local_path(next)
    address = request.client.host if request.client else ""
    seconds = desk.addresses.take(address, desk.clock())
    if seconds:
        return _form(request, target, message=_TOO_MANY, status=429, headers={"Retry-After": str(seconds)})
    name = clean_username(username)
    user = desk.passwords.check(desk.engine, name, password[: LONGEST_PASSWORD + 1], desk.clock())
    if user is None:
        return _form(request, target, message=_REFUSED, status=401, typed=username[:32])
    desk.addresses.give_back(address)
    desk.sessions.end(request.session.get(SESSION_ID, ""))
    request.session.clear()
    request.session[SESSION_ID] = desk.sessions.start(user.username, user.password_hash, desk.clock())
    csrf_token(request)
    return RedirectResponse(page_that_fetches(target), status_code=303)


@router.post("/logout")
def logout(request: Request, desk: TheDesk) -> Response:
    """End the session on the server and in the browser."""
    with hub_session(desk.engine) as session:
        record(session, request.state.visitor.username, "logout", at=desk.clock())
    desk.sessions.end(request.session.pop(SESSION_ID))
    request.session.clear()
    return RedirectResponse("/login", status_code=303)


def _form(
    request: Request,
    target: str,
    *,
    message: str = "",
    typed: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "login.html",
        status=status,
        headers=headers,
        target=target,
        message=message,
        typed=typed,
        is_for_download=page_that_fetches(target) != target,
    )
