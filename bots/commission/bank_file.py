"""A bank's CSV as receipts, believed only when every balance follows from the one before."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from bots.commission.layouts import BankLayout
from bots.errors import SourceFileInvalid
from bots.money import format_yuan, parse_fen
from bots.records import Row, SetAside

COLUMNS = [
    *("bank", "transaction_no", "booked_at", "direction", "amount_fen", "balance_fen", "summary"),
    *("payer_name", "payer_account"),
]
_AMOUNT = r"\(?-?[\d,]+\.\d{2}\)?"
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d")
_ENCODINGS = {"gb18030": "GB18030（GBK）", "utf-8-sig": "UTF-8"}


@dataclass(frozen=True, slots=True)
class BankStatement:
    """Receipts (hub columns, fen), balances in fen, and movements of 0.00 that carry no money."""

    receipts: pd.DataFrame
    opening_fen: int
    closing_fen: int
    set_aside: list[SetAside]


@dataclass(frozen=True, slots=True)
class _File:
    """The decoded file; errors name it and the line."""

    name: str
    lines: Sequence[str]
    layout: BankLayout

    def refuse(self, what: str, line_no: int | None = None) -> SourceFileInvalid:
        """An error that names file, line and remedy."""
        place = f"{self.name} 第 {line_no} 行" if line_no else self.name
        return SourceFileInvalid(
            f"{place}：{what}。",
            remedy=f"请从{self.layout.name}网银重新下载原始 CSV，勿用 Excel 打开后另存，再放入收件目录。",
        )

    def part(self, first: int, last: int | None = None) -> "_File":
        """The file with the lines outside ``first`` to ``last`` (from 1) blank, so that places stay true."""
        last = len(self.lines) if last is None else last
        kept = [line if first <= at <= last else "" for at, line in enumerate(self.lines, start=1)]
        return _File(self.name, kept, self.layout)

    def amount_after(self, label: str) -> int:
        """The amount in fen that follows ``label`` on its line."""
        for line_no, line in enumerate(self.lines, start=1):
            if line.lstrip("\ufeff \t\"'").startswith(label):
                # A count may stand between label and amount (收入合计：,3 笔,"1,234.00").
                found = re.search(_AMOUNT, line)
                if not found:
                    raise self.refuse(f"“{label}”后面没有金额", line_no)
                return parse_fen(found.group())
        raise self.refuse(f"没有“{label}”，文件可能不完整")


def read_bank_file(raw: bytes, layout: BankLayout, file_name: str) -> BankStatement:
    """The movements of ``raw``; all or nothing.

    Raises SourceFileInvalid naming file and line: wrong encoding or currency, missing column, a cell
    that cannot be read, a balance that does not follow, totals or count that disagree, a number twice.
    """
    file = _File(file_name, _decode(raw, layout, file_name).splitlines(), layout)
    header_no, header = _find_header(file)
    preamble = file.part(1, header_no - 1)
    _check_currency(preamble)
    rows, footer_no = _read_rows(file, header_no, header)
    opening = preamble.amount_after(layout.preamble.opening_balance)
    _check_balances(file, rows, opening)
    footer = file.part(footer_no)
    _check_footer(footer, rows, opening)
    set_aside = [
        SetAside(row, row["line_no"], "amount_fen", "ZERO_AMOUNT", "发生额为 0.00")
        for row in rows
        if row["amount_fen"] == 0
    ]
    kept = [row for row in rows if row["amount_fen"] != 0]
    frame = pd.DataFrame(kept, columns=COLUMNS).astype({"amount_fen": "int64", "balance_fen": "int64"})
    return BankStatement(frame, opening, footer.amount_after(layout.footer.closing_balance), set_aside)


def _decode(raw: bytes, layout: BankLayout, file_name: str) -> str:
    try:
        return raw.decode(layout.encoding)
    except UnicodeDecodeError as error:
        line_no = raw[: error.start].count(b"\n") + 1
        wanted = _ENCODINGS[layout.encoding]
        raise _File(file_name, [], layout).refuse(f"文件编码不是 {wanted}", line_no) from error


def _find_header(file: _File) -> tuple[int, list[str]]:
    """Line number (from 1) and cells of the row that holds every column."""
    wanted = set(file.layout.columns.model_dump().values())
    best: tuple[int, list[str]] = (0, [])
    for line_no, line in enumerate(file.lines, start=1):
        cells = _cells(line)
        if len(wanted & set(cells)) > len(wanted & set(best[1])):
            best = (line_no, cells)
    missing = [name for name in file.layout.columns.model_dump().values() if name not in best[1]]
    if len(missing) == len(wanted):
        wanted_encoding = _ENCODINGS[file.layout.encoding]
        raise file.refuse(f"找不到表头（{'、'.join(missing)}），文件编码可能不是 {wanted_encoding}")
    if missing:
        raise file.refuse(f"缺少列 {'、'.join(missing)}", best[0])
    return best


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]), [])]


def _check_currency(file: _File) -> None:
    label = file.layout.preamble.currency
    for line_no, line in enumerate(file.lines, start=1):
        if line.startswith(label):
            if not any(currency in line for currency in file.layout.currencies):
                raise file.refuse(f"账户币种不是{file.layout.currencies[0]}：{line.strip()}", line_no)
            return
    raise file.refuse(f"没有“{label}”，无法确认账户币种")


def _read_rows(file: _File, header_no: int, header: list[str]) -> tuple[list[Row], int]:
    """The movements and the number of the line where the footer begins."""
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line_no, line in enumerate(file.lines[header_no:], start=header_no + 1):
        if line.startswith(file.layout.footer.income_total):
            return rows, line_no
        if not line.strip(", \t"):
            continue
        row = _read_row(file, line_no, dict(zip(header, _cells(line), strict=False)))
        if row["transaction_no"] in seen:
            raise file.refuse(f"交易流水号与第 {seen[row['transaction_no']]} 行重复", line_no)
        seen[row["transaction_no"]] = line_no
        rows.append(row)
    return rows, len(file.lines) + 1


def _read_row(file: _File, line_no: int, cells: dict[str, str]) -> Row:
    text = {name: cells.get(title, "") for name, title in file.layout.columns.model_dump().items()}
    if text["direction"] not in file.layout.directions:
        raise file.refuse(f"不认识的借贷标志“{text['direction']}”", line_no)
    if not text["transaction_no"]:
        raise file.refuse("没有交易流水号", line_no)
    try:
        amount, balance = parse_fen(text["amount_fen"]), parse_fen(text["balance_fen"])
        booked_at = _parse_time(text["booked_at"])
    except ValueError as error:
        raise file.refuse(str(error), line_no) from error
    return text | {
        "bank": file.layout.slug,
        "line_no": line_no,
        "direction": file.layout.directions[text["direction"]],
        "amount_fen": amount,
        "balance_fen": balance,
        "booked_at": booked_at,
    }


def _parse_time(text: str) -> datetime:
    for shape in _TIMES:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - the bank prints local time without a zone
        except ValueError:
            continue
    raise ValueError(f"不是交易时间：{text!r}")


def _check_balances(file: _File, rows: list[Row], opening_fen: int) -> None:
    balance = opening_fen
    for row in reversed(rows) if file.layout.newest_first else rows:
        balance += row["amount_fen"] if row["direction"] == "in" else -row["amount_fen"]
        if balance != row["balance_fen"]:
            raise file.refuse(
                f"余额应为 {format_yuan(balance)}，文件写 {format_yuan(row['balance_fen'])}，"
                "前后余额不连续，可能少行或被改动",
                row["line_no"],
            )


def _check_footer(file: _File, rows: list[Row], opening_fen: int) -> None:
    footer = file.layout.footer
    totals = {
        side: sum(row["amount_fen"] for row in rows if row["direction"] == side) for side in ("in", "out")
    }
    claims = [
        (footer.income_total, totals["in"]),
        (footer.expense_total, totals["out"]),
        (footer.closing_balance, opening_fen + totals["in"] - totals["out"]),
    ]
    for label, computed in claims:
        printed = file.amount_after(label)
        if printed != computed:
            raise file.refuse(f"{label}写 {format_yuan(printed)}，按明细应为 {format_yuan(computed)}")
    counted = re.search(re.escape(footer.row_count).replace(r"\{count\}", r"(\d+)"), "\n".join(file.lines))
    if not counted or int(counted[1]) != len(rows):
        printed_count = counted[1] if counted else "没有写笔数"
        raise file.refuse(f"表尾笔数（{printed_count}）与明细 {len(rows)} 笔不一致")
