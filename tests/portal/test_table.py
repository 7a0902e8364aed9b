"""Tables of texts: columns proved, rows decoded, bad rows set aside."""

import pytest

from bots.errors import PageChanged
from bots.portal.sheet import Sheet, Totals, decode_sheet
from bots.portal.table import find_body
from tests.portal.recipes import parse_taian

RULES = parse_taian().datasets["premiums"]
HEADER = ["序号", *RULES.columns]
ROW = [
    "1",
    "TA202601000001",
    "1",
    "2026-01-08",
    "8,903.00",
    "2026-01-08",
    "8,903.00",
    "SJ01",
    "人民币",
    "已收",
]
UNPAID = ["2", "TA202601000002", "1", "2026-01-09", "100.00", "", "", "", "港元", "未收"]


def read_table(rows, headers, rules, place, summary_rows=()):
    """What a list's source and its walk do with one page's table."""
    titles, body = find_body(rows, headers, place, summary_rows)
    return decode_sheet(Sheet(titles, list(body), Totals(0)), rules, place)


def read(*rows, header=HEADER, summary_rows=("本页小计",)):
    return read_table(
        [header, *rows],
        [True, *[False] * len(rows)],
        RULES,
        "泰安人寿（taian） premiums 第 3 页",
        summary_rows=summary_rows,
    )


def with_cell(row, title, text):
    return [text if name == title else cell for name, cell in zip(HEADER, row, strict=True)]


def test_rows_come_in_hub_columns():
    """Cells become fen, dates, codes and booleans; empty cells None; the subtotal row is no row."""
    subtotal = ["本页小计", "", "", "", "9,003.00", "", "8,903.00", "", "", ""]
    first, second = read(ROW, UNPAID, subtotal)
    assert first.values["premium_received_fen"] == 890300
    assert first.values["is_received"] is True
    assert (second.values["currency"], second.values["received_date"]) == ("HKD", None)
    assert (second.row_no, second.index) == (2, 2)


def test_columns_may_move_and_widen():
    """The order on the page is free, and full-width brackets or blanks in a title do not matter."""
    order = [9, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    header = [HEADER[i].replace("(元)", "（元） ") for i in order]
    (row,) = read([ROW[i] for i in order], header=header)
    assert row.values["premium_due_fen"] == 890300


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ([*HEADER[:4], *HEADER[5:]], "缺少栏目：应缴保费(元)"),
        ([*HEADER, "备注"], "多出栏目：备注"),
        ([*HEADER[:2], "保单号", *HEADER[3:]], "栏目重复：保单号"),
    ],
)
def test_changed_columns_are_named(header, said):
    """A column gone, new or doubled stops the page; place, column and what was found are named."""
    with pytest.raises(PageChanged) as caught:
        read(header=header)
    assert said in caught.value.what
    assert "泰安人寿（taian） premiums 第 3 页" in caught.value.what
    assert "页面上的栏目：序号、保单号" in caught.value.what


def test_page_without_header_is_refused():
    """Rows without a header row cannot be trusted."""
    with pytest.raises(PageChanged, match="表头应当只有一处，找到 0 行"):
        read_table([ROW], [False], RULES, "x")


def test_cells_that_no_amount_needs_are_left_empty():
    """A landline and a mistyped ID cost the cell, not the row; the fault keeps the cell's own text alone."""
    rules = parse_taian().datasets["policies"]
    header = list(rules.columns)
    good = {
        "保单号": "TA202601000001",
        "产品代码": "P001",
        "产品名称": "终身寿险",
        "投保人": "喆",
        "证件号码": "110101199003074510",
        "手机号码": "0571-6235123",
        "被保险人": "",
        "缴费年期": "20年",
        "承保日期": "2026-01-08",
        "生效日期": "2026-01-09",
        "年缴保费(元)": "1,000.00",
        "币种": "人民币",
        "业务员工号": "A001",
        "保单状态": "有效",
        "保全": "无",
    }
    cells = [good.get(title, "") for title in header]
    bad = [good.get(title, "") if title != "币种" else "美元" for title in header]
    row, aside = read_table([header, cells, bad], [True, False, False], rules, "x")
    assert row.values["annual_premium_fen"] == 100_000
    columns = ("policyholder_id_no", "policyholder_phone", "insured_name")
    assert [row.values[name] for name in columns] == [None, None, None]
    assert [(cell.row, cell.code, cell.reason) for cell in row.emptied] == [
        ({"证件号码": "110101199003074510"}, "VALUE_EMPTIED", "证件号码：身份证号校验位不对"),
        ({"手机号码": "0571-6235123"}, "VALUE_EMPTIED", "手机号码：不是手机号码"),
        ({"被保险人": ""}, "VALUE_EMPTIED", "被保险人：必填的栏目为空"),
    ]
    assert (aside.values, aside.emptied, aside.set_aside.column) == (None, [], "币种")


def test_bad_rows_are_set_aside_with_their_reason():
    """A row with bad values keeps its cells; the reason names each column but repeats no value."""
    bad = with_cell(with_cell(ROW, "保单年度", "首年"), "应缴日期", "不详")
    _, row, short = read(ROW, bad, ROW[:5])
    assert row.values is None
    assert (row.set_aside.row_no, row.set_aside.column, row.set_aside.code) == (2, "保单年度", "BAD_VALUE")
    assert row.set_aside.reason == "保单年度：不是整数；应缴日期：不是日期"
    assert row.set_aside.row["应缴日期"] == "不详"
    assert (short.set_aside.code, short.set_aside.reason) == ("ROW_SHAPE", "有 5 格，表头有 10 栏")
