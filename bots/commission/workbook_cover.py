"""Sheet 封面: the month in six figures, control totals, tie-outs, where everything came from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission import workbook_exceptions
from bots.commission.reconciling import Reconciliation
from bots.commission.workbook_cells import Formula, Pen, text_height, yuan
from bots.commission.workbook_tables import Placed, set_up_print
from bots.money import format_yuan

SHEET = "封面"
_WIDTHS = (21, 18, 18, 18, 18, 18)
_LAST = len(_WIDTHS) - 1
_URGENT_SHOWN = 6
_LINKS = ("汇总", "异常", "明细", "经纪人")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that the figures come from."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class WorkbookMeta:
    """What the workbook says about its run.

    ``agent_names`` by agent_no, empty = numbers only; ``incomplete`` names insurers whose latest
    collection was not proved complete.
    """

    period: str
    business_date: date
    run_id: str = ""
    agent_names: dict[str, str] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()
    incomplete: tuple[str, ...] = ()


_CONTROLS = (
    ("我方应收佣金", "应收合计", "own_due_fen", "本期条件全部满足的佣金，见“明细”"),
    ("结算单明细合计", "结算单合计", "statement_fen", "保司各批次导出的结算明细，见“汇总”"),
    ("批次列表合计", "批次列表合计", "cover_fen", "保司批次列表上写的结算金额"),
    ("银行到账", "银行到账合计", "bank_fen", "付款户名为保险公司的到账，含未认领"),
    ("可发放", "可发放合计", "payable_fen", "核对一致（或仅有尾差）且款已到账"),
    ("暂挂", "暂挂合计", "held_fen", "有差异或款未到齐，原因见“明细”；不会自动转入下期，须由人工决定发放"),
)
_TIE_OUTS = (
    ("结算单 - 应收 - 保单差异", ("结算单合计", "应收合计", "保单差异合计"), "items"),
    ("结算单 - 批次列表 - 批次差异", ("结算单合计", "批次列表合计", "批次差异合计"), "batches"),
    ("银行到账 - 批次列表 - 银行差异", ("银行到账合计", "批次列表合计", "银行差异合计"), "bank"),
    ("结算行 - 可发放 - 暂挂", ("结算行合计", "可发放合计", "暂挂合计"), "settlement"),
)


def write_cover(pen: Pen, sheet: Any, result: Reconciliation, meta: WorkbookMeta, exceptions: Placed) -> None:
    """The first page; its totals are names of cells on the other sheets."""
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, width)
    _write_title(pen, sheet, result, meta)
    _write_tiles(pen, sheet, result, exceptions)
    row = _write_controls(pen, sheet, 9, result)
    row = _write_tie_outs(pen, sheet, row + 1, result)
    row = _write_urgent(pen, sheet, row + 1, result)
    row = _write_origin(pen, sheet, row + 1, result, meta)
    _write_signatures(pen, sheet, row + 1)
    set_up_print(sheet, f"佣金对账 {meta.period} 封面", landscape=False)


def _write_title(pen: Pen, sheet: Any, result: Reconciliation, meta: WorkbookMeta) -> None:
    year, month = meta.period.split("-")
    insurers = "、".join(result.insurer_names.values())
    pen.put(sheet, 0, 0, "佣金对账与结算", "title")
    sheet.set_row(0, 36)
    told = f"结算月 {year} 年 {int(month)} 月    {insurers}    业务日期 {meta.business_date}    金额单位：元"
    pen.put(sheet, 1, 0, told, "note")
    for number, name in enumerate(_LINKS):
        sheet.write_url(2, number, f"internal:'{name}'!A1", pen.look("link"), f"→ {name}")
    sheet.merge_range(7, 0, 7, _LAST, "", pen.look("lead"))
    pen.put(sheet, 7, 0, _conclude(result), "lead")
    sheet.set_row(7, 46)
    if meta.incomplete:
        names = "、".join(meta.incomplete)
        sheet.merge_range(8, 0, 8, _LAST, "", pen.look("alarm"))
        pen.put(
            sheet,
            8,
            0,
            f"注意：{names} 最近一次采集不完整，金额可能是旧的，补采并重新对账前请勿发放。",
            "alarm",
        )
        sheet.set_row(8, 24)


def _write_tiles(pen: Pen, sheet: Any, result: Reconciliation, exceptions: Placed) -> None:
    tiles = [(label, name, key) for label, name, key, _ in _CONTROLS if key != "cover_fen"]
    for number, (label, name, key) in enumerate(tiles):
        pen.put(sheet, 4, number, label, "tile_label")
        pen.put(sheet, 5, number, Formula(f"={name}", yuan(result.controls[key])), "tile_money")
    pen.put(sheet, 4, _LAST, "差异（笔）", "tile_label")
    count = Formula(f"=COUNTA({exceptions.column(workbook_exceptions.ID)})", len(result.breaks))
    pen.put(sheet, 5, _LAST, count, "tile_integer")
    sheet.set_row(5, 28)


def _conclude(result: Reconciliation) -> str:
    controls, batches = result.controls, result.batches
    held = batches.loc[batches["hold_id"] != "", "batch_no"]
    severe = [name for name in result.breaks["break_class"] if result.wordings[name].severity == "高"]
    verdict = (
        "五项勾稽全部为零。" if not any(result.tie_outs.values()) else "勾稽不为零，请勿发放，先交 IT 查明。"
    )
    blocked = f"批次 {'、'.join(held)} 整批暂挂。" if len(held) else "各批次款项均已到齐。"
    return (
        f"{verdict}本期应收 {format_yuan(controls['own_due_fen'])} 元，"
        f"可发放 {format_yuan(controls['payable_fen'])} 元，暂挂 {format_yuan(controls['held_fen'])} 元。"
        f"{blocked}差异 {len(result.breaks)} 笔，其中轻重为“高”的 {len(severe)} 笔，请先处理“异常”表。"
    )


def _heading(pen: Pen, sheet: Any, row: int, text: str) -> None:
    for number in range(len(_WIDTHS)):
        pen.put(sheet, row, number, text if number == 0 else None, "heading")
    sheet.set_row(row, 22)


def _merged(pen: Pen, sheet: Any, row: int, first: int, text: str) -> None:
    sheet.merge_range(row, first, row, _LAST, "", pen.look("wrap"))
    pen.put(sheet, row, first, text, "wrap")


def _write_controls(pen: Pen, sheet: Any, top: int, result: Reconciliation) -> int:
    _heading(pen, sheet, top, "控制总额")
    for row, (label, name, key, source) in enumerate(_CONTROLS, start=top + 1):
        pen.put(sheet, row, 0, label, "label")
        pen.put(sheet, row, 1, Formula(f"={name}", yuan(result.controls[key])), "money")
        _merged(pen, sheet, row, 2, source)
    return top + 1 + len(_CONTROLS)


def _write_tie_outs(pen: Pen, sheet: Any, row: int, result: Reconciliation) -> int:
    _heading(pen, sheet, row, "勾稽（差必须为零）")
    for number, title in enumerate(["算式", "甲", "乙", "丙", "甲 - 乙 - 丙", "结论"]):
        pen.put(sheet, row + 1, number, title, "header")
    terms = _terms(result)
    for offset, (label, names, key) in enumerate(_TIE_OUTS, start=row + 2):
        pen.put(sheet, offset, 0, label, "label")
        for number, name in enumerate(names, start=1):
            pen.put(sheet, offset, number, Formula(f"={name}", yuan(terms[name])), "money")
        _write_zero(pen, sheet, offset, yuan(result.tie_outs[key]), "total_money")
    last = row + 2 + len(_TIE_OUTS)
    pen.put(sheet, last, 0, "读入 - 采用 - 另置（行）", "label")
    for number, name in enumerate(("rows_read", "rows_accepted", "rows_set_aside"), start=1):
        pen.put(sheet, last, number, result.counts[name], "rows")
    _write_zero(pen, sheet, last, result.tie_outs["rows"], "total_rows")
    return last + 1


def _terms(result: Reconciliation) -> dict[str, int]:
    controls = result.controls
    return {name: controls[key] for _, name, key, _ in _CONTROLS} | {
        "保单差异合计": controls["item_difference_fen"],
        "批次差异合计": controls["batch_difference_fen"],
        "银行差异合计": controls["bank_difference_fen"],
        "结算行合计": int(result.settlement_lines["amount_fen"].sum()),
    }


def _write_zero(pen: Pen, sheet: Any, row: int, value: float, look: str) -> None:
    a, b, c, zero = (xl_rowcol_to_cell(row, number) for number in (1, 2, 3, 4))
    pen.put(sheet, row, 4, Formula(f"=ROUND({a}-{b}-{c},2)", value), look)
    verdict = Formula(f'=IF({zero}=0,"平","不平")', "平" if value == 0 else "不平")
    pen.put(sheet, row, 5, verdict, "good" if value == 0 else "bad")


def _write_urgent(pen: Pen, sheet: Any, row: int, result: Reconciliation) -> int:
    """The largest breaks of the highest severity, so that Monday starts with them."""
    severe = [result.wordings[name].severity == "高" for name in result.breaks["break_class"]]
    shown = result.breaks[severe].head(_URGENT_SHOWN)
    _heading(pen, sheet, row, "请先处理（轻重为“高”，差额最大的几笔）")
    for offset, found in enumerate(shown.to_dict("records"), start=row + 1):
        pen.put(sheet, offset, 0, result.wordings[found["break_class"]].label, "label")
        pen.put(sheet, offset, 1, yuan(found["difference_fen"]), "difference")
        _merged(pen, sheet, offset, 2, found["sentence"])
        sheet.set_row(offset, text_height(found["sentence"], sum(_WIDTHS[2:])))
    return row + 1 + len(shown)


def _write_origin(pen: Pen, sheet: Any, row: int, result: Reconciliation, meta: WorkbookMeta) -> int:
    _heading(pen, sheet, row, "出处")
    counts = result.counts
    read = (
        f"结算明细 {counts['statement_lines']} 行、保费 {counts['premium_rows']} 行、"
        f"保司到账 {counts['bank_receipts']} 笔"
    )
    versions = "  ".join(f"{name} {version}" for name, version in result.versions.items())
    facts = [("运行编号", meta.run_id or "离线运行"), ("参加对账", read), ("规则版本", versions)]
    facts += [(file.name, f"{file.rows} 行  SHA-256 {file.sha256}") for file in meta.sources]
    for offset, (label, text) in enumerate(facts, start=row + 1):
        pen.put(sheet, offset, 0, label, "label")
        _merged(pen, sheet, offset, 1, text)
    return row + 1 + len(facts)


def _write_signatures(pen: Pen, sheet: Any, row: int) -> None:
    _heading(pen, sheet, row, "签字（制表与复核不得为同一人）")
    for number, label in enumerate(("制表", "复核", "批准")):
        pen.put(sheet, row + 1, 2 * number, label, "label")
        pen.put(sheet, row + 1, 2 * number + 1, None, "text")
        pen.put(sheet, row + 2, 2 * number, "日期", "label")
        pen.put(sheet, row + 2, 2 * number + 1, None, "text")
    sheet.set_row(row + 1, 26)
