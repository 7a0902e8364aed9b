"""Sheet 经纪人: what each agent gets, and below it every line with its arithmetic."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from bots.commission.reconciling import Reconciliation
from bots.commission.sentences import ITEM_LABELS
from bots.commission.settling import HOUSE
from bots.commission.workbook_cells import Formula, Pen, count_exact, ratio, sum_exact, yuan
from bots.commission.workbook_detail import STATE_LABELS, STATE_LOOKS
from bots.commission.workbook_tables import (
    Column,
    Placed,
    name_cell,
    set_up_print,
    set_widths,
    span,
    write_table,
)

SHEET = "经纪人"
_AGENT, _ROLE, _AMOUNT, _STATE = 0, 1, 8, 9
_HEADER_ROW = 4
_ROLE_LABELS = {"SELLER": "业务员", "OVERRIDE": "管理津贴", "HOUSE": "公司留存"}
_COUNT, _DIRECT, _OVERRIDE, _PAYABLE, _HELD, _BOTH = 4, 5, 6, 7, 8, 9
_TITLES = [
    "工号",
    "收款方",
    "",
    "",
    "笔数",
    "直接佣金（元）",
    "管理津贴（元）",
    "可发放（元）",
    "暂挂（元）",
    "合计（元）",
]


def write_agents(pen: Pen, sheet: Any, result: Reconciliation, names: Mapping[str, str]) -> Placed:
    """Totals per agent on top, settlement lines below; returns where the lines stand."""
    settlements, lines = result.settlements, result.settlement_lines
    is_house = (settlements["agent_no"] == HOUSE).astype("int64")
    is_override = lines["role"] == "OVERRIDE"
    marked = lines.assign(override_fen=lines["amount_fen"].where(is_override, 0))
    overrides = marked.groupby("agent_no", as_index=False).agg(override_fen=("override_fen", "sum"))
    settlements = settlements.assign(is_house=is_house).merge(overrides, on="agent_no", validate="one_to_one")
    settlements = settlements.sort_values(["is_house", "agent_no"])
    pen.put(sheet, 0, 0, f"经纪人结算  {result.period.text}", "sheet_title")
    note = "上表按工号汇总，由公式取自下表；下表是每一笔的计算过程，不打印。公司留存也列出，合计等于应收。"
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
    set_up_print(sheet, f"佣金对账 {result.period.text} 经纪人", landscape=False, header_row=_HEADER_ROW)
    # Thousands of lines are for the screen; on paper goes what is paid.
    sheet.print_area(0, 0, lines_header - 4, _BOTH)
    return placed


def _write_summary(
    pen: Pen, sheet: Any, totals: pd.DataFrame, lines: Placed, names: Mapping[str, str]
) -> None:
    for number, title in enumerate(_TITLES):
        pen.put(sheet, _HEADER_ROW, number, title, "header")
    sheet.merge_range(_HEADER_ROW, 1, _HEADER_ROW, 3, _TITLES[1], pen.look("header"))
    for row, agent in enumerate(totals.to_dict("records"), start=_HEADER_ROW + 1):
        agent_no = agent["agent_no"]
        who = "公司留存" if agent_no == HOUSE else names.get(agent_no, "业务员")
        pen.put(sheet, row, _AGENT, _display(agent_no), "center")
        sheet.merge_range(row, 1, row, 3, "", pen.look("text"))
        pen.put(sheet, row, 1, who, "text")
        is_agent = (lines.column(_AGENT), xl_rowcol_to_cell(row, _AGENT))
        pen.put(sheet, row, _COUNT, Formula(count_exact(*is_agent), agent["line_count"]), "integer")
        direct_role = _ROLE_LABELS["HOUSE" if agent_no == HOUSE else "SELLER"]
        direct_fen = agent["payable_fen"] + agent["held_fen"] - agent["override_fen"]
        for number, condition, column, fen in (
            (_DIRECT, direct_role, _ROLE, direct_fen),
            (_OVERRIDE, "管理津贴", _ROLE, agent["override_fen"]),
            (_PAYABLE, "可发放", _STATE, agent["payable_fen"]),
            (_HELD, "暂挂", _STATE, agent["held_fen"]),
        ):
            wanted = (lines.column(column), f'"{condition}"')
            text = sum_exact(lines.column(_AMOUNT), is_agent, wanted)
            pen.put(sheet, row, number, Formula(text, yuan(fen)), "money")
        both = f"=ROUND({xl_rowcol_to_cell(row, _PAYABLE)}+{xl_rowcol_to_cell(row, _HELD)},2)"
        value = yuan(agent["payable_fen"] + agent["held_fen"])
        pen.put(sheet, row, _BOTH, Formula(both, value), "money")
    _write_summary_total(pen, sheet, totals)


def _write_summary_total(pen: Pen, sheet: Any, totals: pd.DataFrame) -> None:
    row, first = _HEADER_ROW - 1, _HEADER_ROW + 1
    last = max(first, _HEADER_ROW + len(totals))
    sheet.merge_range(row, 0, row, 3, "", pen.look("total_text"))
    pen.put(sheet, row, 0, "全部合计", "total_text")
    count = Formula(f"=SUM({span(first, last, _COUNT)})", int(totals["line_count"].sum()))
    pen.put(sheet, row, _COUNT, count, "total_integer")
    payable, held, override = (
        int(totals[name].sum()) for name in ("payable_fen", "held_fen", "override_fen")
    )
    for number, fen in (
        (_DIRECT, payable + held - override),
        (_OVERRIDE, override),
        (_PAYABLE, payable),
        (_HELD, held),
        (_BOTH, payable + held),
    ):
        total = Formula(f"=ROUND(SUM({span(first, last, number)}),2)", yuan(fen))
        pen.put(sheet, row, number, total, "total_money")
    name_cell(pen, sheet, "结算行合计", row, _BOTH)


def _line_columns(lines: pd.DataFrame) -> list[Column]:
    lines = lines.assign(is_house=(lines["agent_no"] == HOUSE).astype("int64"))
    order = ["is_house", "agent_no", "policy_no", "policy_year", "role", "generation", "source_agent_no"]
    lines = lines.sort_values(order)
    states = list(lines["state"])
    is_override = list(lines["role"] == "OVERRIDE")
    generations = list(lines["generation"])
    shares = [ratio(share) if share else None for share in lines["share_bp"]]
    ids = lines["break_id"].astype("object")
    return [
        Column("工号", 9, "center", [_display(agent_no) for agent_no in lines["agent_no"]]),
        Column("角色", 10, "center", [_ROLE_LABELS[name] for name in lines["role"]]),
        Column("来源", 8, "center", ["" if s == HOUSE else s for s in lines["source_agent_no"]]),
        Column("代", 6, "integer", [g if o else None for g, o in zip(generations, is_override, strict=True)]),
        Column("保单号", 17, "text", list(lines["policy_no"])),
        Column("年度", 15, "integer", list(lines["policy_year"])),
        Column("佣金类型", 15, "center", [ITEM_LABELS[name] for name in lines["item_type"]]),
        Column("比例", 14, "percent", shares),
        Column("金额（元）", 14, "money", [yuan(fen) for fen in lines["amount_fen"]]),
        Column(
            "状态", 15, "center", [STATE_LABELS[name] for name in states], [STATE_LOOKS[n] for n in states]
        ),
        Column("计算过程", 64, "text", list(lines["reason"])),
        Column("差异编号", 18, "id", list(ids.where(ids.notna(), ""))),
    ]


def _display(agent_no: str) -> str:
    return "公司" if agent_no == HOUSE else agent_no
