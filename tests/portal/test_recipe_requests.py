"""What a recipe may ask an address, and which claims fit a reading: faults are named with their line."""

import pytest

from bots.errors import RecipeInvalid
from tests.portal.mingde_visits import MINGDE, parse_mingde

FAULTS = {
    "unknown parameter in a field": (
        'beginDate: "{from_date}"',
        'beginDate: "{form_date}"',
        "receipts.http.fields.beginDate: parameters 里没有 form_date",
    ),
    "place in a field that is no name": (
        'beginDate: "{from_date}"',
        'beginDate: "{From date}"',
        "receipts.http.fields.beginDate: parameters 里没有 From date",
    ),
    "unknown storage in a header": (
        "{local_storage.mdToken}",
        "{localStorage.mdToken}",
        "receipts.http.headers.X-Csrf-Token: 只能写 {session_storage.X} 或 {local_storage.X}，没有 localS",
    ),
    "parameter in a header": (
        "{local_storage.mdToken}",
        "{from_date}",
        "receipts.http.headers.X-Csrf-Token: 只能写",
    ),
    "parameter in the address": (
        "path: receipt.action",
        'path: "receipt.action?from={from_date}"',
        "receipts.http.path: path 里不能写 {from_date}，写进 fields",
    ),
    "first page of another number": ("first: 0", "first: 2", "receipts.http.page.first: 不能大于 1"),
    "no claim": (
        "{sums_at: {received_fen: sums.received}, rows_between: [1, 100000]}",
        "{}",
        "receipts.completeness: count、sums、count_at、sums_at、rows_between 至少写一个",
    ),
    "range that nothing meets": (
        "[1, 100000]",
        "[9, 1]",
        "receipts.completeness: rows_between 应当写 [最少, 最多]",
    ),
    "window of no days": ("window_days: 366", "window_days: 0", "receipts.window_days: 不能小于 1"),
    "windows of what is no date": (
        "parameters: {from_date: *day, to_date: *day}\n    window_days: 366",
        "parameters: {period: {kind: period}}\n    window_days: 366",
        "receipts: window_days 要和 kind: date 的参数 from_date、to_date 写在一起",
    ),
    "grid without a count": (
        'completeness: {count: "共 {count} 条", sums:',
        "completeness: {sums:",
        "premiums: grid、cards 和读 table 的 http 的 completeness 要写 count",
    ),
    "pages of answers without a count": (
        "completeness: {count_at: total}",
        "completeness: {rows_between: [1, 100]}",
        "batches: response 写了 next，completeness 就要写 count_at",
    ),
    "file footer that says nothing": (
        "completeness: {footer: 合计, sums: [amount_fen], parent_count: line_count}",
        "completeness: {footer: 合计, parent_count: line_count}",
        "batch_files.completeness: count 和 sums 至少写一个",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_its_line(fault):
    """Each is refused by ``check``: file, a line of the place, key, and what to write instead."""
    old, new, said = FAULTS[fault]
    with pytest.raises(RecipeInvalid) as caught:
        parse_mingde((old, new))
    dataset = said.split(".")[0].split(":")[0]
    first = MINGDE[: MINGDE.index(f"\n  {dataset}:")].count("\n") + 2
    lines = range(first, first + 40)
    assert f": datasets.{said}" in caught.value.what
    assert any(f"mingde.yaml:{number}: datasets.{dataset}" in caught.value.what for number in lines)
