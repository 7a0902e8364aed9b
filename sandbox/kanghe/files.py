"""What can be downloaded: the policy workbook, the zipped commission CSV with its control file."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from sandbox.amounts import yuan
from sandbox.kanghe.columns import (
    LINE_CELLS,
    POLICY_CELLS,
    PREMIUM,
    cells_of,
    day_text,
    printed_totals,
    shown_columns,
)
from sandbox.kanghe.policy_list import NUMBER, Query
from sandbox.kanghe.records import BatchRecord, PolicyRecord
from sandbox.portal_faults import PortalFaults

WORKBOOK_NAME = "保单清单.xlsx"
_COMPANY = "康禾人寿保险股份有限公司"
_HEADER_ROW = 1


def policy_workbook(found: Sequence[PolicyRecord], query: Query, faults: PortalFaults) -> bytes:
    """The query's whole result: title, header, rows, and 合计 as the last row."""
    columns = shown_columns((NUMBER, *POLICY_CELLS), faults)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("保单清单")
        bold = workbook.add_format({"bold": True})
        formats = _number_formats(workbook)
        title = f"{_COMPANY} 保单清单（承保日期 {query.begin or '不限'} 至 {query.end or '不限'}）"
        sheet.merge_range(0, 0, 0, len(columns.titles) - 1, title, bold)
        for place, name in enumerate(columns.titles):
            sheet.write_string(_HEADER_ROW, place, name, bold)
        for number, policy in enumerate(found, 1):
            row = columns.row({NUMBER: number, **_typed_cells(policy)})
            _write_row(sheet, _HEADER_ROW + number, row, formats)
        total_fen = sum(policy.annual_premium_fen for policy in found)
        count, total_fen = printed_totals(len(found), total_fen, faults)
        last = {NUMBER: "合计", "保单号": f"共 {count} 条", PREMIUM: total_fen / 100}
        _write_row(sheet, _HEADER_ROW + len(found) + 1, columns.row(last, ""), formats)
        sheet.set_column(0, len(columns.titles) - 1, 14)
    return target.getvalue()


def _typed_cells(policy: PolicyRecord) -> dict[str, Any]:
    """As on the page, but days are days and money is a number."""
    days = {"承保日期": policy.issue_date, "生效日期": policy.effective_date, "状态日期": policy.status_date}
    return cells_of(POLICY_CELLS, policy) | days | {PREMIUM: policy.annual_premium_fen / 100}


def _number_formats(workbook: Any) -> dict[type, Any]:
    """Number formats by type of value."""
    return {
        date: workbook.add_format({"num_format": "yyyy/m/d"}),
        float: workbook.add_format({"num_format": "#,##0.00"}),
        int: None,
    }


def _write_row(sheet: Any, row: int, values: Sequence[Any], formats: dict[type, Any]) -> None:
    for place, value in enumerate(values):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            # Text that begins with "=" must not become a formula.
            sheet.write_string(row, place, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, formats[date])
        else:
            sheet.write_number(row, place, value, formats[type(value)])


def zip_name(batch: BatchRecord) -> str:
    """File name that the portal suggests."""
    return f"佣金结算明细_{batch.batch_no}.zip"


def batch_zip(batch: BatchRecord, faults: PortalFaults) -> bytes:
    """One CSV and its control file, with names in GBK not marked as UTF-8, as old programs write them."""
    files = {
        f"佣金结算明细_{batch.batch_no}.csv": _batch_csv(batch, faults),
        f"对账控制_{batch.batch_no}.txt": _control_text(batch, faults),
    }
    # zipfile marks every name outside ASCII as UTF-8: the true bytes go in afterwards, equally long.
    names = {sign * len(name.encode("gbk")): name for sign, name in zip("~^", files, strict=True)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for placeholder, name in names.items():
            entry = zipfile.ZipInfo(placeholder, (*batch.cutoff_date.timetuple()[:3], 18, 30, 0))
            archive.writestr(entry, files[name].encode("gb18030"), zipfile.ZIP_DEFLATED)
    raw = target.getvalue()
    for placeholder, name in names.items():
        raw = raw.replace(placeholder.encode(), name.encode("gbk"))
    return raw


def _control_text(batch: BatchRecord, faults: PortalFaults) -> str:
    count, total_fen = printed_totals(len(batch.lines), batch.total_fen, faults)
    return f"批次号={batch.batch_no}\r\n笔数={count}\r\n金额={yuan(total_fen).replace(',', '')}\r\n"


def _batch_csv(batch: BatchRecord, faults: PortalFaults) -> str:
    columns = shown_columns(tuple(LINE_CELLS), faults)
    target = io.StringIO()
    target.write(f"{_COMPANY} 佣金结算明细\r\n批次号：{batch.batch_no}\r\n")
    target.write(f"结算月份：{batch.period}\r\n截止日期：{day_text(batch.cutoff_date)}\r\n\r\n")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns.titles)
    writer.writerows(columns.row(cells_of(LINE_CELLS, line)) for line in batch.lines)
    return target.getvalue()
