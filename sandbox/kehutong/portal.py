"""The routes of 客户通 under ``/kehutong/``: one page, and the API that it lives on."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.kehutong.codes import CODE_SECONDS
from sandbox.kehutong.columns import columns_now, detail, layout
from sandbox.kehutong.customers import BATCH, CustomerBook, read_place
from sandbox.kehutong.files import count_import, csv_pieces, first_half, stream, workbook
from sandbox.kehutong.login import COOKIE, build_login
from sandbox.kehutong.records import FollowUp
from sandbox.kehutong.state import ACCOUNT, State, forget_together
from sandbox.local_time import china_now
from sandbox.portal_sessions import Standing

if TYPE_CHECKING:  # it imports this file
    from sandbox.portals import PortalWorld

__all__ = ["ACCOUNT", "build_portal"]

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined
)
_GONE = {Standing.EXPIRED: "session_expired", Standing.DISPLACED: "displaced"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHORTEST_PASSWORD = 10


def build_portal(world: "PortalWorld") -> APIRouter:
    """All of ``/kehutong/``."""
    state = State()
    forget_together(world.sessions, state)
    book = CustomerBook(state, is_small=world.is_small)
    router = APIRouter()
    router.include_router(_build_pages())
    router.include_router(build_login(world, state))
    router.include_router(_build_account(world, state))
    router.include_router(_build_customers(world, state, book))
    router.include_router(_build_notes(world, state))
    router.include_router(_build_files(world, state, book))
    router.include_router(_build_control(state))
    return router


def _build_pages() -> APIRouter:
    router = APIRouter()

    @router.get("/")
    @router.get("/login")
    @router.get("/app")
    async def page() -> Response:
        return HTMLResponse(_PAGES.get_template("app.html").render(code_seconds=CODE_SECONDS))

    return router


def _refusal(request: Request, world: "PortalWorld", state: State) -> Response | None:
    """The answer to a request that may not see customers; None lets it through."""
    standing = world.sessions.standing(request.cookies.get(COOKIE))
    if standing in _GONE:
        return JSONResponse({"error": _GONE[standing]}, status_code=401)
    if state.is_password_expired:
        return JSONResponse({"error": "password_expired"}, status_code=403)
    return None


def _build_account(world: "PortalWorld", state: State) -> APIRouter:
    router = APIRouter()

    @router.get("/api/session")
    async def session(request: Request) -> Response:
        """Asked by every freshly opened page."""
        if COOKIE not in request.cookies:
            return JSONResponse({"error": "login_required"}, status_code=401)
        return _refusal(request, world, state) or JSONResponse({"user": ACCOUNT.user})

    @router.post("/api/password")
    async def change_password(request: Request) -> Response:
        standing = world.sessions.standing(request.cookies.get(COOKIE))
        if standing in _GONE:
            return JSONResponse({"error": _GONE[standing]}, status_code=401)
        given = await request.json()
        old, new = str(given.get("old", "")), str(given.get("new", ""))
        if old != state.password:
            return JSONResponse({"ok": False, "message": "原密码错误"})
        if new == old or len(new) < _SHORTEST_PASSWORD:
            return JSONResponse({"ok": False, "message": "新密码至少 10 位，且不能与原密码相同"})
        state.password, state.is_password_expired = new, False
        return JSONResponse({"ok": True})

    return router


def _build_customers(world: "PortalWorld", state: State, book: CustomerBook) -> APIRouter:
    router, faults = APIRouter(), world.faults

    @router.get("/api/layout")
    async def show_layout(request: Request) -> Response:
        return _refusal(request, world, state) or JSONResponse(layout(faults))

    @router.get("/api/customers")
    async def batch(request: Request, cursor: str = "", limit: int = BATCH, q: str = "") -> Response:
        try:
            place = read_place(cursor, limit)
        except ValueError:
            return JSONResponse({"error": "bad_cursor"}, status_code=400)
        if faults.takes_session(place.batch_no):
            world.sessions.forget(request.cookies.get(COOKIE))
        refusal = _refusal(request, world, state)
        if refusal:
            return refusal
        await faults.wait(place.batch_no)
        return JSONResponse(book.batch(place, q.strip(), faults))

    @router.get("/api/customers/{customer_id}")
    async def show_customer(customer_id: str, request: Request) -> Response:
        refusal = _refusal(request, world, state)
        if refusal:
            return refusal
        customer = book.find(customer_id)
        if customer is None:
            return JSONResponse({"error": "not_found"}, status_code=404)
        return JSONResponse(detail(customer, state.notes.get(customer_id, []), faults))

    return router


def _build_notes(world: "PortalWorld", state: State) -> APIRouter:
    router = APIRouter()

    @router.post("/api/customers/{customer_id}/notes")
    async def add_note(customer_id: str, request: Request) -> Response:
        refusal = _refusal(request, world, state)
        if refusal:
            return refusal
        now = china_now().replace(tzinfo=None, second=0, microsecond=0)
        note = FollowUp(now, ACCOUNT.user, str((await request.json()).get("text", "")))
        state.notes.setdefault(customer_id, []).append(note)
        return JSONResponse({"ok": True})

    return router


def _build_files(world: "PortalWorld", state: State, book: CustomerBook) -> APIRouter:
    router, faults = APIRouter(), world.faults

    @router.post("/api/export")
    async def export(request: Request) -> Response:
        refusal = _refusal(request, world, state)
        if refusal:
            return refusal
        given = await request.json()
        if not str(given.get("reason", "")).strip():
            return JSONResponse({"error": "reason_required", "message": "请填写导出原因"}, status_code=400)
        customers = book.all(str(given.get("q", "")).strip())
        columns, kind = columns_now(faults), given.get("format", "csv")
        is_xlsx = kind == "xlsx"
        pieces = [workbook(customers, columns)] if is_xlsx else csv_pieces(customers, columns)
        name = f"customers_{china_now():%Y%m%d}.{'xlsx' if is_xlsx else 'csv'}"
        return _download(pieces, name, _XLSX if is_xlsx else "text/csv; charset=utf-8", faults.half_download)

    @router.post("/api/import")
    async def take_file(request: Request, file: UploadFile) -> Response:
        refusal = _refusal(request, world, state)
        if refusal:
            return refusal
        raw = await file.read()
        state.uploads.append((file.filename or "", raw))
        return JSONResponse(count_import(raw))

    return router


def _download(pieces: list[bytes], name: str, media_type: str, breaks_off: bool) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if breaks_off:
        headers["Content-Length"] = str(sum(map(len, pieces)))
    body = first_half(pieces) if breaks_off else stream(pieces)
    return StreamingResponse(body, media_type=media_type, headers=headers)


def _build_control(state: State) -> APIRouter:
    """Levers for tests and the demo, which no real portal has."""
    router = APIRouter()

    @router.post("/control/password-age")
    async def age_password(request: Request) -> dict[str, bool]:
        state.is_password_expired = bool((await request.json())["expired"])
        return {"expired": state.is_password_expired}

    @router.post("/control/code-seconds")
    async def shorten_codes(request: Request) -> dict[str, float]:
        state.codes.code_seconds = float((await request.json())["seconds"])
        return {"seconds": state.codes.code_seconds}

    @router.get("/control/uploads")
    async def uploads() -> list[dict[str, str | int]]:
        return [
            {"name": name, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
            for name, raw in state.uploads
        ]

    return router
