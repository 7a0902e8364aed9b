"""The finance workbook: stored values, formulas, safety and print set-up."""

from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from bots.commission.workbook import WorkbookMeta, read_figures, write_workbook
from tests.commission.sandbox_frames import BUSINESS_DATE, PERIOD
from tests.commission.small_firm import Firm

pytestmark = pytest.mark.service

SHEETS = ["封面", "汇总", "异常", "明细", "经纪人"]
META = WorkbookMeta(PERIOD, BUSINESS_DATE)


def opened(raw, *, values):
    """The workbook with its values or its formulas."""
    return openpyxl.load_workbook(BytesIO(raw), data_only=values)


def cells(book):
    """(sheet, address) -> value of every filled cell."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_named_totals_are_the_controls_to_the_fen(month, workbook):
    """What previews and pandas read out of the file are the reconciliation's own sums."""
    controls = month.controls
    expected = {
        "应收合计": controls["own_due_fen"],
        "结算单合计": controls["statement_fen"],
        "批次列表合计": controls["cover_fen"],
        "银行到账合计": controls["bank_fen"],
        "可发放合计": controls["payable_fen"],
        "暂挂合计": controls["held_fen"],
        "保单差异合计": controls["item_difference_fen"],
        "批次差异合计": controls["batch_difference_fen"],
        "银行差异合计": controls["bank_difference_fen"],
        "结算行合计": controls["own_due_fen"],
    }
    figures = read_figures(workbook)
    assert {name: round(value * 100) for name, value in figures.items()} == expected
    assert all(abs(value * 100 - round(value * 100)) < 1e-4 for value in figures.values())


def test_every_formula_stores_a_value(workbook):
    """No formula is left for the reader's program to calculate first."""
    stored, formulas = cells(opened(workbook, values=True)), cells(opened(workbook, values=False))
    written = [at for at, value in formulas.items() if isinstance(value, str) and value.startswith("=")]
    assert len(written) > 1_000
    assert [at for at in written if at not in stored] == []


def test_tie_out_cells_are_zero(workbook):
    """All five tie-outs on the cover are 0 and say so."""
    cover = opened(workbook, values=True)["封面"]
    zeros = [(row[4].value, row[5].value) for row in cover.iter_rows() if row[5].value in {"平", "不平"}]
    assert zeros == [(0, "平")] * 5


def test_a_broken_tie_out_is_shouted(month):
    """Where a tie-out is not 0 the cover says 不平 and asks not to pay."""
    from dataclasses import replace  # noqa: PLC0415 - one use

    broken = replace(month, tie_outs=month.tie_outs | {"bank": 1})
    cover = opened(write_workbook(broken, META), values=True)["封面"]
    texts = [str(cell.value) for row in cover.iter_rows() for cell in row]
    assert "不平" in texts
    assert any("请勿发放" in text for text in texts)


def test_sheets_hold_every_row(month, workbook):
    """Five sheets in order; every break, due item and settlement line has its row."""
    book = opened(workbook, values=True)
    assert book.sheetnames == SHEETS
    ids = [cell.value for cell in book["异常"]["Q"][5:]]
    assert ids == list(month.breaks["break_id"])
    assert book["明细"].max_row == 5 + len(month.items)
    reasons = [cell.value for cell in book["经纪人"]["K"] if cell.value]
    assert len(reasons) == 1 + len(month.settlement_lines)


def test_rows_can_be_filtered_and_printed(workbook):
    """Tables are filtered, headers frozen and repeated, every sheet is one A4 page wide."""
    book = opened(workbook, values=False)
    for name in ("异常", "明细", "经纪人"):
        assert book[name].auto_filter.ref
        assert book[name].freeze_panes
    assert book["异常"].print_title_rows == "$5:$5"
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert book["异常"].data_validations.dataValidation[0].formula1 == '"同意,调整,挂账,驳回"'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", '=HYPERLINK("x")', "{=1}", "00123"])
def test_text_from_outside_stays_text(text):
    """A policy number that begins like a formula or a number is stored as text."""
    result = Firm().policy().line().line(5, policy_no=text).settle()
    book = opened(write_workbook(result, META), values=False)
    found = [cell for cell in book["异常"]["E"] if cell.value == text]
    assert [cell.data_type for cell in found] == ["s"]


def test_the_same_result_gives_the_same_bytes(month, workbook):
    """A second run leaves the workbook as it was, byte for byte."""
    again = WorkbookMeta(PERIOD, BUSINESS_DATE)
    assert write_workbook(month, again) == write_workbook(month, again)


def test_names_are_shown_where_given(month):
    """Agents are shown by name when the caller may show names."""
    named = WorkbookMeta(PERIOD, BUSINESS_DATE, agent_names={"A001": "王子涵"})
    sheet = opened(write_workbook(month, named), values=True)["经纪人"]
    assert sheet["B6"].value == "王子涵"
    assert sheet["B7"].value == "业务员"


def test_an_empty_month_is_a_workbook_too():
    """A month without a single line or item opens with zeros and not with an error."""
    result = Firm().policy(received=None).settle()
    raw = write_workbook(result, META)
    assert set(read_figures(raw).values()) == {0}


def test_the_cover_says_that_held_items_wait(workbook):
    """Finance is told where it reads the held total that nothing moves to the next month by itself."""
    cover = opened(workbook, values=True)["封面"]
    told = [str(cell.value) for row in cover.iter_rows() for cell in row]
    assert any("不会自动转入下期" in text for text in told)


def test_old_figures_are_shouted_on_the_cover(month):
    """An insurer whose collection was not proved complete is named where the totals are read."""
    stale = WorkbookMeta(PERIOD, BUSINESS_DATE, incomplete=("泰安人寿",))
    cover = opened(write_workbook(month, stale), values=True)["封面"]
    assert "泰安人寿 最近一次采集不完整" in cover["A9"].value
    assert opened(write_workbook(month, META), values=True)["封面"]["A9"].value is None


def test_no_external_links_or_macros(workbook):
    """The file carries cells and styles alone: nothing that a mail filter or a reader would warn about."""
    names = ZipFile(BytesIO(workbook)).namelist()
    assert not [name for name in names if "external" in name or "vba" in name.lower()]
