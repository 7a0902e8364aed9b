"""A window's table against the window's own footer, and what a recipe may say about it."""

import pytest

from bots.errors import ExtractionIncomplete, RecipeInvalid
from bots.portal.snapshot import Snapshot
from bots.portal.window_rows import own_texts, prove_own, read_window
from tests.portal.mingde_visits import parse_mingde

RULES = parse_mingde().datasets["batch_lines"]
TITLES = ["序号", "保单号", "产品名称", "业务员", "佣金类型", "保费(元)", "费率", "佣金(元)", "备注"]
CARRIED = {"batch_no": "MDJS202610"}
PLACE = "明德养老（mingde） batch_lines MDJS202610"


def line(number, amount):
    return [str(number), "MD22100000001", "明德金秋年金保险", "王喆", "首期佣金", "100.00", "3%", amount, ""]


def footer(count="共 2 笔", amount="1,000.50"):
    return ["合计", count, "", "", "", "", "", amount, ""]


def snapshot(*rows, labels=None):
    return Snapshot(
        has_table=True,
        table="#lines",
        header="",
        is_page=True,
        is_busy=False,
        pages=None,
        stop="",
        text="",
        labels=labels or {},
        headers=[True, *(False for _ in rows)],
        rows=[TITLES, *rows],
        above=0,
        html="",
    )


def read(*rows, listed=2):
    return read_window(snapshot(*rows), RULES, PLACE, CARRIED, {"line_count": listed})


def test_window_that_adds_up_is_read_without_its_footer():
    """Lines carry their batch; the footer is proof and no line."""
    rows = read(line(1, "1,000.00"), line(2, "0.50"), footer())
    assert [(row.values["batch_no"], row.values["line_no"], row.values["amount_fen"]) for row in rows] == [
        ("MDJS202610", 1, 100_000),
        ("MDJS202610", 2, 50),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((line(1, "1,000.00"), line(2, "0.50")), "最后一行不是“合计”，读到 2 行"),
        ((), "最后一行不是“合计”，读到 0 行"),
        ((line(1, "1,000.50"), footer()), "应有 2 条，读到 1 条"),
        ((line(1, "1,000.00"), line(2, "0.49"), footer()), "差 -0.01 元"),
        ((line(1, "1,000.00"), line(1, "0.50"), footer()), "读到两次同一条"),
        ((line(1, "1,000.00"), line(2, "0.50"), footer(count="2 笔")), "合计行没有“共 {count} 笔”"),
        ((line(1, "1,000.00"), line(2, "0.50"), footer(amount="")), "合计行的金额无法识别"),
        ((line(1, "1,000.00"), line(2, "0.50"), footer()[:5]), "合计行的金额无法识别"),
    ],
)
def test_window_that_does_not_add_up_is_refused(rows, said):
    """A window without its footer, or against it, gives no line; the batch is named."""
    with pytest.raises(ExtractionIncomplete) as caught:
        read(*rows)
    assert said in caught.value.what
    assert "MDJS202610" in caught.value.what
    if "合计行" in said:
        assert caught.value.remedy == "打开这一条核对"


def test_window_against_the_list_is_refused():
    """The list's own count of the batch must agree too."""
    with pytest.raises(ExtractionIncomplete, match="列表写 3 条，窗口里有 2 条"):
        read(line(1, "1,000.00"), line(2, "0.50"), footer(), listed=3)


def test_line_that_cannot_be_read_counts_and_is_set_aside():
    """A line with an unknown kind of commission is set aside, and the window still adds up."""
    odd = [*line(2, "0.50")[:4], "奖金", *line(2, "0.50")[5:]]
    rows = read(line(1, "1,000.00"), odd, footer())
    assert [row.set_aside.reason if row.set_aside else "" for row in rows] == [
        "",
        "佣金类型：不在 lookups 里",
    ]


def test_window_of_another_row_is_refused():
    """The whole text that names the record must stand there; another record's does not do."""
    wanted = own_texts(RULES, CARRIED)
    assert wanted == {"结算明细 {batch_no}": "结算明细 MDJS202610"}
    prove_own(snapshot(labels=wanted), wanted, PLACE)
    with pytest.raises(ExtractionIncomplete, match="不是这一条：没有写“结算明细 MDJS202610”"):
        prove_own(snapshot(labels=dict.fromkeys(wanted)), wanted, PLACE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('same: {batch_no: "结算明细 {batch_no}"}', 'same: {batch_no: "结算明细 {batch}"}'),
            "没有栏目 batch",
        ),
        (("{footer: 合计, count", "{foot: 合计, count"), "foot: 未知的键"),
        (
            ("sums: [amount_fen], parent_count: line_count}", "sums: [agent_name]}"),
            "agent_name 不是 kind: money",
        ),
        (("parent_count: line_count}", "parent_count: lines}"), "没有栏目 lines"),
        (('    named: "佣金结算_{batch_no}.csv"\n', ""), "same 和 named 必须写且只写一个"),
        (('named: "佣金结算_{batch_no}.csv"', 'named: "佣金结算_{no}.csv"'), "没有栏目 no"),
        (("    batch: 400", "    batch: 4000"), "grid.batch"),
    ],
)
def test_recipe_that_says_it_wrongly_is_refused_by_line(change, said):
    """Claims, proofs and names that do not fit are named with file and line before any portal is asked."""
    with pytest.raises(RecipeInvalid, match=r"mingde\.yaml:\d+: ") as caught:
        parse_mingde(change)
    assert said in caught.value.what


def test_every_month_is_the_portals_own_word():
    """A period may be asked for as ``all`` where the portal has a word for it, and only there."""
    parameter = parse_mingde().datasets["batches"].parameters["period"]
    assert (parameter.write("all"), parameter.write("2026-10")) == ("全部月份", "202610")
    with pytest.raises(ValueError, match="all"):
        parse_mingde().datasets["premiums"].parameters["from_date"].write("all")
