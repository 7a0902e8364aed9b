"""Questions that only a person may answer, from the asking to the answer; each is answered once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bots.errors import BusinessError
from connectors.database.tables import Question

PORTAL_CODE = "portal_code"
OPEN, ANSWERED, EXPIRED = "open", "answered", "expired"

_CODE = re.compile(r"(?<![\w*])\d{4,8}(?![\w*])")
_ANSWER = re.compile(r"[0-9A-Za-z]{1,16}")


class AnswerRefused(BusinessError):
    """An answer came too late, twice, to no question or to one that cannot be told."""

    title = "验证码没有被采用"


@dataclass(frozen=True, slots=True)
class Asked:
    """A portal's question; ``picture`` is a captcha's PNG in base64."""

    source_slug: str
    place: str
    identifier: str
    picture: str | None
    seconds: int
    flow_run_id: str | None


def ask(current: Session, asked: Asked, now: datetime) -> Question:
    """Put a question; it expires by itself."""
    question = Question(
        token=uuid4().hex,
        kind=PORTAL_CODE,
        source_slug=asked.source_slug,
        place=asked.place,
        identifier=asked.identifier,
        picture=asked.picture,
        flow_run_id=asked.flow_run_id,
        state=OPEN,
        asked_at=now,
        expires_at=now + timedelta(seconds=asked.seconds),
    )
    current.add(question)
    current.flush()
    return question


def answer(current: Session, question_id: int, text: str, by: str, now: datetime) -> Question:
    """Answer an open question, once. Raises AnswerRefused saying why not."""
    plain = text.strip()
    if not _ANSWER.fullmatch(plain):
        raise AnswerRefused("验证码只能是 1 到 16 位数字或字母。", remedy="核对短信或图片后重新输入")
    won = current.execute(
        update(Question)
        .where(Question.id == question_id, Question.state == OPEN, Question.expires_at > now)
        .values(state=ANSWERED, answered_by=by, answered_at=now)
        .execution_options(synchronize_session=False)
    )
    question = current.get(Question, question_id, populate_existing=True)
    if question is None:
        raise AnswerRefused(f"没有第 {question_id} 个问题。", remedy="刷新页面")
    if won.rowcount != 1:  # type: ignore[attr-defined]
        said = "已有人回答" if question.state == ANSWERED else "已经过期"
        raise AnswerRefused(
            f"{question.place} {question.identifier} {said}。", remedy="等下一次提问，不必重发"
        )
    question.answer = plain
    return question


def answer_from_sms(current: Session, text: str, by: str, now: datetime) -> Question:
    """Answer the question that an SMS belongs to. Raises AnswerRefused when it or the code cannot be told."""
    waiting = open_questions(current, now)
    fitting = [question for question in waiting if question.identifier and question.identifier in text]
    if not fitting:
        fitting = [question for question in waiting if _is_named(question, text)]
    if len(fitting) != 1:
        what = "没有等待这条短信的问题" if not fitting else f"有 {len(fitting)} 个问题都可能是这条短信的"
        raise AnswerRefused(f"{what}。", remedy="在工作台手工填写")
    codes = _CODE.findall(text.replace(fitting[0].identifier, " ") if fitting[0].identifier else text)
    if len(codes) != 1:
        raise AnswerRefused(f"短信里有 {len(codes)} 个像验证码的数字。", remedy="在工作台手工填写")
    return answer(current, fitting[0].id, codes[0], by, now)


def _is_named(question: Question, text: str) -> bool:
    """A code without a number is told by the portal's name: another firm's code must not land here."""
    name = question.place.partition("（")[0]
    return not question.identifier and not question.picture and name in text


def open_questions(current: Session, now: datetime) -> Sequence[Question]:
    """Questions that still can be answered, the one that ends first in front."""
    statement = select(Question).where(Question.state == OPEN, Question.expires_at > now)
    return current.scalars(statement.order_by(Question.expires_at)).all()


def read_answer(current: Session, question_id: int) -> str | None:
    """The answer, None while there is none."""
    question = current.get(Question, question_id, populate_existing=True)
    return question.answer if question and question.state == ANSWERED else None


def take_answer(current: Session, question_id: int) -> str | None:
    """The answer for the run that asked, None while there is none; it and the picture are blanked with it."""
    given = read_answer(current, question_id)
    if given:
        _blank(current, question_id)
    return given


def _blank(current: Session, question_id: int) -> None:
    """A spent code is worth nothing to anybody."""
    question = current.get(Question, question_id)
    if question:
        question.answer = question.picture = None


def close_unanswered(current: Session, question_id: int) -> None:
    """Nobody answered in time, or the run ended first."""
    current.execute(
        update(Question).where(Question.id == question_id, Question.state == OPEN).values(state=EXPIRED)
    )
    _blank(current, question_id)
