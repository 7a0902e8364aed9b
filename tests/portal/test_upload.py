"""A list of numbers goes to the portal as a file, and each of them comes home as a row."""

import pytest

from bots.errors import ExtractionIncomplete, RecipeInvalid
from bots.portal.datasets import Parameter
from bots.portal.walks import ParameterInvalid
from sandbox.kanghe.batch_query import MOST
from tests.portal.kanghe_portal import RECORDS, logged_in, parse_kanghe, rows_of, spoil

NUMBERS = Parameter(kind="numbers")
CHOSEN = [RECORDS[place] for place in (40, 3, 17)]
STRANGE = ["KH00000000001", "KH-UNKNOWN-2"]


@pytest.mark.parametrize("text", ["A1,B2,C3", " A1、B2\nC3 ", "A1;B2；C3，"])
def test_numbers_are_written_one_a_line(text):
    """However people separate them."""
    assert NUMBERS.write(text) == "A1\nB2\nC3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "一个号码也没有"),
        (" ,、", "一个号码也没有"),
        ("A1,B2,A1", "号码 A1 写了 2 次"),
        ("A1,<b>", "<b> 不是号码"),
        (",".join(f"A{number}" for number in range(1_001)), "一次最多 1000 个号码，收到 1001 个"),
    ],
)
def test_list_that_cannot_be_asked(text, said):
    """Nothing, too many, one twice, no number at all."""
    with pytest.raises(ValueError, match=said):
        NUMBERS.write(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("{kind: numbers}", "{kind: numbers, all: 全部}"), "kind: numbers 不写 written 和 all"),
        (
            ("asked: {policy_nos: policy_no}", "asked: {numbers: policy_no}"),
            "asked 和 kind: numbers 的参数要写在一起",
        ),
        ((", asked: {policy_nos: policy_no}", ""), "asked 和 kind: numbers 的参数要写在一起"),
        (("asked: {policy_nos: policy_no}", "asked: {policy_nos: status}"), "写的栏目要是这个数据集的 key"),
        (
            ("parameters: {period: *period}", "parameters: {period: *period, batches: {kind: numbers}}"),
            "kind: numbers 只在 kind: list 里写",
        ),
        (('value: "{policy_nos}"', 'value: "{policies}"'), "parameters 里没有 policies"),
    ],
)
def test_recipe_that_asks_for_nothing(change, said):
    """What is uploaded and counted is a parameter of numbers."""
    with pytest.raises(RecipeInvalid) as caught:
        parse_kanghe(change)
    assert said in caught.value.what


def found_row(policy):
    """What 批量查询 shows of a policy."""
    shown = ("policy_no", "product_code", "issue_date", "status", "status_date")
    return {name: getattr(policy, name) for name in shown} | {"is_found": True}


def strange_row(number):
    """What it shows of a number that nobody knows."""
    empty = dict.fromkeys(("product_code", "issue_date", "status", "status_date"))
    return {"policy_no": number, "is_found": False} | empty


@pytest.mark.browser
def test_each_number_comes_home_or_the_dataset_fails(context, evidence, small_sandbox):
    """Known and unknown ones in the order asked, also across a lost session; what is cut off is missed."""
    numbers = [policy.policy_no for policy in CHOSEN]
    asked = {"policy_nos": ",".join([*numbers, *STRANGE])}
    wanted = [*map(found_row, CHOSEN), *map(strange_row, STRANGE)]
    with logged_in(context, evidence, small_sandbox) as session:
        spoil(small_sandbox, expire_at_page=1)
        rows, (page,) = rows_of(session, "policies_by_no", asked)
        assert rows == wanted
        assert "查到 3 个，未查到 2 个" in page.raw.decode("utf-8")
        assert session.report("policies_by_no").expected == len(wanted)
        too_many = {"policy_nos": ",".join(f"KH{number:06d}" for number in range(MOST + 1))}
        with pytest.raises(ExtractionIncomplete, match=f"问了 {MOST + 1} 个号码，读到 {MOST} 条"):
            rows_of(session, "policies_by_no", too_many)
        spoil(small_sandbox, short_page=1)
        with pytest.raises(ExtractionIncomplete, match="应有 5 条，读到 4 条"):
            rows_of(session, "policies_by_no", asked)
        with pytest.raises(ParameterInvalid, match="一个号码也没有") as caught:
            rows_of(session, "policies_by_no", {"policy_nos": " "})
        assert "逗号" in caught.value.remedy
