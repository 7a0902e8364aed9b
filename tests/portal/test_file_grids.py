"""Files of every format a portal hands out: one grid of texts, or refused as a whole."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from bots.errors import SourceFileInvalid
from bots.portal import archives
from bots.portal.file_grids import read_grid
from config.settings import PROJECT_ROOT
from sandbox.kanghe.files import batch_zip
from sandbox.kanghe.records import build_batches
from sandbox.portal_faults import PortalFaults

PLACE = "康禾人寿（kanghe） statement_lines KH202610-01"
OLD_EXCEL = (PROJECT_ROOT / "tests" / "golden" / "files" / "statement.xls").read_bytes()
STATEMENT = [
    ["佣金结算单", "", "", "", "", ""],
    ["批次号：TA202610-01", "", "", "结算期间：2026-10", "", ""],
    ["序号", "保单号", "截止日期", "保费(元)", "佣金金额(元)", "备注"],
    ["1", "TA202601000001", "2026-10-09", "10000", "1800.55", "珺 堃"],
    ["2", "TA202601000002", "2026-10-09", "10000", "-300", ""],
    ["合计", "共 2 笔", "", "20000", "1500.55", ""],
]
CSV = '批次号：TA202610-01\r\n\r\n保单号,备注\r\nTA1,"首年, ""标准""\n费率"\r\nTA2,珺堃\r\n'
CSV_GRID = [
    ["批次号：TA202610-01"],
    [],
    ["保单号", "备注"],
    ["TA1", '首年, "标准" 费率'],
    ["TA2", "珺堃"],
]


def read(raw, encoding="gb18030"):
    return read_grid(raw, encoding, PLACE)


def workbook(rows, *more_sheets, hidden=(), formula=None):
    """An .xlsx with these rows in its first sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy/m/d"}) as book:
        for name, cells in {"明细": rows, **dict(more_sheets)}.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(cells):
                sheet.write_row(place, 0, row)
            if name in hidden:
                sheet.hide()
        if formula:
            book.worksheets()[0].write_formula(len(rows), 0, "=1/0", None, formula)
    return target.getvalue()


def zipped(*files, flags=None):
    """A zip of (name, content)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    raw = bytearray(target.getvalue())
    if flags is not None:
        raw[6] |= flags
        raw[raw.index(b"PK\x01\x02") + 8] |= flags
    return bytes(raw)


def test_old_excel_file_is_read():
    """A real .xls: dates as days, amounts without rounding, rare characters; a blank sheet is none."""
    assert read(OLD_EXCEL) == STATEMENT


def test_workbook_gives_values_as_its_sheet_shows_them():
    """Numbers, days, moments and booleans become texts that a column's kind reads."""
    rows = [["序号", "金额"], [1, 0.1 + 0.2], [2.5, -1234567.89], [date(2026, 10, 1), True]]
    raw = workbook([*rows, [datetime(2026, 10, 1, 8, 30), 0.00001]])  # noqa: DTZ001 - a sheet knows no zone
    assert read(raw) == [
        ["序号", "金额"],
        ["1", "0.3"],
        ["2.5", "-1234567.89"],
        ["2026-10-01", "TRUE"],
        ["2026-10-01 08:30:00", "0.00001"],
    ]


def test_number_longer_than_a_workbook_keeps_is_no_number():
    """A policy number that a sheet has turned into a rounded number must not pass for one."""
    assert read(workbook([["保单号"], [880123456789012345]]))[1] == ["8.80123456789012E+17"]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (CSV.encode("gb18030"), "gb18030"),
        (CSV.encode("utf-8"), "utf-8"),
        (CSV.encode("utf-8-sig"), "gb18030"),
        (CSV.encode("utf-8-sig"), "utf-8"),
    ],
)
def test_csv_is_read_in_its_encoding(raw, encoding):
    """The recipe's encoding, or UTF-8 where a mark says so; quotes, commas and line ends in cells."""
    assert read(raw, encoding) == CSV_GRID


def test_zip_gives_the_one_file_in_it():
    """A CSV or a workbook in a zip; names in GBK without a mark, folders beside the file."""
    for raw in (CSV.encode("gb18030"), CSV.encode("utf-8-sig")):
        assert read(zipped(("明细/", b""), ("明细/佣金.csv", raw))) == CSV_GRID
    assert read(zipped(("a.xlsx", workbook([["保单号"], ["TA1"]])))) == [["保单号"], ["TA1"]]
    assert read(zipped(("a.xls", OLD_EXCEL))) == STATEMENT


def test_file_in_a_zip_is_named_in_errors():
    """The name is decoded as an old Windows program wrote it, whatever the encoding of the texts."""
    name = "明细_01.csv".encode("gbk")
    raw = zipped(("~" * len(name), CSV.encode("gb18030"))).replace(b"~" * len(name), name)
    with pytest.raises(SourceFileInvalid, match=r"明细_01\.csv） 第 .* 字节起不是 utf-8"):
        read(raw, "utf-8")


def halves():
    """Each format cut in two, at several places."""
    whole = {
        "xlsx": workbook([["保单号", "金额"], *[[f"TA{number}", number] for number in range(500)]]),
        "xls": OLD_EXCEL,
        "zip": batch_zip(build_batches()[0], PortalFaults()),
        "csv in a quote": CSV[: CSV.index("费率")].encode("gb18030"),
    }
    for name, raw in whole.items():
        quarters = [4] if name.startswith("csv") else [1, 2, 3]
        yield from (
            pytest.param(raw[: len(raw) * part // 4], id=f"{name}, {part} quarters") for part in quarters
        )


@pytest.mark.parametrize("raw", list(halves()))
def test_half_a_file_is_refused(raw):
    """A file that breaks off is refused and named, whatever its reader makes of it."""
    with pytest.raises(SourceFileInvalid, match=r"只下载了一半|不是完整的 CSV") as caught:
        read(raw)
    assert PLACE in caught.value.what


REFUSED = {
    "pdf": (b"%PDF-1.7", "PDF 没有结尾"),
    "two files": (zipped(("a.csv", b"x"), ("b.csv", b"y")), "只有一个文件，有 2 个：a.csv、b.csv"),
    "no file": (zipped(("a/", b"")), "有 0 个"),
    "zip in a zip": (zipped(("a.zip", zipped(("b.csv", b"x")))), "压缩包里的压缩包"),
    "password": (zipped(("a.csv", b"x"), flags=1), "有密码"),
    "no sheet": (workbook([]), "只有一张有内容的工作表，有：（无）"),
    "two sheets": (workbook([["a"]], ("二", [["b"]])), "有：明细、二"),
    "error in a cell": (workbook([["a"]], formula="#DIV/0!"), "出错的单元格"),
    "html without end": (b"<html><table><tr><td>1", "表格没有结束"),
    "a page instead": (b"<html><script>'</table>'</script></html>", "没有下载成功"),
    "not the encoding": ("保单".encode() + b"\xff\xff", "第 7 字节起不是 gb18030"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_file_of_another_kind_is_refused(fault):
    """What cannot be one table of texts is refused with what it is."""
    raw, said = REFUSED[fault]
    with pytest.raises(SourceFileInvalid, match=said):
        read(raw)


def test_hidden_sheet_is_no_second_table():
    """A list of options that the portal hides does not count."""
    assert read(workbook([["a"]], ("选项", [["b"]]), hidden=("选项",))) == [["a"]]


@pytest.mark.parametrize("inner", [b"0" * 5_000_000, workbook([["0" * 30_000]] * 200)])
def test_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch, inner):
    """Files that would unpack to more than any export holds are refused by what they declare."""
    monkeypatch.setattr(archives, "MOST_BYTES", 20_000)
    raw = inner if inner.startswith(b"PK") else zipped(("a.csv", inner))
    with pytest.raises(SourceFileInvalid, match=r"解压后有 .*大得不合理"):
        read(raw)


def test_zip_that_lies_about_its_size_is_refused(monkeypatch):
    """No more is unpacked than was declared; the check sum then disagrees."""
    raw = zipped(("a.csv", b"0" * 5_000_000))
    declared = (5_000_000).to_bytes(4, "little")
    monkeypatch.setattr(archives, "MOST_BYTES", 20_000)
    with pytest.raises(SourceFileInvalid, match="打不开"):
        read(raw.replace(declared, (10_000).to_bytes(4, "little")))
