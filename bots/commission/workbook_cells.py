"""Cells and looks of the finance workbook: the one place that writes into a sheet."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from bots.money import BASIS_POINTS

FONT = "微软雅黑"
INK, PAPER, LINE = "#1F3A5F", "#F3F6FA", "#C9D2DE"
RED, AMBER, GREEN, GREY = "#B42318", "#B54708", "#067647", "#667085"
MONEY = "#,##0.00;[Red]-#,##0.00;0.00"
DIFFERENCE = "+#,##0.00;[Red]-#,##0.00;0.00"

_CELL = {"font_name": FONT, "font_size": 9, "valign": "vcenter", "border": 1, "border_color": LINE}
_PLAIN = {"font_name": FONT, "font_size": 9, "valign": "vcenter"}
_TOTAL = {"bold": True, "bg_color": PAPER, "top": 1, "top_color": INK}
_RIGHT = {"align": "right", "indent": 1}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {**_PLAIN, "font_size": 20, "bold": True, "font_color": INK},
    "sheet_title": {**_PLAIN, "font_size": 14, "bold": True, "font_color": INK},
    "heading": {**_PLAIN, "font_size": 11, "bold": True, "font_color": INK, "bottom": 2, "bottom_color": INK},
    "note": {**_PLAIN, "font_color": GREY},
    "note_wrap": {**_PLAIN, "font_color": GREY, "text_wrap": True, "valign": "top"},
    "lead": {**_PLAIN, "font_size": 10, "text_wrap": True},
    "alarm": {**_PLAIN, "font_size": 10, "bold": True, "font_color": "#B42318", "text_wrap": True},
    "link": {**_PLAIN, "font_color": "#175CD3", "underline": 1},
    "header": {
        **_CELL,
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": INK,
        "align": "center",
        "text_wrap": True,
    },
    "text": {**_CELL, "indent": 1},
    "wrap": {**_CELL, "text_wrap": True, "indent": 1},
    "center": {**_CELL, "align": "center"},
    "label": {**_CELL, "indent": 1, "bg_color": PAPER, "font_color": "#344054"},
    "id": {**_CELL, "font_color": GREY, "align": "center"},
    "money": {**_CELL, **_RIGHT, "num_format": MONEY},
    "difference": {**_CELL, **_RIGHT, "num_format": DIFFERENCE},
    "percent": {**_CELL, **_RIGHT, "num_format": "0.00%"},
    "integer": {**_CELL, "num_format": "#,##0", "align": "center"},
    "rows": {**_CELL, **_RIGHT, "num_format": "#,##0"},
    "total_rows": {**_CELL, **_TOTAL, **_RIGHT, "num_format": "#,##0"},
    "date": {**_CELL, "num_format": "yyyy-mm-dd", "align": "center"},
    "total_text": {**_CELL, **_TOTAL, "indent": 1},
    "total_center": {**_CELL, **_TOTAL, "align": "center"},
    "total_money": {**_CELL, **_TOTAL, **_RIGHT, "num_format": MONEY},
    "total_difference": {**_CELL, **_TOTAL, **_RIGHT, "num_format": DIFFERENCE},
    "total_integer": {**_CELL, **_TOTAL, "num_format": "#,##0", "align": "center"},
    "total_percent": {**_CELL, **_TOTAL, **_RIGHT, "num_format": "0.00%"},
    "good": {**_CELL, "align": "center", "font_color": GREEN, "bold": True},
    "warn": {**_CELL, "align": "center", "font_color": AMBER, "bold": True},
    "bad": {**_CELL, "align": "center", "font_color": RED, "bold": True},
    "input": {**_CELL, "bg_color": "#FFFBE6"},
    "tile_label": {**_CELL, "font_color": GREY, "align": "center", "bg_color": PAPER, "bottom": 0},
    "tile_money": {**_CELL, "font_size": 14, "bold": True, "align": "center", "font_color": INK}
    | {"bg_color": PAPER, "top": 0, "num_format": "#,##0.00"},
    "tile_integer": {**_CELL, "font_size": 14, "bold": True, "align": "center", "font_color": INK}
    | {"bg_color": PAPER, "top": 0, "num_format": "#,##0"},
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula together with the value it has, so that previews and pandas see no empty total."""

    text: str
    value: float | int | str


class Pen:
    """Writes typed cells into the sheets of one workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats = {name: book.add_format(look) for name, look in _LOOKS.items()}

    def look(self, name: str) -> Any:
        """The format ``name``."""
        return self._formats[name]

    def put(self, sheet: Any, row: int, column: int, value: Any, look: str) -> None:
        """Write one cell; text is always text, whatever it begins with."""
        style = self._formats[look]
        if isinstance(value, Formula):
            sheet.write_formula(row, column, value.text, style, value.value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        elif value is None or pd.isna(value):
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, (date, datetime)):
            sheet.write_datetime(row, column, value, style)
        else:
            sheet.write_number(row, column, value, style)


def count_exact(area: str, cell: str) -> str:
    """Formula: rows of ``area`` whose text is exactly that of ``cell``.

    COUNTIF and SUMIFS take * ? ~ for patterns, 007 for the number 7 and a for A; EXACT takes nothing.
    """
    return f"=SUMPRODUCT(--EXACT({area},{cell}))"


def sum_exact(amounts: str, *conditions: tuple[str, str]) -> str:
    """Formula: sum in yuan of ``amounts`` where each area's text is exactly the other: a cell or "text"."""
    fits = "*".join(f"EXACT({area},{wanted})" for area, wanted in conditions)
    return f"=ROUND(SUMPRODUCT({fits}*{amounts}),2)"


def yuan(fen: int) -> float:
    """Fen as the number that Excel stores.

    A cell can only hold a binary double. Up to 2^53 / 100 yuan every two-decimal amount has its own
    double, so the conversion from exact fen happens here, at the cell, and nothing is computed with it.
    """
    return float(Decimal(int(fen)) / 100)


def yuan_or_blank(fen: int | None) -> float | None:
    """``yuan`` for an amount that may be absent."""
    return None if fen is None or pd.isna(fen) else yuan(fen)


def yuan_sum(fens: pd.Series) -> float:
    """``yuan`` of the exact sum; absent amounts count nothing."""
    return yuan(int(fens.sum()))


def ratio(rate_bp: int) -> float:
    """Basis points as the fraction that a percent cell shows; see ``yuan``."""
    return float(Decimal(int(rate_bp)) / BASIS_POINTS)


def text_height(text: str, width: float, line_height: float = 13.5) -> float:
    """Points that ``text`` needs when wrapped in a column of ``width`` characters."""
    # At 9 points a Chinese character takes about 1.65 widths of the default font's zero.
    hundredths = sum(90 if character.isascii() else 165 for character in text)
    lines = -(-hundredths // int((width - 2.5) * 100))
    return max(1, lines) * line_height + 5
