"""The gate before every page: who is it, and may this role come here."""

from urllib.parse import quote

from fastapi import HTTPException, Request

from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskUser
from web.access import PUBLIC, may_open
from web.audit import record
from web.desk import Desk, Visitor, get_desk

SESSION_ID = "sid"


class NotSignedIn(Exception):
    """Nobody is logged in; ``login_path`` asks for it and remembers where the person was going."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        wanted = here if request.method in {"GET", "HEAD"} else "/"
        self.login_path = "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}"


def admit(request: Request) -> None:
    """Dependency of the whole desk: lets the request pass, or sends it to the login or to a 403 page.

    Role and password are read from the hub each time, so a change acts at once.
    """
    page = request.scope["route"].name
    if page in PUBLIC:
        return
    desk = get_desk(request)
    visitor = _find_visitor(desk, request.session.get(SESSION_ID))
    if visitor is None:
        raise NotSignedIn(request)
    request.state.visitor = visitor
    if not may_open(visitor.role, page):
        with hub_session(desk.engine) as session:
            record(session, visitor.username, "refused", page, at=desk.clock())
        raise HTTPException(403)


def _find_visitor(desk: Desk, session_id: str | None) -> Visitor | None:
    live = desk.sessions.touch(session_id, desk.clock()) if session_id else None
    if live is None or session_id is None:
        return None
    with hub_session(desk.engine, read_only=True) as session:
        user = session.get(DeskUser, live.username)
        if user is None or user.password_hash != live.password_hash:
            desk.sessions.end(session_id)
            return None
        return Visitor(user.username, user.display_name, user.role)
