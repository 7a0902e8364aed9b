"""Pages and files as the portal sends them; every page carries its state in hidden fields."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.kanghe.viewstate import StateSeal, generator_of
from sandbox.portal_faults import PortalFaults

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["zip"] = zip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/x-zip-compressed"
PDF = "application/pdf"


def answer_page(
    seal: StateSeal, page: str, user_key: str, state: dict[str, Any], /, *, query: str = "", **values: Any
) -> Response:
    """``PolicyList`` -> ``PolicyList.html`` with its form; ``query`` stays in the form's action."""
    viewstate = seal.write(page, user_key, state)
    form = {
        "action": f"./{page}.aspx" + (f"?{query}" if query else ""),
        "viewstate": viewstate,
        "generator": generator_of(page),
        "validation": seal.events(viewstate),
    }
    text = _PAGES.get_template(f"{page}.html").render(form=form, page=page, state=state, **values)
    return Response(
        text, media_type="text/html; charset=utf-8", headers={"Cache-Control": "private, no-store"}
    )


def answer_alert(message: str) -> Response:
    """A page that is only a script: it says something and goes back."""
    text = f"<script>alert({json.dumps(message, ensure_ascii=False)});history.back()</script>"
    return Response(text, media_type="text/html; charset=utf-8")


def answer_error(message: str, page: str) -> Response:
    """The yellow error page."""
    text = _PAGES.get_template("Error.html").render(message=message, page=page)
    return Response(text, status_code=500, media_type="text/html; charset=utf-8")


def answer_file(raw: bytes, name: str, media_type: str, faults: PortalFaults) -> Response:
    """A download; on a bad day the connection closes before the declared length is reached."""
    # Header bytes are raw GBK, as old servers send them; Starlette writes header text as latin-1.
    gbk_name = name.encode("gbk").decode("latin-1")
    headers = {"Content-Disposition": f'attachment; filename="{gbk_name}"', "Content-Length": str(len(raw))}
    shown = raw[: len(raw) // 2] if faults.half_download else raw

    async def body() -> AsyncIterator[bytes]:
        yield shown

    return StreamingResponse(body(), media_type=media_type, headers=headers)
