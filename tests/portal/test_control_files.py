"""A zip with a control file beside its rows: whole, or refused whole."""

import io
import zipfile

import pytest
from pydantic import ValidationError

from bots.errors import RecipeInvalid, SourceFileInvalid
from bots.portal.claims import ControlFile, FileControl
from bots.portal.file_rows import read_file
from sandbox.kanghe.files import batch_zip
from sandbox.portal_faults import PortalFaults
from tests.portal.kanghe_portal import BATCHES, line_row, parse_kanghe

BATCH = BATCHES[0]
RULES = parse_kanghe().datasets["statement_lines"]
PLACE = f"康禾人寿（kanghe） statement_lines {BATCH.batch_no}"
COUNT = len(BATCH.lines)
YUAN = f"{BATCH.total_fen // 100}.{BATCH.total_fen % 100:02d}"
ROWS, CLAIM = f"佣金结算明细_{BATCH.batch_no}.csv", f"对账控制_{BATCH.batch_no}.txt"
SAID = f"笔数={COUNT}\r\n金额={YUAN}\r\n"


def csv_of(batch):
    """The rows as the portal packs them."""
    with zipfile.ZipFile(io.BytesIO(batch_zip(batch, PortalFaults()))) as archive:
        return archive.read(archive.namelist()[0])


def zipped(*files):
    """A zip of (name, content); texts are GBK."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content.encode("gb18030") if isinstance(content, str) else content)
    return target.getvalue()


def with_claim(text, rows=None):
    """The batch's zip with this control file."""
    return zipped((ROWS, rows or csv_of(BATCH)), (CLAIM, text))


def read(raw, rules=RULES):
    return read_file(raw, rules, "gb18030", PLACE, {"batch_no": BATCH.batch_no})


def test_rows_that_the_control_file_claims_are_read():
    """The portal's own zip, and one with the control file first, in a folder, in UTF-8 with its mark."""
    other = zipped((f"对账/{CLAIM}", b"\xef\xbb\xbf" + SAID.encode()), (ROWS, csv_of(BATCH)))
    for raw in (batch_zip(BATCH, PortalFaults()), other):
        file = read(raw)
        assert [row.values for row in file.rows] == [line_row(line) for line in BATCH.lines]
        assert (file.totals.count, file.totals.sums) == (COUNT, {"amount_fen": BATCH.total_fen})


@pytest.mark.parametrize("line", ["{count}|{amount}", "笔数 {count} 金额 {amount}"])
def test_one_line_may_say_both(line):
    """A line without labels is a pattern too; a second line of its kind makes it no claim."""
    claim = FileControl(control=ControlFile(file="a.ctl", count=line, sums={"amount_fen": line}))
    rules = RULES.model_copy(update={"completeness": claim})
    said = line.format(count=COUNT, amount=YUAN)
    assert len(read(zipped((ROWS, csv_of(BATCH)), ("a.ctl", said)), rules).rows) == COUNT
    with pytest.raises(SourceFileInvalid, match="正好有一行"):
        read(zipped((ROWS, csv_of(BATCH)), ("a.ctl", f"{said}\n{said}")), rules)


def without_last_line():
    """The rows without the last one."""
    return csv_of(BATCH).rstrip(b"\r\n").rpartition(b"\r\n")[0]


REFUSED = {
    "no control file": (zipped((ROWS, csv_of(BATCH))), f"一个文件和控制文件 {CLAIM}，有 1 个：佣金结算明细"),
    "another batch's": (zipped((ROWS, csv_of(BATCH)), ("对账控制_X.txt", SAID)), "有 2 个"),
    "two of them": (zipped((ROWS, b""), (CLAIM, SAID), (f"旧/{CLAIM}", SAID)), "有 3 个"),
    "nothing else": (zipped((CLAIM, SAID)), "有 1 个：对账控制"),
    "no zip": (csv_of(BATCH), "不是压缩包，没有控制文件"),
    "one row more": (with_claim(SAID.replace(f"={COUNT}", f"={COUNT + 1}")), f"应有 {COUNT + 1} 条，读到"),
    "a fen less": (
        with_claim(f"笔数={COUNT}\n金额={YUAN[:-1]}{(int(YUAN[-1]) + 1) % 10}"),
        "与控制文件不符：佣金",
    ),
    "rows break off": (with_claim(SAID, without_last_line()), f"应有 {COUNT} 条，读到 {COUNT - 1} 条"),
    "garbled": (with_claim(b"\xff\xfe\x00\xff"), f"{CLAIM}） 第 1 字节起不是 gb18030"),
    "empty": (with_claim(""), "正好有一行“笔数={count}”"),
    "cut": (with_claim(f"笔数={COUNT}\r\n金"), "正好有一行“金额={amount}”"),
    "said twice": (with_claim(SAID + f"笔数={COUNT}"), "正好有一行“笔数={count}”"),
    "part of a line": (with_claim(SAID.replace("笔数", "退回笔数")), "正好有一行“笔数={count}”"),
    "no amount": (with_claim(f"笔数={COUNT}\r\n金额=1,2.345"), "控制文件的金额不是整数分"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_zip_that_its_control_file_does_not_prove_is_refused(fault):
    """Each fault refuses the file whole; the batch is named, the remedy says what to do."""
    raw, said = REFUSED[fault]
    with pytest.raises(SourceFileInvalid) as caught:
        read(raw)
    assert said in caught.value.what
    assert BATCH.batch_no in caught.value.what
    assert "导出" in caught.value.remedy


FOOTER = 'completeness: {footer: 合计, count: "共 {count} 笔", sums: [amount_fen]}'
CONTROL = (
    'control: {file: "对账{1}_{period}.ctl", count: "笔数={count}", sums: {amount_fen: "金额={amount}"}}'
)
MONTHLY = (FOOTER, f"completeness: {{{CONTROL}}}")


def test_name_of_a_whole_lists_control_file_holds_the_question():
    """``{period}`` is the parameter as the portal writes it; braces around anything else stay."""
    recipe = parse_kanghe(MONTHLY)
    rules = recipe.datasets["monthly_statement"].model_copy(
        update={"columns": RULES.columns, "key": ["line_no"], "says": "批次号"}
    )
    raw = zipped((ROWS, csv_of(BATCH)), ("对账{1}_2026-09.ctl", SAID))
    assert len(read_file(raw, rules, "gb18030", PLACE, {"period": "2026-09"}).rows) == COUNT
    with pytest.raises(SourceFileInvalid, match=r"一个文件和控制文件 对账\{1\}_2026-10.ctl"):
        read_file(raw, rules, "gb18030", PLACE, {"period": "2026-10"})
    with pytest.raises(RecipeInvalid, match=r"control.file: 没有栏目 month；可用：period"):
        parse_kanghe(MONTHLY, ("{1}_{period}", "{1}_{month}"))


def test_recipe_says_what_a_control_file_is():
    """It must claim something, in patterns with their places, of columns and carried values that exist."""
    with pytest.raises(ValidationError, match="count 和 sums 至少写一个"):
        ControlFile(file="a.ctl")
    for change, said in (
        (("对账控制_{batch_no}.txt", "{month}.txt"), r"control.file: 没有栏目 month"),
        (("笔数={count}", "笔数={rows}"), r"control.count: 没有占位符 \{rows\}"),
        (("金额={amount}", "金额"), r"control.sums.amount_fen: 缺少占位符 \{amount\}"),
        (
            (', sums: {amount_fen: "金额={amount}"}', ""),
            r"yaml:89: .*control: 有金额栏目 保费\(元\)、佣金金额",
        ),
        (('sums: {amount_fen: "金额', 'sums: {remark: "金额'), "remark 不是 kind: money"),
        (("parent_count: line_count,\n", "parent_count: rows,\n"), "没有栏目 rows"),
        (('count: "笔数={count}"', "counts: 笔"), r"counts"),
    ):
        with pytest.raises(RecipeInvalid, match=said):
            parse_kanghe(change)
