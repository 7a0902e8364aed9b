"""Workbooks as the desk shows them, and their bytes, proved before they leave."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bots.errors import BusinessError
from connectors.database.tables import DeskEvent, DeskUser, Workbook

DOWNLOAD = "download"
KIND_NAMES = {"commission": "佣金对账"}
_LATEST_EVENTS = 500
_SHOWN_DOWNLOADS = 8


class DeskError(BusinessError):
    """An error that the desk shows to the person word for word; ``action`` names it in the audit trail."""

    action: ClassVar[str]
    status: ClassVar[int]
    who = "运营"


class WorkbookMissing(DeskError):
    """The hub knows the workbook, the folder does not."""

    title = "工作簿文件不在了"
    action = "download_missing"
    status = 404


class WorkbookAltered(DeskError):
    """The file's bytes are not those that the flow wrote."""

    title = "工作簿文件被改动过"
    action = "download_altered"
    status = 409


@dataclass(frozen=True, slots=True)
class Download:
    """Who took a workbook and when; ``is_outdated`` when it has been written anew since."""

    display_name: str
    at: datetime
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class WorkbookCard:
    """One workbook on the list. Amounts in fen, None where the flow stored no such figure.

    ``is_tied_out``: every control sum of the reconciliation is 0.
    """

    id: int
    kind_name: str
    period: str
    file_name: str
    size: int
    sha256: str
    created_at: datetime
    own_due_fen: int | None
    statement_fen: int | None
    bank_fen: int | None
    break_count: int | None
    is_tied_out: bool | None
    downloads: Sequence[Download]

    @property
    def shown_downloads(self) -> Sequence[Download]:
        """The latest downloads, newest first."""
        return self.downloads[:_SHOWN_DOWNLOADS]


def event_target(workbook: Workbook) -> str:
    """How the audit trail names a workbook: its id and the content it had."""
    return f"workbook:{workbook.id}:{workbook.sha256}"


def list_workbooks(session: Session) -> list[WorkbookCard]:
    """All workbooks, newest first, each with its latest downloads."""
    downloads = _latest_downloads(session)
    newest_first = select(Workbook).order_by(Workbook.created_at.desc(), Workbook.id.desc())
    return [_card(workbook, downloads[str(workbook.id)]) for workbook in session.scalars(newest_first)]


def read_workbook(out_dir: Path, workbook: Workbook) -> bytes:
    """The workbook's bytes, when the file is inside ``out_dir`` and its SHA-256 is the stored one.

    Raises WorkbookMissing or WorkbookAltered.
    """
    root = out_dir.resolve()
    path = (root / workbook.path).resolve()
    again = f"请在 Prefect 重新运行「{_kind_name(workbook)}」（结算月 {workbook.period}），再回到本页下载。"
    if not path.is_relative_to(root) or not path.is_file():
        raise WorkbookMissing(f"找不到「{workbook.file_name}」，可能已被移动或删除。", remedy=again)
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != workbook.sha256:
        raise WorkbookAltered(
            f"「{workbook.file_name}」与生成时的内容不一致，为防止用错数据，已停止下载。", remedy=again
        )
    return raw


def _latest_downloads(session: Session) -> dict[str, list[tuple[DeskEvent, str]]]:
    """Workbook id as text -> its downloads and the people's names, newest first."""
    latest = (
        select(DeskEvent, DeskUser.display_name)
        .outerjoin(DeskUser, DeskUser.username == DeskEvent.username)
        .where(DeskEvent.action == DOWNLOAD)
        .order_by(DeskEvent.id.desc())
        .limit(_LATEST_EVENTS)
    )
    found: dict[str, list[tuple[DeskEvent, str]]] = defaultdict(list)
    for event, display_name in session.execute(latest):
        workbook_id = (event.target or "").split(":")[1]
        found[workbook_id].append((event, display_name or event.username))
    return found


def _card(workbook: Workbook, events: list[tuple[DeskEvent, str]]) -> WorkbookCard:
    figures: dict[str, Any] = workbook.figures
    tie_outs: dict[str, int] = figures.get("tie_outs", {})
    return WorkbookCard(
        id=workbook.id,
        kind_name=_kind_name(workbook),
        period=workbook.period,
        file_name=workbook.file_name,
        size=workbook.size,
        sha256=workbook.sha256,
        created_at=workbook.created_at,
        own_due_fen=figures.get("own_due_fen"),
        statement_fen=figures.get("statement_fen"),
        bank_fen=figures.get("bank_fen"),
        break_count=figures.get("break_count"),
        is_tied_out=not any(tie_outs.values()) if tie_outs else None,
        downloads=[
            Download(name, event.at, is_outdated=event.target != event_target(workbook))
            for event, name in events
        ],
    )


def _kind_name(workbook: Workbook) -> str:
    return KIND_NAMES.get(workbook.kind, workbook.kind)
