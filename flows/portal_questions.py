"""A portal's code under Prefect: the run pauses with a form, people are told, an answer lets it go on."""

import base64
from datetime import UTC, datetime
from uuid import uuid4

from prefect import get_run_logger
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from pydantic import Field

from bots.portal.people import AnswerMissing, Asker, PersonQuestion
from bots.records import Notice, Severity
from config.settings import get_settings
from connectors.database.engine import session
from connectors.messages.outbox import enqueue
from connectors.messages.sender import send_waiting
from connectors.questions import AnswerRefused, Asked, answer, ask, close_unanswered, take_answer
from connectors.wiring import hub, message_book, transports
from flows.house import OPERATIONS, flow_run_id

_POLL_SECONDS = 2
# The code is worth nothing after its time; typing it in takes some of it.
_TYPING_SECONDS = 5


class PortalCode(RunInput):
    """The form of a paused run."""

    code: str = Field(title="验证码", description="短信或图片里的验证码；编号要与提问里写的一致")


def ask_operations(slug: str) -> Asker:
    """An asker that pauses the portal's own flow run; the desk, Prefect's form or an SMS relay answer."""

    def ask_one(question: PersonQuestion) -> str:
        asked_id, token = _put(slug, question)
        _tell(question, token)
        given = _given(asked_id)
        if given:
            return given
        get_run_logger().warning("%s 等待%s，%s 秒内有效", question.place, question.name, question.seconds)
        try:
            form = pause_flow_run(
                wait_for_input=PortalCode.with_initial_data(description=f"{question.place} {question.name}"),
                timeout=max(question.seconds - _TYPING_SECONDS, _POLL_SECONDS),
                poll_interval=_POLL_SECONDS,
                key=f"code-{asked_id}",
            )
        except FlowPauseTimeout:
            given = _given(asked_id)
            if given:
                return given
            raise _nobody(question, asked_id) from None
        return _answer_of(asked_id, form.code, question)

    return ask_one


def _put(slug: str, question: PersonQuestion) -> tuple[int, str]:
    picture = base64.b64encode(question.picture).decode() if question.picture else None
    asked = Asked(slug, question.place, question.shown, picture, question.seconds, flow_run_id())
    with session(hub()) as current:
        put = ask(current, asked, datetime.now(UTC))
        return put.id, put.token


def _tell(question: PersonQuestion, token: str) -> None:
    """Now, not with the night's digest: the code dies within minutes."""
    parameters = {
        "place": question.place,
        "kind": question.name,
        "seconds": str(question.seconds),
        "url": f"{get_settings().desk_url}/codes",
    }
    now = datetime.now(UTC)
    notice = Notice("portal_code", OPERATIONS, token, parameters, Severity.ALARM)
    with session(hub()) as current:
        enqueue(current, notice, message_book(), now)
    send_waiting(hub(), transports(), now, owner=f"portal_code:{uuid4().hex[:12]}")


def _answer_of(asked_id: int, typed: str, question: PersonQuestion) -> str:
    """What the desk or a relay answered, else what stands in Prefect's form, which is then the answer."""
    given = _given(asked_id)
    if given:
        return given
    try:
        with session(hub()) as current:
            answer(current, asked_id, typed, "Prefect 界面", datetime.now(UTC))
    except AnswerRefused as error:
        raise AnswerMissing(f"{question.place} {error.what}", remedy=error.remedy) from None
    return typed.strip()


def _given(asked_id: int) -> str | None:
    """The desk's or the relay's answer, which may come before the run has paused; once read it is blanked."""
    with session(hub()) as current:
        return take_answer(current, asked_id)


def _nobody(question: PersonQuestion, asked_id: int) -> AnswerMissing:
    with session(hub()) as current:
        close_unanswered(current, asked_id)
    return AnswerMissing(
        f"{question.place} 的{question.name}在 {question.seconds} 秒内没有人回答。",
        remedy="找到收验证码的手机，重新运行“采集单家保司”，在工作台“验证码”页或 Prefect 界面里填写",
    )
