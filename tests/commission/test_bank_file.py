"""The bank's CSV, believed whole or refused with file, line and remedy."""

import pytest

from bots.commission.bank_file import read_bank_file
from bots.errors import SourceFileInvalid
from connectors.commission_rules import load_bank_layout

LAYOUT = load_bank_layout("zhonghe")
HEADER = "交易时间,借贷标志,交易金额,余额,摘要,交易流水号,对方账号,对方户名,回单流水号"
GOOD = [
    "众和银行企业网上银行账户明细",
    "账号：,\t6299********8817",
    "户名：,晨光保险经纪有限公司",
    "币种：,人民币",
    '期初余额：,"1,000.00"',
    "查询期间：,2026-10-01 至 2026-11-05",
    HEADER,
    '2026-10-09 10:17:48,贷,"1,234.50","2,234.50",佣金 TA1,\t2026100910174871,\t62220202001122,泰安人寿,\tX1',
    '2026-10-10 09:00:00,借,34.50,"2,200.00",手续费,\t20261010090000000001,,众和银行,\tX2',
    '2026-10-11 09:00:00,贷,0.00,"2,200.00",查询,\t20261011090000000001,,,\tX3',
    '收入合计：,2 笔,"1,234.50"',
    "支出合计：,1 笔,34.50",
    '期末余额：,"2,200.00"',
    "共 3 笔",
]


def read(lines=GOOD, encoding="gb18030", layout=LAYOUT):
    """The file made of ``lines``."""
    return read_bank_file("\r\n".join([*lines, ""]).encode(encoding), layout, "众和.csv")


def changed(number, old, new):
    """GOOD with a replacement on line ``number`` (from 1)."""
    assert old in GOOD[number - 1]
    return [line.replace(old, new) if at == number else line for at, line in enumerate(GOOD, start=1)]


def test_movements_come_home_in_hub_columns():
    """Thousands commas, leading tabs and codes are read; long numbers stay text; 0.00 is set aside."""
    statement = read()
    first = statement.receipts.to_dict("records")[0]
    assert first["booked_at"].isoformat() == "2026-10-09T10:17:48"
    del first["booked_at"]
    assert first == {
        "bank": "zhonghe",
        "transaction_no": "2026100910174871",
        "direction": "in",
        "amount_fen": 123_450,
        "balance_fen": 223_450,
        "summary": "佣金 TA1",
        "payer_name": "泰安人寿",
        "payer_account": "62220202001122",
    }
    assert (statement.opening_fen, statement.closing_fen) == (100_000, 220_000)
    assert len(statement.receipts) == 2
    assert [aside.code for aside in statement.set_aside] == ["ZERO_AMOUNT"]


def test_newest_first_files_are_chained_backwards():
    """A bank that prints the newest movement first is read by the same rules."""
    layout = LAYOUT.model_copy(update={"newest_first": True})
    lines = [*GOOD[:7], *reversed(GOOD[7:10]), *GOOD[10:]]
    assert len(read(lines, layout=layout).receipts) == 2
    with pytest.raises(SourceFileInvalid, match="余额"):
        read(GOOD, layout=layout)


def test_words_of_the_footer_in_a_summary_change_nothing():
    """What a customer writes into a summary is never read as the bank's own footer or preamble."""
    for words in ("代发工资 共 35 笔", "收入合计 9.99", "期末余额 1.00", "期初余额 1.00", "币种：美元"):
        assert len(read(changed(9, "手续费", words)).receipts) == 2


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (changed(9, "34.50", "35.50"), "第 9 行：余额应为 2,199.00，文件写 2,200.00"),
        ([*GOOD[:7], *GOOD[8:]], "第 8 行：余额"),
        (changed(7, "交易金额", "发生额"), "第 7 行：缺少列 交易金额"),
        (changed(8, ",贷,", ",赠,"), "第 8 行：不认识的借贷标志“赠”"),
        (changed(8, "1,234.50", "一千"), "第 8 行：不是金额"),
        (changed(8, "2026-10-09 10:17:48", "昨天"), "第 8 行：不是交易时间"),
        (changed(9, "\t20261010090000000001", "\t2026100910174871"), "第 9 行：交易流水号与第 8 行重复"),
        (changed(9, "\t20261010090000000001", ""), "第 9 行：没有交易流水号"),
        (changed(11, "1,234.50", "1,234.51"), "收入合计写 1,234.51，按明细应为 1,234.50"),
        (changed(13, "2,200.00", "2,200.01"), "期末余额写 2,200.01"),
        (changed(14, "3", "4"), "表尾笔数（4）与明细 3 笔不一致"),
        (changed(4, "人民币", "美元"), "第 4 行：账户币种不是人民币"),
        (changed(5, '"1,000.00"', ""), "第 5 行：“期初余额”后面没有金额"),
        (GOOD[:10], "没有“收入合计”"),
        (GOOD[:9], "没有“收入合计”"),
        (["谢谢使用"], "找不到表头"),
    ],
)
def test_a_broken_file_is_refused_whole(lines, words):
    """Broken balances, columns, cells, totals and cut-off files each name the place and a remedy."""
    with pytest.raises(SourceFileInvalid) as raised:
        read(lines)
    assert words in str(raised.value)
    assert "众和.csv" in str(raised.value)
    assert "重新下载" in raised.value.remedy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_wrong_encoding_is_named(encoding):
    """A file saved in another encoding is refused as such and not as a puzzle."""
    with pytest.raises(SourceFileInvalid, match="编码"):
        read(encoding=encoding)
