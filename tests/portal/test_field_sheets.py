"""Pages of labels and values: one row, or a clear error."""

import pytest
from pydantic import ValidationError

from bots.errors import ExtractionIncomplete, PageChanged, RecipeInvalid
from bots.portal.datasets import ListDataset
from bots.portal.label_sheet import read_sheet
from sandbox.taian.summary import build_summary
from tests.portal.recipes import parse_taian

OCTOBER = {"period": "2026-10"}
QUICK = ("family: jsp_frameset", "family: jsp_frameset\ntimeout_seconds: 2")
DRAWN_LATE = """addEventListener("DOMContentLoaded", () => {
  const sheet = document.getElementById("summary");
  if (!sheet) return;
  const html = sheet.innerHTML;
  sheet.innerHTML = html.replaceAll("202610", "202609").replace(/[\\d,]+[.]\\d+/g, "0.00");
  setTimeout(() => { sheet.innerHTML = html; }, 700);
});"""
SHEET = 'fields: {within: "#summary", same: {period: 结算月份}}'
HOLDER = "收款户名: {name: account_name, required: true}, "


def rows_of(session, parameters=OCTOBER):
    """The sheet's rows and its pages."""
    pages = list(session.extract("settlement_summary", parameters))
    return [row for page in pages for row in page.rows], pages


@pytest.mark.browser
def test_sheet_is_one_row_with_the_portals_own_figures(small_sandbox, enter):
    """Every value of the month's sheet equals the records, also of a month of zeros; bytes stay GBK."""
    session = enter(small_sandbox)
    for month in ("2026-10", "2026-09"):
        rows, (page,) = rows_of(session, {"period": month})
        truth = build_summary(small_sandbox.brokerage, month)
        names = ("period", "batch_count", "line_count", "gross_fen", "tax_fen", "net_fen")
        names = (*names, "account_name", "account_no")
        assert rows == [{name: getattr(truth, name) for name in names} | {"tax_bp": 600}]
        assert (page.raw_name, "不含税金额" in page.raw.decode("gb18030")) == (
            "taian-settlement_summary-0001.html",
            True,
        )
        assert session.report("settlement_summary").rows == 1
    assert build_summary(small_sandbox.brokerage, "2026-10").gross_fen > 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((HOLDER, "开户名: {name: account_name, required: true}, "), "缺少栏目：开户名；多出栏目：收款户名"),
        ((HOLDER, ""), "多出栏目：收款户名。页面上的栏目：结算月份、批次数、笔数"),
        (('"#summary"', '"#sums"'), "没有表格 #sums；页面写着：当前位置：结算汇总"),
    ],
)
def test_sheet_that_changed_is_named(small_sandbox, enter, change, said):
    """A label renamed or new, or the sheet gone, is PageChanged that names dataset and label."""
    session = enter(small_sandbox, QUICK, change)
    with pytest.raises(PageChanged, match="泰安人寿（taian） settlement_summary") as caught:
        rows_of(session)
    assert said in caught.value.what


@pytest.mark.browser
def test_label_that_is_missing_is_named_and_evidence_hides_the_account(small_sandbox, enter, evidence):
    """Without the label of a column nothing is read; the kept page shows no account number."""
    session = enter(small_sandbox)
    small_sandbox.spoil("taian", missing_column="税率")
    with pytest.raises(PageChanged, match="settlement_summary 第 1 页 缺少栏目：税率"):
        rows_of(session)
    html = evidence.files["taian-settlement_summary-1-mainFrame.html"].decode("utf-8")
    truth = build_summary(small_sandbox.brokerage, "2026-10")
    assert (truth.account_no in html, truth.account_name in html) == (False, True)


@pytest.mark.browser
def test_sheet_of_another_question_is_refused(small_sandbox, enter):
    """A page that shows another month than the one asked for does not become that month's row."""
    session = enter(small_sandbox, QUICK, ('option: "{period}"', 'option: "202609"'))
    with pytest.raises(
        ExtractionIncomplete, match="2 秒后显示的仍不是所问的：问 202610，结算月份 写着 202609"
    ):
        rows_of(session)


@pytest.mark.browser
def test_sheet_that_comes_late_is_waited_for(small_sandbox, enter, context):
    """A script that draws over what stood there before: the row is what was asked for, all of it."""
    context.add_init_script(DRAWN_LATE)
    rows, _ = rows_of(enter(small_sandbox))
    truth = build_summary(small_sandbox.brokerage, "2026-10")
    assert [(row["period"], row["net_fen"]) for row in rows] == [("2026-10", truth.net_fen)]


@pytest.mark.browser
def test_sheet_that_does_not_say_what_was_asked_is_refused(small_sandbox, enter):
    """Without the label beside which the answer must stand nothing is proved."""
    session = enter(small_sandbox, QUICK)
    small_sandbox.spoil("taian", missing_column="结算月份")
    with pytest.raises(PageChanged, match="settlement_summary 2 秒内没有出现“结算月份”"):
        rows_of(session)


@pytest.mark.browser
def test_only_row_that_is_set_aside_is_no_success(small_sandbox, enter):
    """The row is handed on as it came, and the dataset fails: nothing was brought home."""
    session = enter(small_sandbox, ("{name: tax_bp, kind: rate,", "{name: tax_bp, kind: date,"))
    pages = session.extract("settlement_summary", OCTOBER)
    assert [aside.column for aside in next(pages).set_aside] == ["税率"]
    with pytest.raises(ExtractionIncomplete, match="settlement_summary 唯一的一行有内容无法识别，已搁置"):
        next(pages)
    with pytest.raises(KeyError):
        session.report("settlement_summary")


@pytest.mark.browser
@pytest.mark.parametrize("requests", [1, 2])
def test_session_lost_on_the_way_to_a_sheet(small_sandbox, enter, requests):
    """After a new login the same row comes home, once."""
    session = enter(small_sandbox)
    good, _ = rows_of(session)
    small_sandbox.spoil("taian", expire_after_requests=requests)
    assert rows_of(session)[0] == good
    assert small_sandbox.faults("taian")["expire_after_requests"] is None


@pytest.mark.browser
def test_sheets_of_terms_and_of_several_parts(small_sandbox, enter):
    """A <dl> is read like a table, a box with its parts in order; a value too many is refused."""
    screen = enter(small_sandbox)._screen
    frame = screen.page.main_frame

    def read(html):
        frame.set_content(f"<table><tr><td><div id=box>{html}</div></td></tr></table>")
        return read_sheet(screen, frame, "#box", "某处", doing="读取内容", remedy="-").pairs

    terms = "<dl><div><dt>户名：</dt><dd> 甲 </dd></div><dt>余额</dt><dd></dd></dl>"
    table = "<table><tr><td><table><tr><td>状态</td><td>正常</td></tr></table></td></tr></table>"
    assert read(terms + table) == [("户名", "甲"), ("余额", ""), ("状态", "正常")]
    for wrong in ("<dl><dt>户名</dt><dd>甲</dd><dd>乙</dd></dl>", "<dl><dd>甲</dd></dl>"):
        with pytest.raises(PageChanged, match="某处 内容里有一行不是一格名称一格内容"):
            read(wrong)


def test_recipe_says_what_a_sheet_is():
    """The short form stands for the sheet alone; a second way to read, and unknown names, are refused."""
    monthly = "\n    <<: *monthly\n    title: 佣金结算汇总"
    everything = (monthly, monthly.replace("<<: *monthly", "kind: list\n    frame: mainFrame"))
    taian = parse_taian((SHEET, 'fields: "#summary"'), everything, ("choose: *month, ", ""))
    assert taian.datasets["settlement_summary"].fields.within == "#summary"
    rules = taian.datasets["settlement_summary"].model_dump(exclude_none=True, exclude={"steps"})
    with pytest.raises(ValidationError, match="必须写且只写一个"):
        ListDataset.model_validate(rules | {"steps": [{"open": "x"}], "table": "#t"})
    with pytest.raises(RecipeInvalid, match=r"settlement_summary\.fields: 缺少参数 period"):
        parse_taian((SHEET, 'fields: "#summary"'))
    for wrong, said in (("{month: 结算月份}", "没有栏目 month"), ("{period: 月份}", "没有栏目 月份")):
        with pytest.raises(RecipeInvalid, match=said):
            parse_taian(("{period: 结算月份}", wrong))
