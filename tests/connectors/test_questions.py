"""Questions to people: asked once, answered once, in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from connectors.database.engine import session
from connectors.database.tables import Question
from connectors.questions import (
    AnswerRefused,
    Asked,
    answer,
    answer_from_sms,
    ask,
    close_unanswered,
    open_questions,
    read_answer,
    take_answer,
)

NOW = datetime(2026, 11, 6, 18, 30, tzinfo=UTC)
LATER = NOW + timedelta(seconds=121)


def put(hub, identifier="编号 K7Q2", slug="kehutong", picture=None):
    with session(hub) as current:
        return ask(current, Asked(slug, "客户通（kehutong）", identifier, picture, 120, "run-1"), NOW).id


def test_the_first_answer_counts_and_is_sealed(hub):
    """A second answer is refused by name; the code stands in the database only as ciphertext."""
    asked = put(hub)
    with session(hub) as current:
        answer(current, asked, " 123456 ", "李喆", NOW)
    with session(hub) as current, pytest.raises(AnswerRefused, match="已有人回答"):
        answer(current, asked, "654321", "王芳", NOW)
    with session(hub) as current:
        assert read_answer(current, asked) == "123456"
        assert "123456" not in str(current.execute(text("SELECT * FROM questions")).all())


def test_a_late_answer_is_refused(hub):
    """After its seconds a question is no longer open, and nobody's answer is taken."""
    asked = put(hub)
    with session(hub) as current:
        assert [question.id for question in open_questions(current, NOW)] == [asked]
        assert open_questions(current, LATER) == []
        with pytest.raises(AnswerRefused, match="已经过期"):
            answer(current, asked, "123456", "李喆", LATER)


def test_a_question_that_its_run_gave_up_is_closed(hub):
    """The run ended first: the question is gone from the list."""
    asked = put(hub)
    with session(hub) as current:
        close_unanswered(current, asked)
        assert open_questions(current, NOW) == []


def test_one_of_two_questions_may_run_out(hub):
    """Two portals ask at once: one question's time is over, the other's answer still comes to its own run."""
    waiting = put(hub)
    with session(hub) as current:
        short = Asked("other", "另一家（other）", "编号 M3XB", None, 60, "run-2")
        ended = ask(current, short, NOW).id
        now = NOW + timedelta(seconds=61)
        assert [question.id for question in open_questions(current, now)] == [waiting]
        with pytest.raises(AnswerRefused, match="已经过期"):
            answer(current, ended, "654321", "李喆", now)
        answer(current, waiting, "123456", "李喆", now)
        assert (take_answer(current, waiting), take_answer(current, ended)) == ("123456", None)


@pytest.mark.parametrize("typed", ["", "12 34", "1" * 17, "<b>"])
def test_what_is_no_code_is_refused(hub, typed):
    """Only letters and digits, at most sixteen."""
    asked = put(hub)
    with session(hub) as current, pytest.raises(AnswerRefused, match="1 到 16 位"):
        answer(current, asked, typed, "李喆", NOW)


def test_an_sms_answers_the_question_that_it_names(hub):
    """Two portals ask at once: each SMS goes to its own."""
    put(hub)
    wanted = put(hub, identifier="编号 M3XB", slug="other")
    with session(hub) as current:
        found = answer_from_sms(current, "【客户通】验证码 048213（编号 M3XB），2分钟内有效", "短信转发", NOW)
    assert (found.id, found.answer) == (wanted, "048213")


@pytest.mark.parametrize(
    ("identifiers", "sms", "said"),
    [
        (["编号 K7Q2"], "【客户通】验证码 048213（编号 ZZZZ）", "没有等待这条短信的问题"),
        (["", ""], "【客户通】验证码 048213", "有 2 个问题都可能"),
        ([""], "【某银行】验证码 048213", "没有等待这条短信的问题"),
        ([""], "【客户通】验证码 048213，客服 95500123", "短信里有 2 个像验证码的数字"),
        ([""], "【客户通】您的保单已生效", "短信里有 0 个"),
    ],
    ids=["another code", "two portals without a number", "another firm's code", "two numbers", "no code"],
)
def test_an_sms_that_cannot_be_told_is_left_to_a_person(hub, identifiers, sms, said):
    """Nothing is guessed: the SMS is refused with the reason and the questions stay open."""
    for identifier in identifiers:
        put(hub, identifier=identifier)
    with session(hub) as current:
        with pytest.raises(AnswerRefused, match=said):
            answer_from_sms(current, sms, "短信转发", NOW)
        assert len(open_questions(current, NOW)) == len(identifiers)


def test_a_captcha_is_never_answered_by_an_sms(hub):
    """A question with a picture waits for somebody who sees it."""
    put(hub, identifier="", picture="iVBORw0KGgo=")
    with session(hub) as current, pytest.raises(AnswerRefused, match="没有等待这条短信"):
        answer_from_sms(current, "验证码 048213", "短信转发", NOW)


def test_an_answer_is_blanked_once_its_run_has_it(hub):
    """A spent code and its picture are nobody's any more."""
    asked = put(hub, picture="iVBORw0KGgo=")
    with session(hub) as current:
        answer(current, asked, "048213", "李喆", NOW)
        assert take_answer(current, asked) == "048213"
    with session(hub) as current:
        assert read_answer(current, asked) is None
        assert current.get(Question, asked).picture is None
