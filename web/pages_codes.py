"""Codes that portals ask for: people type them here, an SMS relay posts them."""

import base64
import logging
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from bots.errors import BrokerFlowError
from connectors.database.engine import session as hub_session
from connectors.database.tables import Question
from connectors.prefect_rest import NotPaused, PrefectServer
from connectors.questions import OPEN, AnswerRefused, answer, answer_from_sms, open_questions
from connectors.relay_nonces import take_nonce
from web.audit import record
from web.desk import Desk, get_desk
from web.relay import RELAY, WINDOW, prove_relay
from web.rendering import render

router = APIRouter()
_log = logging.getLogger(__name__)
TheDesk = Annotated[Desk, Depends(get_desk)]
QuestionId = Annotated[int, Path(ge=1, le=2**31 - 1)]
# Prefect's form asks for a text; the answer itself stands in the hub, sealed.
_TRIES, _SECONDS_BETWEEN = 5, 1.0
_ANSWERED = {"code": "已在工作台回答"}


class RelayedText(BaseModel):
    """An SMS as the relay on the phone posts it."""

    text: str = Field(min_length=1, max_length=500)


@router.head("/codes", include_in_schema=False)
@router.get("/codes")
def code_list(request: Request, desk: TheDesk) -> Response:
    """Questions that still can be answered, the most urgent first."""
    return _show(request, desk, said="")


@router.head("/codes/{question_id}/picture", include_in_schema=False)
@router.get("/codes/{question_id}/picture")
def code_picture(question_id: QuestionId, desk: TheDesk) -> Response:
    """A captcha's picture."""
    with hub_session(desk.engine, read_only=True) as session:
        question = session.get(Question, question_id)
        picture = question.picture if question and question.state == OPEN else None
    if picture is None:
        raise HTTPException(404)
    return Response(base64.b64decode(picture), media_type="image/png")


@router.post("/codes/{question_id}")
def code_answer(
    request: Request, question_id: QuestionId, desk: TheDesk, code: Annotated[str, Form(max_length=64)]
) -> Response:
    """Take a person's answer and let the run go on; what went wrong stands above the list."""
    username = request.state.visitor.username
    try:
        question = _take(
            desk, username, lambda session: answer(session, question_id, code, username, desk.clock())
        )
        _resume(desk, question)
    except BrokerFlowError as error:
        return _show(request, desk, said=f"{error.what}{error.remedy}。")
    return RedirectResponse("/codes", status_code=303)


@router.post("/relay/sms")
async def relay_sms(request: Request, desk: TheDesk) -> JSONResponse:
    """An SMS from the firm's own relay: ``{"text": ...}``, signed (web/relay.py).

    401 for a wrong, old or repeated signature, 422 for another body, 409 when no question or several fit,
    200 with the portal's slug and whether its run went on.
    """
    body = await request.body()
    nonce = prove_relay(request.headers, body, desk.clock())
    await run_in_threadpool(_use_up, desk, nonce)
    try:
        text = RelayedText.model_validate_json(body).text
    except ValueError:
        raise HTTPException(422) from None
    return await run_in_threadpool(_take_sms, desk, text)


def _use_up(desk: Desk, nonce: str) -> None:
    """401 for a nonce that was used before; kept as long as its request could be posted again."""
    with hub_session(desk.engine) as session:
        is_new = take_nonce(session, nonce, desk.clock(), kept_for=2 * WINDOW)
    if not is_new:
        raise HTTPException(401)


def _take_sms(desk: Desk, text: str) -> JSONResponse:
    try:
        question = _take(desk, RELAY, lambda session: answer_from_sms(session, text, RELAY, desk.clock()))
    except AnswerRefused as error:
        return JSONResponse({"error": error.what}, status_code=409)
    try:
        _resume(desk, question)
    except BrokerFlowError as error:
        return JSONResponse({"source": question.source_slug, "resumed": False, "error": error.what})
    return JSONResponse({"source": question.source_slug, "resumed": True})


def _take(desk: Desk, who: str, act: Callable[[Session], Question]) -> Question:
    """Answer in one transaction with its line in the audit trail."""
    with hub_session(desk.engine) as session:
        question = act(session)
        record(session, who, "answered code", f"{question.source_slug}/{question.id}", at=desk.clock())
        session.flush()
        session.expunge(question)
    return question


def _resume(desk: Desk, question: Question) -> None:
    """Let the run go on; an answer may be quicker than the run's way into its pause."""
    for _ in range(_TRIES):
        try:
            if question.flow_run_id:
                server = PrefectServer(desk.settings.prefect_api_url, desk.settings.prefect_auth)
                server.resume_run(question.flow_run_id, _ANSWERED)
        except NotPaused:
            time.sleep(_SECONDS_BETWEEN)
        else:
            return
    _log.info("question %s: the run was not paused, it reads the answer by itself", question.id)


def _show(request: Request, desk: Desk, said: str) -> Response:
    now = desk.clock()
    with hub_session(desk.engine, read_only=True) as session:
        waiting = [
            (question, int((question.expires_at - now).total_seconds()))
            for question in open_questions(session, now)
        ]
    return render(request, "codes.html", waiting=waiting, said=said, status=409 if said else 200)
