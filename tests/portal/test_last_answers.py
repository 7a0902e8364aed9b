"""What is kept of the last answers: legible for who looks for the fault, without people, cut to a size."""

import json

import pytest

from bots.errors import PageChanged
from bots.portal.exchanges import Exchange
from bots.portal.known_words import KnownWords, known_words
from bots.portal.last_answers import describe_answers
from sandbox.ruixiang.records import build_records
from tests.portal.five_portals import LISTS, logged_in
from tests.portal.recipes import parse_taian

KNOWN = KnownWords(
    titles={"policyNo", "holder.level", "premium"},
    said=["登录超时", "账号已锁定"],
    names={"policyNo", "保单", "list.do"},
)


def told(answer, url="http://portal.example/list.do", encoding="utf-8"):
    """The text kept of one JSON answer."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode(encoding)
    return describe_answers([Exchange("POST", url, 200, (), body)], {}, KNOWN, encoding)


def test_only_known_keys_of_rows_are_shown():
    """Unknown and nested keys of a row hide their values, numbers too; what frames the rows is legible."""
    row = {"policyNo": "TA1", "tel": 62351234, "holder": {"name": "欧阳喆", "level": "A"}, "code": 7}
    text = told({"code": 1001, "msg": "登录超时", "total": 7, "data": {"rows": [row], "owner": "司马珺"}})
    assert '{"code": 1001, "msg": "登录超时", "total": 7, ' in text
    assert '{"policyNo": "TA1", "tel": "**", "holder": {"name": "**", "level": "A"}, "code": "**"}' in text
    assert '"owner": "**"' in text


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"msg": "投保人李明辉（女）体检异常：乙肝，拒保"}, {"msg": "**"}),
        ({"message": "李明辉，账号已锁定，请联系王主管"}, {"message": "**账号已锁定**"}),
        ({"error_msg": {"text": "李明辉"}, "errMsg": 1}, {"error_msg": {"text": "**"}, "errMsg": "**"}),
        (
            {"code": "LI-MINGHUI", "no": "欧阳震华", "status": "乙肝"},
            {"code": "**", "no": "**", "status": "**"},
        ),
        (
            {"account": 10010001, "rowCount": 3120, "total": "李"},
            {"account": "**", "rowCount": 3120, "total": "**"},
        ),
        ({"李明辉": 1, "司马珺": {"保单": {"tel": 1}}}, {"**1": "**", "**2": {"保单": {"tel": "**"}}}),
    ],
)
def test_what_an_answer_says_of_itself_may_be_about_people(answer, shown):
    """Messages are the recipe's own words, codes are short, figures are figures, keys are words."""
    assert json.loads(told(answer).splitlines()[1]) == shown


def test_addresses_lose_what_may_name_somebody():
    """Page numbers stay; names, codes and the session's id in the address go, wherever they stand."""
    text = told({}, "http://portal.example/a/list.do;jsessionid=8F2A?page=12&name=%E6%AC%A7&code=482913")
    assert text.startswith("POST /a/list.do?page=12&name=**&code=** -> 200, 2 bytes")
    text = told({}, "http://portal.example/v2/customers/C00012/%E6%AC%A7?%E6%AC%A7=1&4829")
    assert text.startswith("POST /v2/customers/**/**?**=1&** -> 200")


def test_bodies_are_decoded_masked_and_cut():
    """GBK characters outside gb2312 are legible, an ID number is masked, a long body loses its middle."""
    text = told({"policyNo": f"朱镕堃 110101199003074514 {'长' * 30_000}", "total": 7}, encoding="gb18030")
    assert "朱镕堃 110101********4514" in text
    assert "长 ... (10" in text
    assert text.endswith('"total": 7}\n')
    assert len(text) < 21_000


def test_a_recipe_knows_its_own_words():
    """What a portal is expected to say, and the names in its addresses and answers, come from the recipe."""
    known = known_words(parse_taian(), ["保单号"])
    assert known.message("用户名或密码错误") == "用户名或密码错误"
    assert (known.name("保单号"), known.name("李明辉")) == ("保单号", "**")


def test_what_is_neither_page_nor_json_is_only_counted():
    """A picture, a script or XML without rules of its own leaves its address and its length."""
    assert told(b"<records><name>\xe6\xac\xa7</name></records>").splitlines()[1:] == [""]


@pytest.mark.browser
def test_the_page_that_failed_is_there_as_it_came(small_sandbox, context, evidence):
    """A column is gone: the answer stands there decoded, as HTML under the page's own rules for people."""
    with logged_in(context, small_sandbox, "taian", evidence) as session:
        small_sandbox.spoil("taian", missing_column="手机号码")
        with pytest.raises(PageChanged):
            list(session.extract("policies", LISTS["taian"].parameters))
    text = evidence.files["taian-policies-answers.txt"].decode("utf-8")
    policy = small_sandbox.brokerage.policies[0]
    assert "POST /taian/policyList.do -> 200" in text
    assert "年缴保费合计" in text
    for people in (policy.policyholder.name, policy.policyholder.id_no, policy.policyholder.phone):
        assert f">{people}<" not in text
    assert len(context.pages) == 0


@pytest.mark.browser
def test_the_answer_of_a_script_is_there_without_its_people(small_sandbox, context, evidence):
    """A key of the grid's JSON is renamed: the new name can be read, no person's."""
    with logged_in(context, small_sandbox, "ruixiang", evidence) as session:
        small_sandbox.spoil("ruixiang", missing_column="保单号")
        with pytest.raises(PageChanged):
            list(session.extract("policies", LISTS["ruixiang"].parameters))
    text = evidence.files["ruixiang-policies-answers.txt"].decode("utf-8")
    assert "GET /ruixiang/api/policies?page=1&limit=30&begin=**" in text
    assert '"count": 80' in text
    assert '"holderName": "**"' in text
    names = {policy.policyholder.name for policy in build_records()}
    assert not [name for name in names if name in text]
