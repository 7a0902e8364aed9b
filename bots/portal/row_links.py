"""The link in one row of a list's table: pressed only while the row is still the one that was read."""

from bots.errors import PageChanged
from bots.portal.recipe import ListDataset
from bots.portal.screen import Screen
from bots.portal.selectors import in_order
from bots.portal.snapshot import FOLLOW_ROW
from bots.portal.table import TableRow

_REMEDY = "打开保司系统对照页面，修改配方，再用 brokerflow portal try 试跑"
_TROUBLES = {"row": "列表里的这一行变了", "link": "这一行没有链接"}


def press_row_link(screen: Screen, rules: ListDataset, row: TableRow, link: str, place: str) -> None:
    """Press the link with that text. Raises PageChanged when the row has changed or has no such link."""
    question = {"tables": in_order(rules.table or ""), "index": row.index, "cells": row.cells, "link": link}
    trouble = screen.ask(screen.frame(rules.frame), FOLLOW_ROW, question, f"点击“{link}”")
    if trouble:
        raise PageChanged(f"{place} {_TROUBLES[trouble]}（{link}）。", remedy=_REMEDY)
