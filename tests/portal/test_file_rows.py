"""Downloaded files: trusted whole or refused whole."""

import pytest
from pydantic import ValidationError

from bots.errors import PageChanged, SourceFileInvalid
from bots.portal.claims import FileFooter
from bots.portal.file_rows import read_file
from tests.portal.recipes import parse_taian

RULES = parse_taian().datasets["statement_lines"]
HEADER = list(RULES.columns)
LINES = [
    "1|TA202601000001|TAZS02|1|首期佣金||A030|60%|\u300010,000.00|30%|1,800.00|人民币|珺 堃",
    "2|TA202601000001|TAZS02|1|首期佣金|PD1|A030|100%|10,000.00|30%|(300.00)|人民币|冲正",
    "3|TA202601000002|TAZS02|2|续期佣金||A031|100%|500.00|2.5%|-12.50|港元|",
]
PLACE = "泰安人寿（taian） statement_lines TA202610-01"


def make_file(lines=LINES, header=HEADER, total="1,487.50", count=3, batch="TA202610-01"):
    """The bytes of an export in GBK, as the portal writes it."""
    rows = "".join(f"<tr><td>{line.replace('|', '</td><td>')}</td></tr>" for line in lines)
    return (
        '<html><head><meta charset="gb2312"></head><body><table>'
        '<tr><td colspan="13">佣金结算单</td></tr>'
        f'<tr><td colspan="2">批次号：{batch}</td><td colspan="11">结算期间：2026-10</td></tr>'
        f"<tr>{''.join(f'<th>{title}</th>' for title in header)}</tr>{rows}"
        f'<tr><td colspan="2">合计</td><td colspan="2">共 {count} 笔</td><td colspan="6"></td>'
        f'<td>{total}</td><td colspan="2"></td></tr></table></body></html>'
    ).encode("gb18030")


def read(raw, rules=RULES):
    return read_file(raw, rules, "gb18030", PLACE, {"batch_no": "TA202610-01"})


def test_whole_file_becomes_rows():
    """Commas, brackets, minus, percent and characters beyond gb2312 are read; the batch is carried."""
    file = read(make_file())
    assert [row.values["amount_fen"] for row in file.rows] == [180000, -30000, -1250]
    assert [row.values["rate_bp"] for row in file.rows] == [3000, 3000, 250]
    assert file.rows[0].values["remark"] == "珺 堃"
    assert {row.values["batch_no"] for row in file.rows} == {"TA202610-01"}
    assert (file.totals.count, file.totals.sums) == (3, {"amount_fen": 148750})


def test_bad_line_is_set_aside_and_still_counted():
    """A line with an unknown word is set aside; count and sum still have to agree, and do."""
    file = read(make_file([LINES[0].replace("首期佣金", "奖励"), *LINES[1:]]))
    assert file.rows[0].set_aside.reason == "佣金类型：不在 lookups 里"


REFUSED = {
    "cut between rows": (make_file()[: make_file().index(b"2026-10") + 900], "不完整|下载了一半"),
    "cut inside a character": (
        make_file()[: make_file().index("人民币".encode("gb18030")) + 1],
        "下载了一半",
    ),
    "cut and closed": (make_file().replace("合计".encode("gb18030"), b"x", 1), "最后一行不是“合计”"),
    "amount off by a fen": (make_file(total="1,487.51"), "合计应为 1,487.51 元，读到 1,487.50 元"),
    "line missing": (make_file(LINES[:2], total="1,500.00"), "应有 3 条，读到 2 条"),
    "line doubled": (make_file([*LINES[:2], LINES[1]], total="1,200.00"), "读到两次同一条"),
    "another batch": (make_file(batch="TA202610-02"), "没有“批次号：TA202610-01”"),
    "total unreadable": (make_file(total="见附件"), "合计行的金额无法识别"),
    "a real workbook": (b"PK\x03\x04rest", "打不开"),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", "打不开"),
    "no table": ("<html>系统繁忙，请稍后再试".encode("gb18030"), "表格没有结束"),
    "no header": ("系统繁忙，请稍后再试".encode("gb18030"), "没有一行是表头"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_untrustworthy_file_is_refused_as_a_whole(fault):
    """Each fault refuses the file; the message names the batch, the remedy says what to do."""
    raw, said = REFUSED[fault]
    with pytest.raises(SourceFileInvalid, match=said) as caught:
        read(raw)
    assert "TA202610-01" in caught.value.what
    assert "导出" in caught.value.remedy


def test_renamed_column_is_a_changed_page():
    """A column that the recipe knows under another name is named, with the columns found."""
    header = ["佣金(元)" if title == "佣金金额(元)" else title for title in HEADER]
    with pytest.raises(PageChanged, match="缺少栏目：佣金金额\\(元\\)；多出栏目：佣金\\(元\\)"):
        read(make_file(header=header))


def claiming(**claim):
    """The recipe's rules with another claim of the footer."""
    return RULES.model_copy(update={"completeness": FileFooter(footer="合计", **claim)})


@pytest.mark.parametrize(
    ("claim", "wrong", "said"),
    [
        ({"sums": ["amount_fen"]}, {"total": "1,487.51"}, "差 -0.01 元"),
        ({"count": "共 {count} 笔"}, {"lines": LINES[:2]}, "应有 3 条，读到 2 条"),
    ],
    ids=["sums alone", "count alone"],
)
def test_footer_proves_by_what_it_holds(claim, wrong, said):
    """Either claim alone accepts the whole file and refuses one that disagrees with it."""
    assert len(read(make_file(), claiming(**claim)).rows) == len(LINES)
    with pytest.raises(SourceFileInvalid, match=said):
        read(make_file(**wrong), claiming(**claim))


def test_footer_that_claims_nothing_is_no_claim():
    """A label alone says that the file has an end, not that it is whole."""
    with pytest.raises(ValidationError, match="count 和 sums 至少写一个"):
        FileFooter(footer="合计")


def make_csv(lines=LINES, width=15):
    """The same lines as a CSV as wide as a spreadsheet, in UTF-8 with its mark."""
    footer = ["合计", "", "共 3 笔", *[""] * 7, '"1,487.50"']
    rows = [
        ["佣金结算单"],
        ["批次号：TA202610-01"],
        HEADER,
        *(line.replace(",", "").split("|") for line in lines),
    ]
    wide = [[*row, *[""] * (width - len(row))] for row in [*rows, footer]]
    return "\r\n".join(",".join(row) for row in wide).encode("utf-8-sig")


def test_csv_as_wide_as_its_sheet_is_the_same_file():
    """Empty cells right of the last title are no columns; the rows are those of the HTML table."""
    assert [row.values for row in read(make_csv()).rows] == [row.values for row in read(make_file()).rows]


def test_cell_right_of_the_titles_is_not_dropped():
    """Something under no title makes a row that cannot be read, and its amount is missed in the total."""
    lines = [LINES[0] + "||多出来的", *LINES[1:]]
    with pytest.raises(SourceFileInvalid, match=r"差 -1,800\.00 元；另有 1 个金额无法识别"):
        read(make_csv(lines))
