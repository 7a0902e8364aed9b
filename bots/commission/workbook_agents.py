"""Sheet 经纪人: what each agent gets, and below it every line with its arithmetic."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission.reconciling import Reconciliation
from bots.commission.sentences import ITEM_LABELS
from bots.commission.settling import HOUSE
from bots.commission.workbook_cells import Formula, Pen, ratio, yuan
from bots.commission.workbook_detail import STATE_LABELS, STATE_LOOKS
from bots.commission.workbook_tables import Column, Placed, name_cell, set_up_print, set_widths, write_table

SHEET = "经纪人"
AMOUNT = 8
_AGENT, _STATE = 0, 9
_HEADER_ROW = 4
_ROLE_LABELS = {"SELLER": "业务员", "OVERRIDE": "管理津贴", "HOUSE": "公司留存"}
_PAYABLE, _HELD, _BOTH = 5, 6, 7


def write_agents(pen: Pen, sheet: Any, result: Reconciliation, names: Mapping[str, str]) -> Placed:
    """Totals per agent on top, settlement lines below; returns where the lines stand."""
    settlements, lines = result.settlements, result.settlement_lines
    is_house = (settlements["agent_no"] == HOUSE).astype("int64")
    settlements = settlements.assign(is_house=is_house).sort_values(["is_house", "agent_no"])
    pen.put(sheet, 0, 0, f"经纪人结算  {result.period.text}", "sheet_title")
    note = "上表按工号汇总，下表是每一笔的计算过程；两表金额由公式相连。公司留存也列出，合计等于应收。"
    pen.put(sheet, 1, 0, note, "note")
    lines_header = _HEADER_ROW + len(settlements) + 4
    columns = _line_columns(lines)
    pen.put(sheet, lines_header - 1, 0, f"逐笔计算（{len(lines)} 行）", "heading")
    for number in range(1, len(columns)):
        pen.put(sheet, lines_header - 1, number, None, "heading")
    placed = write_table(pen, sheet, lines_header, columns)
    _write_summary(pen, sheet, settlements, placed, names)
    set_widths(sheet, columns)
    sheet.autofilter(lines_header, 0, placed.last_row, len(columns) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 2)
    sheet.set_row(0, 26)
    sheet.set_row(_HEADER_ROW, 20)
    sheet.set_row(lines_header, 20)
    set_up_print(sheet, f"佣金对账 {result.period.text} 经纪人", landscape=True)
    sheet.set_h_pagebreaks([lines_header - 1])
    sheet.print_area(0, 0, placed.last_row, len(columns) - 2)
    return placed


def _write_summary(pen: Pen, sheet: Any, settlements: Any, lines: Placed, names: Mapping[str, str]) -> None:
    agents = list(settlements["agent_no"])
    rows = range(_HEADER_ROW + 1, _HEADER_ROW + 1 + len(agents))
    who = ["公司留存" if agent == HOUSE else names.get(agent, "业务员") for agent in agents]
    for number, title in enumerate(
        ["工号", "收款方", "", "", "笔数", "可发放（元）", "暂挂（元）", "合计（元）"]
    ):
        pen.put(sheet, _HEADER_ROW, number, title, "header")
    sheet.merge_range(_HEADER_ROW, 1, _HEADER_ROW, 3, "收款方", pen.look("header"))
    fens = settlements[["payable_fen", "held_fen", "line_count"]].to_numpy().tolist()
    for row, agent, name, (payable, held, count) in zip(rows, agents, who, fens, strict=True):
        pen.put(sheet, row, 0, agent, "center")
        sheet.merge_range(row, 1, row, 3, "", pen.look("text"))
        pen.put(sheet, row, 1, name, "text")
        counted = f"=COUNTIF({lines.column(_AGENT)},{xl_rowcol_to_cell(row, 0)})"
        pen.put(sheet, row, 4, Formula(counted, count), "integer")
        pen.put(sheet, row, _PAYABLE, _sum_of(lines, row, "可发放", payable), "money")
        pen.put(sheet, row, _HELD, _sum_of(lines, row, "暂挂", held), "money")
        both = f"=ROUND({xl_rowcol_to_cell(row, _PAYABLE)}+{xl_rowcol_to_cell(row, _HELD)},2)"
        pen.put(sheet, row, _BOTH, Formula(both, yuan(payable + held) or 0.0), "money")
    summary = Placed(sheet.get_name(), rows.start, max(rows.start, rows.stop - 1))
    _write_summary_total(pen, sheet, summary, settlements)


def _sum_of(lines: Placed, row: int, state: str, fen: int) -> Formula:
    agent = xl_rowcol_to_cell(row, 0)
    return Formula(
        f"=ROUND(SUMIFS({lines.column(AMOUNT)},{lines.column(_AGENT)},{agent},"
        f'{lines.column(_STATE)},"{state}"),2)',
        yuan(fen) or 0.0,
    )


def _write_summary_total(pen: Pen, sheet: Any, summary: Placed, settlements: Any) -> None:
    row = _HEADER_ROW - 1
    payable, held = int(settlements["payable_fen"].sum()), int(settlements["held_fen"].sum())
    for number in range(4):
        pen.put(sheet, row, number, "全部合计" if number == 0 else None, "total_text")
    count = Formula(f"=SUM({summary.column(4)})", int(settlements["line_count"].sum()))
    pen.put(sheet, row, 4, count, "total_integer")
    for number, fen in ((_PAYABLE, payable), (_HELD, held), (_BOTH, payable + held)):
        total = Formula(f"=ROUND(SUM({summary.column(number)}),2)", yuan(fen) or 0.0)
        pen.put(sheet, row, number, total, "total_money")
    name_cell(pen, sheet, "结算行合计", row, _BOTH)


def _line_columns(lines: Any) -> list[Column]:
    lines = lines.assign(is_house=(lines["agent_no"] == HOUSE).astype("int64"))
    order = ["is_house", "agent_no", "policy_no", "policy_year", "role", "generation", "source_agent_no"]
    lines = lines.sort_values(order)
    states = list(lines["state"])
    is_override = list(lines["role"] == "OVERRIDE")
    generations = list(lines["generation"])
    shares = [ratio(share) if share else None for share in lines["share_bp"]]
    ids = lines["break_id"].astype("object")
    return [
        Column("工号", 9, "center", list(lines["agent_no"])),
        Column("角色", 10, "center", [_ROLE_LABELS[name] for name in lines["role"]]),
        Column("来源", 8, "center", ["" if s == HOUSE else s for s in lines["source_agent_no"]]),
        Column("代", 5, "integer", [g if o else None for g, o in zip(generations, is_override, strict=True)]),
        Column("保单号", 16, "text", list(lines["policy_no"])),
        Column("年度", 14, "integer", list(lines["policy_year"])),
        Column("佣金类型", 14, "center", [ITEM_LABELS[name] for name in lines["item_type"]]),
        Column("比例", 14, "percent", shares),
        Column("金额（元）", 13, "money", [yuan(fen) for fen in lines["amount_fen"]]),
        Column(
            "状态", 8, "center", [STATE_LABELS[name] for name in states], [STATE_LOOKS[n] for n in states]
        ),
        Column("计算过程", 64, "text", list(lines["reason"])),
        Column("差异编号", 18, "id", list(ids.where(ids.notna(), ""))),
    ]
