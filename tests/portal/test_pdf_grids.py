"""PDF statements: every cell as it was printed, or the whole file refused."""

import io

import pypdfium2
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from bots.errors import SourceFileInvalid
from bots.portal import pdf_grids
from bots.portal.file_grids import read_grid
from bots.portal.file_rows import read_file
from sandbox.kanghe.monthly_pdf import monthly_pdf
from sandbox.kanghe.records import build_batches
from sandbox.portal_faults import PortalFaults
from tests.portal.kanghe_portal import line_row, parse_kanghe

# Fourteen pages are read again and again.
pytestmark = pytest.mark.service
PLACE = "康禾人寿（kanghe） monthly_statement"
RULES = parse_kanghe().datasets["monthly_statement"]
LINES = [line for batch in build_batches() for line in batch.lines]
BOXED = [("GRID", (0, 0), (-1, -1), 0.5, "black")]


@pytest.fixture(scope="module")
def monthly():
    """The sandbox's statement of October."""
    return monthly_pdf(build_batches(), "2026-10", PortalFaults())


def read(raw):
    return read_grid(raw, "utf-8", PLACE)


def read_month(raw):
    return read_file(raw, RULES, "utf-8", PLACE, {"period": "2026-10"})


def without_page(raw, place):
    """The PDF with one page taken out."""
    pdf, target = pypdfium2.PdfDocument(raw), io.BytesIO()
    del pdf[place]
    pdf.save(target)
    return target.getvalue()


def printed(*parts, **options):
    """A PDF of these parts, as reportlab lays them out."""
    target = io.BytesIO()
    SimpleDocTemplate(target, **options).build(list(parts))
    return target.getvalue()


def ruled(rows, **options):
    """A table between drawn lines."""
    return Table(rows, style=BOXED, **options)


def test_statement_is_read_value_by_value(monthly):
    """Fourteen pages of lines with titles on each come home as they were invented, and none is set aside."""
    file = read_month(monthly)
    assert [row.values for row in file.rows] == [line_row(line) for line in LINES]
    assert (file.totals.count, file.totals.sums) == (300, {"amount_fen": sum(x.amount_fen for x in LINES)})


def test_lines_above_the_table_stand_first(monthly):
    """Company, month and page number are rows of one cell; later pages add table rows alone."""
    grid = read(monthly)
    assert grid[:3] == [["康禾人寿保险股份有限公司 佣金月结单"], ["结算月份：2026-10"], ["第 1 页/共 14 页"]]
    assert {len(cells) for cells in grid[3:]} == {14}
    assert len(grid) == 3 + 14 + len(LINES) + 1


def test_wrapped_text_is_one_text_again(monthly):
    """A line's end inside a cell is no space, but between two Latin words it is."""
    page = pypdfium2.PdfDocument(monthly)[0].get_textpage().get_text_range()
    assert "首年, 标准费率" not in page
    assert any(cells[-1] == "首年, 标准费率" for cells in read(monthly))
    cells = ["TA2026\n01000001", "1,234\n.50", "VIP\nclient", "A\n1"]
    assert read(printed(ruled([cells]))) == [["TA202601000001", "1,234.50", "VIP client", "A1"]]


@pytest.mark.parametrize("part", [1, 2, 3])
def test_half_a_pdf_is_refused(monthly, part):
    """A file that breaks off has no end, whatever its reader would make of it."""
    with pytest.raises(SourceFileInvalid, match="只下载了一半") as caught:
        read(monthly[: len(monthly) * part // 4])
    assert PLACE in caught.value.what


def test_pdf_that_is_damaged_inside_is_refused(monthly):
    """An end alone makes no file."""
    with pytest.raises(SourceFileInvalid, match="打不开，文件可能已损坏"):
        read(monthly[: len(monthly) // 2] + b"%%EOF")


@pytest.mark.parametrize(("place", "said"), [(0, "第 1 页.*印着“第 2 页/共 14 页”"), (13, "共 13 页")])
def test_dropped_page_is_told_by_the_printed_numbers(monthly, place, said):
    """A page that is missing shows in the numbers of the others."""
    with pytest.raises(SourceFileInvalid, match=f"缺页.*{said}"):
        read_month(without_page(monthly, place))


def test_dropped_page_without_numbers_is_told_by_the_total(monkeypatch, monthly):
    """Where no numbers are printed the file's own count and sum refuse it, and so does a lost last page."""
    monkeypatch.setattr(pdf_grids, "_prove_number", lambda *_: None)
    with pytest.raises(SourceFileInvalid, match="与文件末尾的合计不符"):
        read_month(without_page(monthly, 5))
    with pytest.raises(SourceFileInvalid, match="最后一行不是“合计”"):
        read_month(without_page(monthly, 13))


@pytest.mark.parametrize("wrong", ["count", "amount"])
def test_total_that_lies_is_refused(wrong):
    """The total row proves the PDF like any other file."""
    raw = monthly_pdf(build_batches()[:1], "2026-10", PortalFaults(wrong_total=wrong))
    with pytest.raises(SourceFileInvalid, match="与文件末尾的合计不符"):
        read_month(raw)


def scan():
    """A page that is a picture."""
    target = io.BytesIO()
    canvas = Canvas(target)
    picture = pypdfium2.PdfDocument(printed(ruled([["a"]])))[0].render().to_pil()
    canvas.drawInlineImage(picture, 0, 0)
    canvas.save()
    return target.getvalue()


def stamped(text, degrees, size):
    """A statement of small figures with a watermark drawn over its middle."""

    def stamp(canvas, _):
        canvas.saveState()
        canvas.setFont("STSong-Light", size)
        canvas.translate(300, 600)
        canvas.rotate(degrees)
        canvas.drawCentredString(0, 0, text)
        canvas.restoreState()

    target = io.BytesIO()
    rows = [["No", "Amount", "Rate"], *([str(number), "3", "3"] for number in range(30))]
    table = ruled(rows, colWidths=[120] * 3)
    SimpleDocTemplate(target).build([table], onFirstPage=stamp)
    return target.getvalue()


@pytest.mark.parametrize("degrees", [-30, 30, 45, 60, 90, 180])
@pytest.mark.parametrize("text", ["内部资料 严禁外传", "88888"])
def test_turned_watermark_is_refused(text, degrees):
    """A text across the table at any angle becomes no part of a figure, though its size is the cells'."""
    with pytest.raises(SourceFileInvalid, match="第 1 页的表格上盖有水印"):
        read(stamped(text, degrees, 10))


@pytest.mark.parametrize("size", [6, 14, 20, 60])
def test_level_watermark_of_another_size_is_refused(size):
    """A level text over the figures is told by its size."""
    with pytest.raises(SourceFileInvalid, match="第 1 页的表格上盖有水印"):
        read(stamped("8 8 8 8 8", 0, size))


def test_large_watermark_in_empty_cells_is_refused():
    """A size that no title has is refused also where a cell holds nothing else."""

    def stamp(canvas, _):
        canvas.setFont("Helvetica", 60)
        canvas.drawString(270, 700, "88")

    target = io.BytesIO()
    rows = [["1", "", "2"], *(["3", "", "4"] for _ in range(3))]
    table = ruled(rows, colWidths=[60, 200, 60], rowHeights=60)
    SimpleDocTemplate(target).build([table], onFirstPage=stamp)
    with pytest.raises(SourceFileInvalid, match="第 1 页的表格上盖有水印"):
        read(target.getvalue())


def test_larger_title_and_slanted_letters_are_no_watermark():
    """A title of twice the rows' size and italics stand in a table by right."""
    look = [*BOXED, ("FONTSIZE", (0, 0), (-1, 0), 18), ("FONTSIZE", (0, 1), (-1, -1), 9)]
    look += [("FONTNAME", (0, 1), (0, -1), "Helvetica-Oblique"), ("BOTTOMPADDING", (0, 0), (-1, 0), 12)]
    rows = [["No", "Name"], ["1", "A"], ["2", "B"]]
    assert read(printed(Table(rows, style=look))) == rows


REFUSED = {
    "scan": (scan, "第 1 页没有文字，是扫描件"),
    "no lines": (lambda: printed(Table([["a", "b"]])), "没有画线的表格"),
    "password": (lambda: printed(ruled([["a"]]), encrypt=StandardEncryption("secret")), "PDF 有密码"),
    "text over a line": (
        lambda: printed(ruled([["PD20261000116801", "A001"]], colWidths=[40, 60])),
        "第 1 页有文字越过了表格线",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_pdf_that_cannot_be_read_for_certain_is_refused(fault):
    """What would have to be guessed is refused with what it is."""
    make, said = REFUSED[fault]
    with pytest.raises(SourceFileInvalid, match=said):
        read(make())


def test_pages_without_end_are_refused(monkeypatch):
    """No statement has so many pages."""
    monkeypatch.setattr(pdf_grids, "_MOST_PAGES", 2)
    pages = [part for _ in range(3) for part in (ruled([["a"]]), PageBreak())]
    with pytest.raises(SourceFileInvalid, match="有 3 页，多得不合理"):
        read(printed(*pages))


def test_drawing_is_no_table(monkeypatch):
    """A page of more lines than any table has is refused before they are compared."""
    monkeypatch.setattr(pdf_grids, "_MOST_LINES", 3)
    with pytest.raises(SourceFileInvalid, match=r"第 1 页有 \d+ 条线，不是表格"):
        read(printed(ruled([["a", "b"]])))


def test_box_beside_the_table_is_text():
    """The largest table of a page is the list; a small one is no part of it."""
    rows = [["No", "Name"], ["1", "A"], ["2", "B"]]
    raw = printed(ruled([["Batch: 7"]]), Paragraph("between"), ruled(rows))
    assert read(raw) == [["Batch: 7"], ["between"], *rows]
