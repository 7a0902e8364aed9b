"""Completeness: printed counts and sums against the rows at home."""

import pytest
from pydantic import ValidationError

from bots.errors import ExtractionIncomplete, PageChanged
from bots.portal.printed import read_numbers
from bots.portal.readings import ListTotals
from bots.portal.sheet import Sheet, Totals, decode_sheet
from bots.portal.tally import Tally, read_totals
from tests.portal.kanghe_portal import parse_kanghe
from tests.portal.test_table import ROW, RULES, UNPAID, read, with_cell


def tally_of(*rows):
    tally = Tally(RULES, ["premium_received_fen"], "泰安人寿（taian） premiums")
    tally.add(read(*rows))
    return tally


def test_rows_that_agree_pass():
    """Accepted and set-aside rows together make the printed count and sum."""
    tally = tally_of(ROW, UNPAID, with_cell(with_cell(ROW, "保单号", "TA202601000003"), "保单年度", "?"))
    tally.prove(Totals(3, {"premium_received_fen": 1_780_600}))
    assert (tally.count, tally.set_aside) == (3, 1)


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (Totals(3, {"premium_received_fen": 890300}), "应有 3 条，读到 2 条"),
        (Totals(2, {"premium_received_fen": 890301}), "应为 8,903.01 元，读到 8,903.00 元，差 -0.01 元"),
    ],
)
def test_disagreement_fails_with_both_figures(totals, said):
    """One row or one fen off is an error that says both figures."""
    with pytest.raises(ExtractionIncomplete, match="premiums") as caught:
        tally_of(ROW, UNPAID).prove(totals)
    assert said in caught.value.what


def test_sums_alone_prove_a_list():
    """Without a count the sums decide, printed on a page that says no more than them."""
    claims = ListTotals(sums={"premium_received_fen": "实收合计：{amount} 元"})
    totals = read_totals("实收合计：8,903.00 元", claims, "泰安人寿（taian）")
    assert totals == Totals(None, {"premium_received_fen": 890300})
    tally_of(ROW, UNPAID).prove(totals)
    with pytest.raises(ExtractionIncomplete, match=r"差 -8,903\.00 元"):
        tally_of(UNPAID).prove(totals)


@pytest.mark.parametrize(("fewest", "most"), [(3, 9), (0, 1)])
def test_an_expected_range_holds_or_fails(fewest, most):
    """Both ends belong to it; outside it the list is incomplete, and both ends are said."""
    tally_of(ROW, UNPAID).prove_between(2, 2)
    with pytest.raises(ExtractionIncomplete, match=f"应有 {fewest} 到 {most} 条，读到 2 条"):
        tally_of(ROW, UNPAID).prove_between(fewest, most)


@pytest.mark.parametrize("claims", [{}, {"rows_between": [5, 2]}, {"rows_between": [-1, 2]}])
def test_a_list_claims_something_that_can_be_wrong(claims):
    """No claim at all is refused, and so is a range that no list can meet."""
    with pytest.raises(ValidationError, match=r"至少写一个|应当写"):
        ListTotals(**claims)


def test_unreadable_amount_cannot_be_proved():
    """A summed amount that cannot be read makes the sum fail and says so."""
    with pytest.raises(ExtractionIncomplete, match="另有 1 个金额无法识别"):
        tally_of(with_cell(ROW, "实收保费(元)", "面议")).prove(Totals(1, {"premium_received_fen": 890300}))


def test_same_key_twice_fails():
    """A row that comes twice, on one page or two, is an error that names its key."""
    tally = tally_of(ROW, UNPAID)
    with pytest.raises(ExtractionIncomplete, match="读到两次同一条：policy_no TA202601000001、policy_year 1"):
        tally.add(read(ROW))


def test_patterns_read_what_is_printed():
    """White space is free; numbers may carry commas; sums are fen."""
    line = "共 2,000 条 第 3/20 页　年缴保费合计：1,234,567.00 元 下一页"
    assert read_numbers("共 {count} 条", line) == {"count": 2000}
    assert read_numbers("第{page}/{pages}页", line) == {"page": 3, "pages": 20}
    assert read_numbers("年缴保费合计：{amount} 元", line) == {"amount": 123_456_700}
    assert read_numbers("合计：{amount} 元", "合计：-1.00 元") == {"amount": -100}
    assert read_numbers("共 {count} 笔", line) is None


def test_missing_total_line_is_a_changed_page():
    """A page that prints no total cannot prove anything."""
    with pytest.raises(PageChanged, match=r"共 \{count\} 条"):
        read_totals("没有合计", ListTotals(count="共 {count} 条"), "泰安人寿（taian）")


def test_two_printed_counts_that_differ_are_no_count():
    """A box of news that counts too makes the count unknown; a pager above and below the list does not."""
    claim, place = ListTotals(count="共 {count} 条"), "泰安人寿（taian）"
    assert read_totals("共 2,000 条 第 1 页 共 2000 条", claim, place).count == 2000
    with pytest.raises(PageChanged, match=r"有几处“共 \{count\} 条”，写的不同：共 3 条、共 2000 条"):
        read_totals("公告 共 3 条 列表 共 2000 条", claim, place)


def test_printed_amount_that_is_none_is_told():
    """A tenth of a fen is no amount; the text is shown as it stands there."""
    claim = ListTotals(sums={"premium_received_fen": "合计：{amount} 元"})
    with pytest.raises(PageChanged, match=r"合计：1,234\.567 元”读不懂"):
        read_totals("合计：1,234.567 元", claim, "泰安人寿（taian）")


def test_numbers_asked_for_are_the_numbers_found():
    """As many others instead of those asked for prove nothing, nor does one of them that was set aside."""
    rules = parse_kanghe().datasets["policies_by_no"]
    tally = Tally(rules, [], "康禾（kanghe） policies_by_no")

    def add(number, found="未查到"):
        row = dict.fromkeys(rules.columns, "") | {"保单号": number, "查询结果": found}
        tally.add(decode_sheet(Sheet([*row], [(0, [*row.values()])], Totals(1)), rules, "康禾"))

    add("KH01")
    add("KH03")
    tally.prove_asked(["KH01", "KH03"])
    with pytest.raises(ExtractionIncomplete, match="问了 2 个号码，读到 2 条；没有读到 KH02；没有问过 KH03"):
        tally.prove_asked(["KH01", "KH02"])
    add("?")
    tally.prove_asked(["KH01", "KH02", "KH03"])
    with pytest.raises(ExtractionIncomplete, match="问了 4 个号码，读到 3 条；没有读到 KH02、KH04"):
        tally.prove_asked(["KH01", "KH02", "KH03", "KH04"])
    add("KH04", found="?")
    tally.prove_asked(["KH01", "KH02", "KH03", "KH04"])
    with pytest.raises(ExtractionIncomplete, match="没有问过 KH04"):
        tally.prove_asked(["KH01", "KH02", "KH03", "KH05"])
    add("KH01", found="?")
    with pytest.raises(ExtractionIncomplete, match="问了 5 个号码，读到 5 条；没有读到 KH02、KH05"):
        tally.prove_asked(["KH01", "KH02", "KH03", "KH04", "KH05"])
