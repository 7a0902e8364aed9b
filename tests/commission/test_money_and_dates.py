"""Amounts and dates as insurers and banks write them: read exactly or refused."""

from datetime import date

import pytest

from bots.dates import parse_date
from bots.money import parse_fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123_450),
        ("(1,234.50)", -123_450),
        ("-0.01", -1),
        ("￥12元", 1_200),
        ("１２．５０", 1_250),
        ("（3.00）", -300),
        ("0.10", 10),
        ("1,234.", 123_400),
    ],
)
def test_amounts_are_read_to_the_fen(text, fen):
    """Commas, brackets, signs and full-width digits are read exactly."""
    assert parse_fen(text) == fen


@pytest.mark.parametrize(
    "text", ["1.23E+05", "1e3", "1_000", "NaN", "Infinity", "", "-", ".", "一千", "1.2.3", "--1"]
)
def test_what_is_no_plain_number_is_refused(text):
    """A number that a spreadsheet mangled, or no number at all, is never guessed."""
    with pytest.raises(ValueError, match="不是金额"):
        parse_fen(text)


def test_a_fraction_of_a_fen_is_refused():
    """Money has no third decimal."""
    with pytest.raises(ValueError, match="整数分"):
        parse_fen("1.001")


@pytest.mark.parametrize(
    "text",
    [
        *("2026-10-01", "2026/10/1", "2026.10.1", "2026年10月1日", "20261001", " 2026-10-01 "),
        *("2026-10-01 09:30", "2026-10-01 09:30:00", "2026-10-01T09:30:00.123", "2026/10/1 9:30"),
    ],
)
def test_dates_are_read_with_or_without_a_time(text):
    """Every way of writing the first of October is that day."""
    assert parse_date(text) == date(2026, 10, 1)


@pytest.mark.parametrize(
    "text",
    ["2026-10-01 至 2026-10-31", "2026-10-01 作废", "2026/10/1 (补)", "2026-13-01", "2026-02-30", "昨天", ""],
)
def test_what_follows_a_date_is_not_dropped(text):
    """A range, a remark or an impossible day is no date."""
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)
