"""`brokerflow commission`: the month's reconciliation from a folder of files, without database or Prefect."""

import csv
import json
from collections import Counter
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bots.errors import SourceFileInvalid
from bots.money import format_yuan
from bots.records import Period
from cli.csv_text import harmless
from config.settings import TIME_ZONE

if TYPE_CHECKING:
    import pandas as pd

    from bots.commission.reconciling import Reconciliation
    from bots.commission.workbook import SourceFile

app = typer.Typer(
    help="佣金对账：用文件离线运行，生成对账工作簿", no_args_is_help=True, rich_markup_mode=None
)

_CONTROLS = {
    "own_due_fen": "应收佣金",
    "statement_fen": "结算单",
    "cover_fen": "批次列表",
    "bank_fen": "银行到账",
    "payable_fen": "可发放",
    "held_fen": "暂挂",
}


@app.callback()
def commission() -> None:
    """Keep `settle` a command with a name of its own."""


@app.command(help="读取文件夹里的 CSV，核对一个结算月，写出差异、结算行和工作簿；勾稽不为零时退出码为 1。")
def settle(
    source: Annotated[Path, typer.Option("--in", help="输入文件夹：各表 CSV，银行文件放 bank/<银行>/")],
    out: Annotated[Path, typer.Option("--out", help="输出文件夹")],
    period: Annotated[str, typer.Option("--period", help="结算月，例如 2026-10")],
    business_date: Annotated[
        datetime | None, typer.Option("--business-date", formats=["%Y-%m-%d"], help="业务日期，缺省为今天")
    ] = None,
) -> None:
    """Run the bot on files alone; file names and columns are those of docs/commission.md."""
    from bots.commission.frames import LedgerFrames  # noqa: PLC0415 - keeps --help fast
    from bots.commission.reconciling import reconcile  # noqa: PLC0415
    from bots.commission.workbook import WorkbookMeta, write_workbook  # noqa: PLC0415
    from connectors.commission_rules import load_rules  # noqa: PLC0415

    month, day = _parse_period(period), (business_date or datetime.now(ZoneInfo(TIME_ZONE))).date()
    sources: list[SourceFile] = []
    ledger = LedgerFrames(
        **{field.name: _read_table(source, field.name, sources) for field in fields(LedgerFrames)}
    )
    statements, lines = (_read_table(source, name, sources) for name in ("statements", "statement_lines"))
    receipts = _read_bank(source, sources)
    result = reconcile(ledger, statements, lines, receipts, load_rules(), month, day)
    out.mkdir(parents=True, exist_ok=True)
    _write_csv(result.breaks, out / "breaks.csv")
    _write_csv(result.settlement_lines, out / "settlement_lines.csv")
    workbook = out / f"佣金对账_{month.text}.xlsx"
    meta = WorkbookMeta(month.text, day, sources=tuple(sources))
    workbook.write_bytes(write_workbook(result, meta))
    _print_result(result, workbook)
    raise typer.Exit(1 if any(result.tie_outs.values()) else 0)


def _parse_period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from error


def _read_table(folder: Path, name: str, sources: list["SourceFile"]) -> "pd.DataFrame":
    """``<name>.csv`` in UTF-8, every cell as text; the bot converts and checks."""
    import io  # noqa: PLC0415 - keeps --help fast

    import pandas as pd  # noqa: PLC0415

    from bots.commission.workbook import SourceFile  # noqa: PLC0415

    path = folder / f"{name}.csv"
    remedy = "请按 docs/commission.md 准备该文件（UTF-8 编码的 CSV）。"
    if not path.is_file():
        raise SourceFileInvalid(f"{folder} 里没有 {path.name}。", remedy=remedy)
    raw = path.read_bytes()
    try:
        frame = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceFileInvalid(f"{path.name} 第 {line} 行：文件编码不是 UTF-8。", remedy=remedy) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceFileInvalid(f"{path.name} 不是完整的 CSV：{error}。", remedy=remedy) from error
    sources.append(SourceFile(path.name, sha256(raw).hexdigest(), len(frame)))
    return frame


def _read_bank(folder: Path, sources: list["SourceFile"]) -> "pd.DataFrame":
    """Every file below ``bank/<slug>/``, read with the layout of that bank."""
    import pandas as pd  # noqa: PLC0415 - keeps --help fast

    from bots.commission.bank_file import COLUMNS, read_bank_file  # noqa: PLC0415
    from bots.commission.workbook import SourceFile  # noqa: PLC0415
    from connectors.commission_rules import load_bank_layout  # noqa: PLC0415

    frames = [pd.DataFrame(columns=COLUMNS)]
    for path in sorted((folder / "bank").glob("*/*.csv")):
        raw = path.read_bytes()
        statement = read_bank_file(raw, load_bank_layout(path.parent.name), path.name)
        sources.append(SourceFile(path.name, sha256(raw).hexdigest(), len(statement.receipts)))
        frames.append(statement.receipts)
    return pd.concat(frames[1:], ignore_index=True) if len(frames) > 1 else frames[0]


def _write_csv(frame: "pd.DataFrame", path: Path) -> None:
    """UTF-8 with BOM for Excel; money stays integer fen."""
    rows = frame.astype("object").where(frame.notna(), "").to_dict("records")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(frame.columns)
        writer.writerows([_plain(value) for value in row.values()] for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return harmless(value)


def _print_result(result: "Reconciliation", workbook: Path) -> None:
    for name, title in _CONTROLS.items():
        print(f"{title}  {format_yuan(result.controls[name])} 元")
    print(f"差异  {len(result.breaks)} 笔")
    for name, count in Counter(result.breaks["break_class"]).most_common():
        print(f"  {result.wordings[name].label}  {count}")
    print(f"勾稽  {'全部为零' if not any(result.tie_outs.values()) else result.tie_outs}")
    print(f"工作簿  {workbook}")
