"""Pages for people: index, bank, messages."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.amounts import yuan
from sandbox.bank import OPENING_FEN
from sandbox.bank_file import FILE_NAME, bank_csv
from sandbox.brokerage import Brokerage
from sandbox.gateways.filed_templates import FILED_TEMPLATES
from sandbox.gateways.received import Received
from sandbox.scene import (
    BROKER_NAME,
    PERIOD_END,
    PERIOD_START,
    PORTAL_PASSWORD,
    PORTAL_USER,
    ROBOTS,
    SMS_SIGN_NAME,
)

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined
)
_PAGES.globals["yuan"] = yuan


def build_pages(brokerage: Brokerage, received: Received) -> APIRouter:
    """``/``, ``/bank/`` with its download, ``/messages`` and ``/messages.json``."""
    router = APIRouter()

    @router.get("/")
    async def index() -> HTMLResponse:
        return HTMLResponse(_index(brokerage))

    @router.get("/bank/")
    async def bank() -> HTMLResponse:
        return HTMLResponse(_bank(brokerage))

    @router.get("/bank/download")
    async def download() -> Response:
        name = FILE_NAME.encode("gbk").decode("latin-1")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(bank_csv(brokerage.bank.movements), media_type="text/csv", headers=headers)

    @router.get("/messages")
    async def messages() -> HTMLResponse:
        return HTMLResponse(_messages(received))

    @router.get("/messages.json")
    async def messages_json() -> JSONResponse:
        return JSONResponse(received.as_json())

    return router


def _render(page: str, **values: Any) -> str:
    return _PAGES.get_template(page).render(**values)


def _index(brokerage: Brokerage) -> str:
    return _render(
        "index.html",
        user=PORTAL_USER,
        password=PORTAL_PASSWORD,
        policies=len(brokerage.policies),
        batches=len(brokerage.batches),
        movements=len(brokerage.bank.movements),
        robots=ROBOTS,
        sign_name=SMS_SIGN_NAME,
        templates=FILED_TEMPLATES,
    )


def _bank(brokerage: Brokerage) -> str:
    return _render(
        "bank.html",
        broker=BROKER_NAME,
        first_day=PERIOD_START,
        last_day=PERIOD_END,
        opening_fen=OPENING_FEN,
        file_name=FILE_NAME,
        movements=brokerage.bank.movements,
    )


def _messages(received: Received) -> str:
    groups = {group: [m for m in received.robot_messages if m.group == group] for group in ROBOTS.values()}
    numbers = sorted({message.phone for message in received.text_messages})
    phones = {number: [m for m in received.text_messages if m.phone == number] for number in numbers}
    return _render(
        "messages.html",
        groups=groups,
        phones=phones,
        robot_count=len(received.robot_messages),
        sms_count=len(received.text_messages),
    )
