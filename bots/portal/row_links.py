"""The link in one row of a list's table: followed only while the row is still the one that was read."""

from typing import Any

from bots.errors import PageChanged
from bots.portal.datasets import ListDataset
from bots.portal.screen import Screen
from bots.portal.selectors import in_order
from bots.portal.snapshot import FOLLOW_ROW, LINK_ADDRESS
from bots.portal.table import TableRow

_REMEDY = "打开保司系统对照页面，修改配方，再用 brokerflow portal try 试跑"
_WITHOUT_AS_SENT = "删去配方 details 里的 as_sent，按窗口读取详情，再用 brokerflow portal try 试跑"
_TROUBLES = {
    "row": ("列表里的这一行变了", _REMEDY),
    "link": ("这一行没有链接", _REMEDY),
    "submit": ("这一行的链接要提交表单，不能只看地址", _WITHOUT_AS_SENT),
    "later": ("这一行的链接过一会儿才打开窗口，看不到地址", _WITHOUT_AS_SENT),
    "window": ("这一行的链接没有打开一个窗口，也没有通向一个网页", _WITHOUT_AS_SENT),
    "unwatched": ("浏览器在这个网页里不报告去向，不能只看链接的地址", _WITHOUT_AS_SENT),
}


def press_row_link(screen: Screen, rules: ListDataset, row: TableRow, link: str, place: str) -> None:
    """Press the link with that text. Raises PageChanged when the row has changed or has no such link."""
    frame, question = screen.frame(rules.frame), _row(rules, row, link)
    _raise_trouble(screen.ask(frame, FOLLOW_ROW, question, f"点击“{link}”"), link, place)


def row_link_address(screen: Screen, rules: ListDataset, row: TableRow, link: str, place: str) -> str:
    """Where the link with that text leads, without going there.

    Raises PageChanged as above, and where it submits a form or leads nowhere, or not at once.
    """
    frame, question = screen.frame(rules.frame), _row(rules, row, link)
    trouble, address = screen.ask(frame, LINK_ADDRESS, question, f"查看“{link}”的地址")
    _raise_trouble(trouble, link, place)
    return str(address)


def _row(rules: ListDataset, row: TableRow, link: str) -> dict[str, Any]:
    return {"tables": in_order(rules.table or ""), "index": row.index, "cells": row.cells, "link": link}


def _raise_trouble(trouble: str, link: str, place: str) -> None:
    if trouble:
        what, remedy = _TROUBLES[trouble]
        raise PageChanged(f"{place} {what}（{link}）。", remedy=remedy)
