"""Masking: every usual spelling of phones, ID numbers and accounts is hidden; figures and keys stay."""

import logging
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.masking import MaskingFilter, mask_text

DIGITS = "0123456789"
AROUND = st.sampled_from(["", " ", "：", "电话", "，", "(", "\t", '"', "<td>"])
SEPARATORS = st.sampled_from(["", "-", " ", "\u3000", "\u00a0"])
PHONES = st.builds(
    lambda second, rest: f"1{second}{rest}",
    st.sampled_from("3456789"),
    st.text(DIGITS, min_size=9, max_size=9),
)
ACCOUNTS = st.text(DIGITS, min_size=16, max_size=19)


def digits_of(text):
    return re.sub(r"\D", "", text)


def grouped(text, sizes, separator):
    """``text`` cut into groups of these sizes; what is left makes the last group."""
    parts = []
    for size in sizes:
        parts.append(text[:size])
        text = text[size:]
    return separator.join([part for part in (*parts, text) if part])


@given(
    phone=PHONES,
    prefix=st.sampled_from(["", "86", "+86", "0086", "+86 ", "+86-", "86 "]),
    separator=SEPARATORS,
    before=AROUND,
    after=AROUND,
)
def test_any_phone_is_hidden(phone, prefix, separator, before, after):
    """Mobile numbers lose their middle, with a country code, in groups, and next to any sign."""
    masked = mask_text(f"{before}{prefix}{grouped(phone, (3, 4), separator)}{after}")
    assert "****" in masked
    assert phone not in digits_of(masked)
    assert len(digits_of(masked)) == len(digits_of(prefix)) + 7


@given(
    head=st.text(DIGITS, min_size=17, max_size=17),
    check=st.sampled_from([*DIGITS, "X", "x"]),
    separator=SEPARATORS,
    before=AROUND,
    after=AROUND,
)
def test_any_id_number_is_hidden(head, check, separator, before, after):
    """ID numbers lose their date of birth, also in groups of 6, 8 and 4."""
    masked = mask_text(f"{before}{grouped(head + check, (6, 8), separator)}{after}")
    assert "*" * 8 in masked
    assert head[6:14] not in digits_of(masked) or len(digits_of(masked)) <= 10


@given(account=ACCOUNTS, separator=SEPARATORS, before=AROUND, after=AROUND)
def test_any_account_is_hidden(account, separator, before, after):
    """Bank accounts of 16 to 19 digits keep at most ten digits, also in groups of four."""
    masked = mask_text(f"{before}{grouped(account, (4, 4, 4, 4), separator)}{after}")
    assert "****" in masked
    assert len(digits_of(masked)) <= 10


@given(fen=st.integers(-(10**12), 10**12), day=st.dates(), years=st.integers(1, 105))
def test_money_and_dates_stay(fen, day, years):
    """Amounts with their commas and dates in every spelling of ours are left as they are."""
    text = f"{fen / 100:,.2f} {day.isoformat()} {day:%Y/%m/%d} {day:%Y%m%d} {day:%Y年%m月} {years}"
    assert mask_text(text) == text


@given(st.uuids())
def test_ids_of_runs_stay(identifier: uuid.UUID):
    """A UUID is found again in the log, however many digits it has."""
    assert mask_text(f"run {identifier}, {identifier.hex}a") == f"run {identifier}, {identifier.hex}a"


@pytest.mark.parametrize(
    "text",
    [
        "4,606,840.01",
        "2026-11-06",
        "2026-11-06 2026-11-07",
        "2026-11-06 02:30:15.123",
        "TA202610-01",
        "TA202601000001",
        "SJ2026010001234",
        "00000000-1380-4000-8000-013800000001",
        "010-62351234",
        "运行550e8400-e29b-41d4-a716-138000000011失败",
        "共 2,000 条 第 1/20 页",
    ],
)
def test_figures_and_keys_stay(text):
    """Amounts, dates, batches, policies, receipts and switchboards are no personal data."""
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("8613800000001", "86138****0001"),
        ("+8613800000001", "+86138****0001"),
        ("138-0000-0001", "138****0001"),
        ("138 0000 0001", "138****0001"),
        ("6222 0202 0001 2345 678", "6222***********5678"),
        ("11010119900307451x。", "110101********451x。"),
    ],
)
def test_spellings_that_once_slipped_through(text, masked):
    """Each of these stood in a log in plain text, or could have."""
    assert mask_text(text) == masked


def test_a_log_record_is_masked_with_its_traceback():
    """Arguments and tracebacks are folded into masked text before any handler sees them."""
    error = ValueError("138-0000-0001")
    info = (ValueError, error, None)
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "tel %s", ("+8613800000001",), info)
    assert MaskingFilter().filter(record)
    assert record.getMessage() == "tel +86138****0001"
    assert "138****0001" in record.exc_text
    assert "0000-0001" not in record.exc_text
