"""佣金月结单: every line of a month's batches as a PDF whose pages repeat the titles and are numbered."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import grey
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from sandbox.amounts import yuan
from sandbox.kanghe.columns import AMOUNT, LINE_CELLS, Columns, cells_of, printed_totals, shown_columns
from sandbox.kanghe.records import BatchRecord
from sandbox.portal_faults import PortalFaults

BATCH, REMARK = "批次号", "备注"
_COMPANY = "康禾人寿保险股份有限公司"
_FONT, _SIZE = "STSong-Light", 8
_WIDTHS = {BATCH: 62, "批单号": 84, "序号": 26, "保单号": 78, "保费(元)": 74, AMOUNT: 74, REMARK: 48}
_WIDTH = 46
_FOOT = 20
_CELL = ParagraphStyle("cell", fontName=_FONT, fontSize=_SIZE, leading=10, wordWrap="CJK")
_STYLE = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), _FONT, _SIZE),
        ("GRID", (0, 0), (-1, -1), 0.5, grey),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
)
pdfmetrics.registerFont(UnicodeCIDFont(_FONT))


class _NumberedCanvas(Canvas):  # type: ignore[misc] # reportlab ships no types
    """Keeps its pages to the end: only then the number of all of them can be printed on each."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Put a drawn page by."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Number the pages and write them all."""
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFont(_FONT, _SIZE)
            self.drawCentredString(self._pagesize[0] / 2, _FOOT, f"第 {number} 页/共 {len(self._kept)} 页")
            super().showPage()
        super().save()


def monthly_pdf(batches: Sequence[BatchRecord], month: str, faults: PortalFaults) -> bytes:
    """Company, month, lines in order of their batches, and 合计 as the last row; the same bytes each time."""
    columns = shown_columns((BATCH, *LINE_CELLS), faults)
    table = Table(
        [columns.titles, *_line_rows(batches, columns), _total_row(batches, columns, faults)],
        colWidths=[_WIDTHS.get(key or "", _WIDTH) for key in columns.keys],
        repeatRows=1,
        style=_STYLE,
    )
    head = [Paragraph(text, _CELL) for text in (f"{_COMPANY} 佣金月结单", f"结算月份：{month}", "　")]
    target = io.BytesIO()
    document = SimpleDocTemplate(target, pagesize=landscape(A4), title="佣金月结单", invariant=1)
    document.build([*head, table], canvasmaker=_NumberedCanvas)
    return target.getvalue()


def _line_rows(batches: Sequence[BatchRecord], columns: Columns) -> list[list[Any]]:
    """Remarks are wrapped in their narrow column."""
    rows = []
    for batch in batches:
        for line in batch.lines:
            cells: dict[str, Any] = {BATCH: batch.batch_no, **cells_of(LINE_CELLS, line)}
            rows.append(columns.row(cells | {REMARK: Paragraph(escape(line.remark), _CELL)}))
    return rows


def _total_row(batches: Sequence[BatchRecord], columns: Columns, faults: PortalFaults) -> list[Any]:
    count = sum(len(batch.lines) for batch in batches)
    count, total_fen = printed_totals(count, sum(batch.total_fen for batch in batches), faults)
    return columns.row({BATCH: "合计", "保单号": f"共 {count} 笔", AMOUNT: yuan(total_fen)}, "")
