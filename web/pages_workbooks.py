"""The list of workbooks and their download."""

import re
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response

from connectors.database.engine import session as hub_session
from connectors.database.tables import Workbook
from web.audit import record
from web.desk import Desk, get_desk
from web.rendering import render
from web.workbooks import (
    DOWNLOAD,
    DeskError,
    event_target,
    list_workbooks,
    read_workbook,
)

router = APIRouter()
TheDesk = Annotated[Desk, Depends(get_desk)]
WorkbookId = Annotated[int, Path(ge=1, le=2**31 - 1)]
_DOWNLOAD_PATH = re.compile(r"/workbooks/([1-9]\d{0,9})/download")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.head("/", include_in_schema=False)
@router.get("/")
def workbook_list(request: Request, desk: TheDesk, fetch: int | None = None) -> Response:
    """Home: all workbooks with their figures. ``fetch`` starts the download of one of them."""
    with hub_session(desk.engine, read_only=True) as session:
        cards = list_workbooks(session)
    fetched = next((card for card in cards if card.id == fetch), None)
    return render(request, "workbooks.html", cards=cards, fetched=fetched)


@router.head("/workbooks/{workbook_id}/download", include_in_schema=False)
@router.get("/workbooks/{workbook_id}/download")
def workbook_download(request: Request, workbook_id: WorkbookId, desk: TheDesk) -> Response:
    """The workbook's bytes, after their SHA-256 was checked; each download is written to the audit trail."""
    username = request.state.visitor.username
    with hub_session(desk.engine, read_only=True) as session:
        workbook = session.get(Workbook, workbook_id)
    if workbook is None:
        raise HTTPException(404)
    try:
        raw = read_workbook(desk.settings.out_dir, workbook)
    except DeskError as error:
        _record(desk, username, error.action, workbook)
        raise
    if request.method == "GET":
        _record(desk, username, DOWNLOAD, workbook)
    return Response(raw, media_type=_XLSX, headers=_attachment(workbook))


def page_that_fetches(target: str) -> str:
    """For a download: the list that starts it, so that a login ends on a page; else ``target``."""
    download = _DOWNLOAD_PATH.fullmatch(target)
    return f"/?fetch={download[1]}" if download else target


def _record(desk: Desk, username: str, action: str, workbook: Workbook) -> None:
    with hub_session(desk.engine) as session:
        record(session, username, action, event_target(workbook), at=desk.clock())


def _attachment(workbook: Workbook) -> dict[str, str]:
    """RFC 6266 header: a plain ASCII name for old clients, the Chinese one for all others."""
    plain = f"workbook-{workbook.id}{PurePosixPath(workbook.file_name).suffix}"
    name = quote(workbook.file_name, safe="")
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"}
