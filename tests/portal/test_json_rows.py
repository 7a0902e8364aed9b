"""JSON answers become the same titles and cells that a table would show."""

import json

import pytest

from bots.errors import PageChanged
from bots.portal.datasets import ListDataset
from bots.portal.json_rows import find_path, json_sheet, json_totals, read_answer
from bots.portal.readings import ListTotals
from bots.portal.script_answers import spoken_text
from bots.portal.sheet import Totals, decode_sheet

PLACE = "某人寿（a_life） premiums 第 2 页"
NOTHING = Totals(0)


def rules_of(columns, ignore=()):
    return ListDataset.model_validate(
        {
            "kind": "list",
            "title": "保费",
            "http": {"path": "api", "rows": "data.rows", "page": {"field": "page", "size": 10}},
            "completeness": {"count_at": "data.total", "sums_at": {"paid_fen": "data.sum"}},
            "key": ["no"],
            "columns": {"no": {"name": "no", "required": True}, **columns},
            "ignore": list(ignore),
        }
    )


PLAIN = rules_of({"paid": {"name": "paid_fen", "kind": "money", "unit": "分"}, "agent.no": "agent_no"})


def sheet_of(rows, rules=PLAIN):
    return json_sheet({"data": {"rows": rows}}, "data.rows", rules, NOTHING, PLACE)


def values_of(rows, rules=PLAIN):
    return [row.values for row in decode_sheet(sheet_of(rows, rules), rules, PLACE)]


def test_nested_objects_nulls_and_left_out_keys():
    """Parts of objects are joined by a dot; null and a key that one row lacks are empty cells."""
    rows = [
        {"no": "1", "paid": 12345, "agent": {"no": "A1"}},
        {"no": "2", "paid": None, "agent": None},
        {"no": "3", "agent": {"no": None}},
    ]
    assert values_of(rows) == [
        {"no": "1", "paid_fen": 12345, "agent_no": "A1"},
        {"no": "2", "paid_fen": None, "agent_no": None},
        {"no": "3", "paid_fen": None, "agent_no": None},
    ]


def test_numbers_stay_as_written():
    """No amount passes through a float: 0.1 + 0.2 has no place near money."""
    rules = rules_of({"paid": {"name": "paid_fen", "kind": "money", "unit": "元"}})
    answer = read_answer(
        b'{"data":{"rows":[{"no":1,"paid":1234567890123456.78},{"no":2,"paid":-0.10}]}}', PLACE
    )
    sheet = json_sheet(answer, "data.rows", rules, NOTHING, PLACE)
    assert [row.values["paid_fen"] for row in decode_sheet(sheet, rules, PLACE)] == [123456789012345678, -10]


def test_truths_and_lists():
    """The words true and false are words for look-ups; a list stays JSON."""
    rules = rules_of({"ok": {"name": "ok", "kind": "enum", "lookups": {"true": True}}, "tags": "tags"})
    assert values_of([{"no": "1", "ok": True, "tags": ["甲", 2]}], rules) == [
        {"no": "1", "ok": True, "tags": '["甲", 2]'}
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"no": "1", "agent": {"no": "A1"}}], "缺少栏目：paid"),
        ([{"no": "1", "paid": 1, "agent": {"no": "A1", "level": 2}}], "多出栏目：agent.level"),
        ([{"no": "1", "paid": 1, "agent": "A1"}], "缺少栏目：agent.no；多出栏目：agent"),
    ],
)
def test_keys_that_nobody_knows_or_no_row_has(rows, said):
    """A key that is new, or that every row of a page lacks, is a changed page."""
    with pytest.raises(PageChanged, match=f"第 2 页 {said}"):
        values_of(rows)


def test_ignored_keys_may_come_and_go():
    """A key in ``ignore`` is no column, with or without it."""
    rules = rules_of({}, ignore=["id"])
    assert values_of([{"no": "1", "id": 7}], rules) == values_of([{"no": "1"}], rules) == [{"no": "1"}]


def test_no_rows_are_no_change():
    """An empty page says nothing about its columns."""
    assert values_of([]) == []


def test_bad_cell_sets_its_row_aside():
    """An amount that is none keeps its row, with the reason, beside the others."""
    rows = [{"no": "1", "paid": "x", "agent": {"no": "A"}}, {"no": "2", "paid": 5, "agent": {"no": "B"}}]
    first, second = decode_sheet(sheet_of(rows), PLAIN, PLACE)
    assert (first.values, first.set_aside.reason) == (None, "paid：不是以分为最小单位的金额")
    assert second.values["paid_fen"] == 5


def test_totals_are_written_like_their_columns():
    """Count and sums are read where the recipe says."""
    answer = {"data": {"total": 1460, "sum": -5}}
    assert json_totals(answer, PLAIN.completeness, PLAIN, PLACE) == Totals(1460, {"paid_fen": -5})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"data": {"sum": 1}}, "没有 data.total（缺 total）"),
        ({"data": {"total": "many", "sum": 1}}, "data.total 不是整数"),
        ({"data": {"total": True, "sum": 1}}, "data.total 不是整数"),
        ({"data": {"total": 1, "sum": None}}, "paid_fen 的合计不是金额"),
        ({"code": 1400, "msg": "参数错误"}, "没有 data.total（缺 data）；应答写着：code 1400、msg 参数错误"),
    ],
)
def test_totals_that_are_not_there(answer, said):
    """A claim that cannot be read is a changed page; what the portal says instead is passed on."""
    with pytest.raises(PageChanged) as caught:
        json_totals(answer, PLAIN.completeness, PLAIN, PLACE)
    assert said in caught.value.what


def test_an_answer_without_a_count_claims_none():
    """Sums alone may be what a portal says of the whole."""
    claims = ListTotals(sums_at={"paid_fen": "data.sum"})
    assert json_totals({"data": {"sum": -5}}, claims, PLAIN, PLACE) == Totals(None, {"paid_fen": -5})


@pytest.mark.parametrize("rows", [None, {}, "x", [1], [["a"]]])
def test_rows_that_are_no_list_of_objects(rows):
    """Something else in the place of the rows is a changed page."""
    with pytest.raises(PageChanged, match=r"data\.rows 不是行的列表"):
        sheet_of(rows)


def test_answers_that_are_no_json():
    """A page of HTML in place of an answer is named as such."""
    with pytest.raises(PageChanged, match="第 2 页 的应答不是 JSON"):
        read_answer("<html>维护</html>".encode(), PLACE)
    with pytest.raises(PageChanged, match=r"没有 a\.b（缺 b）；应答写着：a"):
        find_path({"a": []}, "a.b", PLACE)


def test_only_what_an_answer_says_outside_its_rows_counts():
    """A remark about a lost session is no lost session; escaped texts and pages are read."""
    rows = {"msg": "ok", "data": {"records": [{"remark": "登录超时，请重新登录"}]}}
    assert "登录超时" not in spoken_text(json.dumps(rows).encode(), "utf-8")
    assert "登录超时" in spoken_text(json.dumps({"data": {"msg": "登录超时"}}).encode(), "utf-8")
    page = "<script>var a = '登录超时'</script><p>系统维护中</p>".encode("gb18030")
    assert spoken_text(page, "gb18030").split() == ["<p>系统维护中</p>"]
