"""What the browser asks in a box of its own is answered as the recipe declares, else declined and told."""

import pytest

from bots.errors import PageChanged, RecipeInvalid, SessionExpired
from bots.portal.interruptions import DialogRule
from tests.portal import test_ruixiang
from tests.portal.kanghe_portal import days, logged_in, parse_kanghe, policy_row, rows_of
from tests.portal.test_ruixiang import JUNE, SLUG, policies_of

enter_ruixiang = test_ruixiang.enter_ruixiang
OCTOBER, FOUND = days("2026-10-01", "2026-10-31")
PURPOSE = "{says: 请输入导出用途, type: 对账}, "
QUICK = ("family: webforms", "family: webforms\ntimeout_seconds: 3")
NO_RELOGIN = ("\ndatasets:", "\nsession: {relogins: 0}\n\ndatasets:")


@pytest.mark.parametrize(
    ("rule", "kind", "message", "is_answered"),
    [
        ({"says": "请输入用途", "type": "对账"}, "prompt", "请输入用途", True),
        ({"says": "请输入用途", "type": "对账"}, "confirm", "请输入用途", False),
        ({"says": "请输入用途", "answer": "ok"}, "prompt", "请输入用途", False),
        ({"says": "确认导出？", "answer": "ok"}, "confirm", "确认导出？", True),
        ({"says": "确认导出？", "answer": "ok"}, "confirm", "确认导出？ 原文件将被删除", False),
        ({"says": "确认导出？", "answer": "ok"}, "confirm", "不再确认导出？", False),
        ({"says": "确认 导出？", "answer": "ok"}, "confirm", " 确认\n\t导出？ ", True),
        ({"says": "确认导出 {any} 条？", "answer": "ok"}, "confirm", "确认导出 1,200\n条？", True),
        ({"says": "确认导出 {any} 条？", "answer": "ok"}, "confirm", "确认导出  条？", False),
        ({"says": "确认导出 {any} 条？", "answer": "ok"}, "confirm", "确认导出 9 条？不可撤销", False),
        ({"says": "确定？", "answer": "ok"}, "confirm", "确定？", True),
        ({"says": "{any}确认(Y/N)?", "answer": "ok"}, "confirm", "导出确认(Y/N)?", True),
        ({"says": "确认导出？", "answer": "ok"}, "beforeunload", "确认导出？", False),
        ({"answer": "leave"}, "beforeunload", "", True),
        ({"answer": "leave"}, "confirm", "", False),
    ],
)
def test_rule_answers_only_what_it_names(rule, kind, message, is_answered):
    """A box to write in wants a text, buttons want a press, leaving is declared by itself."""
    assert DialogRule.model_validate(rule).fits(kind, message) is is_answered


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{says: 请输入导出用途, type: 对账, answer: ok}, ", "answer 和 type 必须写且只写一个"),
        ("{answer: ok}, ", "says 必须写"),
        ("{says: 离开此页面？, answer: leave}, ", "says 必须写"),
        (
            "{says: 提示：登录超时，请重新登录, answer: ok}, ",
            "含有 登录超时，请重新登录 的对话框由 session 判断",
        ),
        ('{says: "{any} 导 出？", answer: ok}, ', "除了 {any} 至少要写 4 个固定的字"),
        ('{says: "{any}导出？{any}", answer: ok}, ', "除了 {any} 至少要写 4 个固定的字"),
        ('{says: "确认导出 {count} 条？", answer: ok}, ', "没有占位符 {count}；会变的部分写 {any}"),
    ],
)
def test_declaration_that_says_too_much_or_too_little(declared, said):
    """One answer, one text that is long enough, and none of the texts that end the session."""
    with pytest.raises(RecipeInvalid) as caught:
        parse_kanghe((PURPOSE, declared))
    assert said in caught.value.what
    assert "dialogs" in caught.value.what


@pytest.mark.browser
def test_prompt_is_written_into_and_what_nobody_declared_is_told(context, evidence, small_sandbox):
    """康禾 exports only for a purpose, and offers a new password after the login; both are answered."""
    with logged_in(context, evidence, small_sandbox) as session:
        rows, _ = rows_of(session, "policies_file", OCTOBER)
    assert rows == [policy_row(policy) for policy in FOUND]
    with (
        logged_in(context, evidence, small_sandbox, QUICK, (PURPOSE, "")) as session,
        pytest.raises(PageChanged, match="没有登记的对话框：请输入导出用途"),
    ):
        rows_of(session, "policies_file", OCTOBER)


@pytest.mark.browser
def test_answered_dialog_is_logged_without_persons(context, evidence, small_sandbox, caplog):
    """Which boxes were answered stands in the log, without what the portal filled in."""
    context.add_init_script(
        "const ask = prompt; window.prompt = (text) => ask(text.replace('导出', ' 13800138000 的导出'))"
    )
    caplog.set_level("INFO", logger="bots.portal.dialogs")
    declared = (PURPOSE, '{says: "请输入 {any} 的导出用途", type: 对账}, ')
    with logged_in(context, evidence, small_sandbox, declared) as session:
        rows, _ = rows_of(session, "policies_file", OCTOBER)
    assert rows == [policy_row(policy) for policy in FOUND]
    assert caplog.messages == [
        "kanghe: dialog answered as declared: 您的密码将于 {any} 天后到期，是否现在修改密码？",
        "kanghe: dialog answered as declared: 请输入 {any} 的导出用途",
    ]


@pytest.mark.browser
def test_leaving_a_page_that_asks_is_declared(small_sandbox, enter_ruixiang):
    """瑞祥's workplace asks at every way out: after a lost session and at the logout, which is done."""
    session = enter_ruixiang(small_sandbox)
    small_sandbox.spoil(SLUG, expire_at_page=1)
    rows, _ = test_ruixiang.rows_of(session, "policies", JUNE)
    assert [row["policy_no"] for row in rows] == [policy.policy_no for policy in policies_of(JUNE)]
    session.close()
    timid = enter_ruixiang(small_sandbox, ("dialogs: [{answer: leave}]\n", ""))
    test_ruixiang.rows_of(timid, "policies", JUNE)
    small_sandbox.spoil(SLUG, expire_at_page=1)
    with pytest.raises(PageChanged, match="没有登记的对话框：浏览器询问是否离开此页面"):
        test_ruixiang.rows_of(timid, "policies", JUNE)


@pytest.mark.browser
def test_declared_alert_swallows_no_expiry(small_sandbox, enter_ruixiang):
    """An alert that a declaration fits but that says 登录超时 ends the session all the same."""
    wide = ("[{answer: leave}]", '[{answer: leave}, {says: "{any}，请重新登录", answer: ok}]')
    session = enter_ruixiang(small_sandbox, wide, NO_RELOGIN)
    small_sandbox.spoil(SLUG, expire_at_page=1)
    with pytest.raises(SessionExpired, match="登录超时，请重新登录"):
        test_ruixiang.rows_of(session, "policies", JUNE)
