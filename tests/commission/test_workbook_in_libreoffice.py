"""LibreOffice opens the workbook and calculates every formula to the value that is stored."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from bots.commission.workbook import WorkbookMeta, write_workbook
from tests.commission.small_firm import BUSINESS_DATE, PERIOD, Firm

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: install libreoffice-calc"),
]
# By default LibreOffice trusts the values stored in a file it did not write itself.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def recalculate(raw: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice saves it after calculating everything anew."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    (folder / "in").mkdir()
    (folder / "in" / "book.xlsx").write_bytes(raw)
    subprocess.run(
        [
            *(SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")),
            str(folder / "in" / "book.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "out" / "book.xlsx").read_bytes()


def disagreements(raw: bytes, folder: Path) -> list[str]:
    """Formula cells whose stored value is not what LibreOffice calculates."""
    formulas = openpyxl.load_workbook(BytesIO(raw))
    stored = openpyxl.load_workbook(BytesIO(raw), data_only=True)
    calculated = openpyxl.load_workbook(BytesIO(recalculate(raw, folder)), data_only=True)
    wrong = []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                ours = stored[sheet.title][cell.coordinate].value
                theirs = calculated[sheet.title][cell.coordinate].value
                if not same(ours, theirs):
                    wrong.append(f"{sheet.title}!{cell.coordinate} {cell.value}: {ours!r}, not {theirs!r}")
    return wrong


def same(ours, theirs) -> bool:
    """Equal text, or numbers equal far below a fen."""
    if isinstance(ours, str) or isinstance(theirs, str) or theirs is None:
        return ours == theirs
    return abs(ours - theirs) < 0.000_01


def with_wrong_value(raw: bytes, planted: str) -> bytes:
    """The workbook with another value stored for the formula ``=应收合计`` of the cover's first tile."""
    source, target = ZipFile(BytesIO(raw)), BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, formula, rest = content.decode().partition("<f>应收合计</f><v>")
                assert formula
                content = (head + formula + planted + rest[rest.index("</v>") :]).encode()
            copy.writestr(name, content)
    return target.getvalue()


def test_a_planted_wrong_value_is_caught(workbook, tmp_path):
    """The check itself works: one stored total off by a fen is found, and nothing else."""
    figure = openpyxl.load_workbook(BytesIO(workbook), data_only=True)["封面"]["A6"].value
    wrong = disagreements(with_wrong_value(workbook, f"{figure + 0.01:.2f}"), tmp_path)
    assert len(wrong) == 1
    assert wrong[0].startswith("封面!A6")


def test_stored_values_are_what_libreoffice_calculates(workbook, tmp_path):
    """Every formula of every sheet recalculates to its stored value, the tie-outs to 0."""
    assert disagreements(workbook, tmp_path) == []


def test_names_that_look_like_patterns_or_numbers_are_summed_apart(tmp_path):
    """Products and agents named with * ? ~, by digits alone or by case alone each get their own sums."""
    firm = Firm()
    seller, product_rate = firm.agents[0], firm.rates[0]
    firm.agents += [seller | {"agent_no": no} for no in ("007", "7", "7.0", "A*", "A?", "a1", "A~1", "=1+1")]
    names = {
        "P1": "产品*",
        "P2": "产品?",
        "P3": "产品LIFE",
        "P4": "产品life",
        "P5": "007",
        "P6": "7",
        "P7": "~产品",
    }
    product = firm.products[0]
    firm.products = [product | {"product_code": code, "product_name": name} for code, name in names.items()]
    for number, agent in enumerate(firm.agents):
        code = f"P{number % len(names) + 1}"
        firm.rates.append(product_rate | {"product_code": code})
        no, agent_no, fen = f"N{number}", agent["agent_no"], 1_200_000 + 100 * number
        firm.policy(no, product_code=code, agent_split=agent_no, premium_fen=fen)
        firm.line(fen * 3 // 10, policy_no=no, agent_no=agent_no, product_code=code, premium_fen=fen)
    firm.rates = list({rate["product_code"] + str(rate["policy_year"]): rate for rate in firm.rates}.values())
    result = firm.settle()
    assert result.breaks.empty
    raw = write_workbook(result, WorkbookMeta(PERIOD.text, BUSINESS_DATE))
    assert disagreements(raw, tmp_path) == []
