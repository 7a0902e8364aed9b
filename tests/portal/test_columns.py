"""Column kinds: what the text of a cell becomes."""

from datetime import date

import pytest

from bots.portal.columns import Column

GOOD = [
    ("text", "", " 喆 堃 ", "喆 堃"),
    ("text", "", "", None),
    ("integer", "", "1,186", 1186),
    ("integer", "年", "20年", 20),
    ("integer", "", "-3", -3),
    ("money", "", "1,234.50", 123450),
    ("money", "万元", "1.2", 1_200_000),
    ("money", "分", "17", 17),
    ("money", "", "(88.00)", -8800),
    ("money", "", "-0.01", -1),
    ("rate", "", "30%", 3000),
    ("rate", "", "0.25%", 25),
    ("date", "", "2026-10-01", date(2026, 10, 1)),
    ("date", "", "2026/10/1", date(2026, 10, 1)),
    ("date", "", "20261001", date(2026, 10, 1)),
    ("date", "", "2026年10月1日", date(2026, 10, 1)),
    ("period", "", "202610", "2026-10"),
    ("period", "", "2026年10月", "2026-10"),
    ("policy_no", "", "'ta202610000001", "TA202610000001"),
    ("id_no", "", "11010119900307803x", "11010119900307803X"),
    ("id_no", "", "E12345678", "E12345678"),
    ("phone", "", "138-0013 8000", "13800138000"),
    ("phone", "", "+8613800138000", "13800138000"),
]
BAD = [
    ("integer", "1.5"),
    ("integer", "三"),
    ("money", "面议"),
    ("money", "0.001"),
    ("rate", "0.3"),
    ("rate", "0.333%"),
    ("rate", "高%"),
    ("date", "2026-02-30"),
    ("date", "明天"),
    ("period", "202613"),
    ("period", "2026"),
    ("policy_no", "1.23E+15"),
    ("id_no", "110101199003078031"),
    ("id_no", "无"),
    ("phone", "138****8000"),
    ("enum", "未知"),
]


@pytest.mark.parametrize(("kind", "unit", "text", "value"), GOOD)
def test_kind_reads_the_ways_portals_write(kind, unit, text, value):
    """Each kind reads the spellings that portals use."""
    assert Column(name="x", kind=kind, unit=unit).parse(text) == value


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_kind_refuses_what_is_not_of_it(kind, text):
    """A text of another shape is refused with a Chinese reason that does not repeat it."""
    column = Column(name="x", kind=kind, lookups={"有效": "in_force"} if kind == "enum" else {})
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]") as caught:
        column.parse(text)
    assert text not in str(caught.value)


def test_lookups_come_before_the_kind():
    """Known dirt and enum values are looked up by the whole text."""
    column = Column(name="pay_years", kind="integer", unit="年", lookups={"趸交": 0, "--": None})
    assert [column.parse(text) for text in ("趸交", "5年", "--")] == [0, 5, None]


def test_required_column_may_not_be_empty():
    """An empty required cell is a fault, also when a lookup makes it empty."""
    column = Column(name="x", required=True, lookups={"--": None})
    for text in ("", " ", "--"):
        with pytest.raises(ValueError, match="必填"):
            column.parse(text)


def test_letter_that_nobody_could_decode_sets_the_row_aside():
    """A broken byte in a name is no other name."""
    with pytest.raises(ValueError, match="有认不出的字"):
        Column(name="holder_name").parse("王\N{REPLACEMENT CHARACTER}堃")
    known = Column(name="holder_name", lookups={"王\N{REPLACEMENT CHARACTER}堃": "王喆堃"})
    assert known.parse("王\N{REPLACEMENT CHARACTER}堃") == "王喆堃"
