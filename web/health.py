"""Whether the desk and its hub answer, for probes."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bots.errors import BrokerFlowError
from connectors.database.engine import session as hub_session
from connectors.database.tables import DeskUser
from web.desk import Desk, get_desk

router = APIRouter()


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def healthz(desk: Annotated[Desk, Depends(get_desk)]) -> JSONResponse:
    """200 ``{"status": "ok"}``, or 503 when the hub does not answer or has no tables."""
    try:
        with hub_session(desk.engine, read_only=True) as session:
            session.execute(select(DeskUser.username).limit(1))
    except (BrokerFlowError, SQLAlchemyError):
        return JSONResponse({"status": "hub unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})
