"""Files of 客户通: customers out as CSV or workbook, customers in as CSV."""

import csv
import io
import re
from collections.abc import AsyncIterator

import xlsxwriter

from sandbox.kehutong.columns import Column
from sandbox.kehutong.records import Customer

_ROWS_A_PIECE = 50
_MOBILE = re.compile(r"1[3-9]\d{9}")


def csv_pieces(customers: list[Customer], columns: list[Column]) -> list[bytes]:
    """The CSV in the pieces it is streamed in: UTF-8 with BOM, phones whole, cells as they were typed."""
    rows = [[column.title for column in columns]]
    rows += [[column.text(customer) for column in columns] for customer in customers]
    pieces = [_csv(rows[start : start + _ROWS_A_PIECE]) for start in range(0, len(rows), _ROWS_A_PIECE)]
    return [b"\xef\xbb\xbf" + pieces[0], *pieces[1:]]


def workbook(customers: list[Customer], columns: list[Column]) -> bytes:
    """The same as .xlsx, every cell a text."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        sheet = book.add_worksheet("客户")
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.title)
            for row, customer in enumerate(customers, 1):
                sheet.write_string(row, place, column.text(customer))
    return raw.getvalue()


async def stream(pieces: list[bytes]) -> AsyncIterator[bytes]:
    """Piece by piece."""
    for piece in pieces:
        yield piece


async def first_half(pieces: list[bytes]) -> AsyncIterator[bytes]:
    """Half of it and no more: the server then drops the line, short of the length it declared."""
    raw = b"".join(pieces)
    yield raw[: len(raw) // 2]


def count_import(raw: bytes) -> dict[str, int]:
    """How many rows of an uploaded CSV are taken: those with a name and a mobile number."""
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig", "replace"), newline="")))
    accepted = sum(1 for row in rows if row.get("姓名") and _MOBILE.fullmatch(row.get("手机号") or ""))
    return {"accepted": accepted, "rejected": len(rows) - accepted}


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8")
