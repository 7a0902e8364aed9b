"""Frames that cannot be trusted are refused with table, column and row."""

import pandas as pd
import pytest

from bots.commission.frames import shape_frame
from bots.errors import SourceFileInvalid
from tests.commission.small_firm import Firm


def lines():
    """One right statement line as a frame."""
    return Firm().policy().line().sources()[2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.drop(columns="amount_fen"), "缺少列 amount_fen"),
        (lambda frame: frame.assign(amount_fen=3600.5), "amount_fen 是小数"),
        (lambda frame: frame.assign(amount_fen="三千"), "第 1 行的 amount_fen 应为整数，收到 '三千'"),
        (lambda frame: frame.assign(amount_fen=None), "第 1 行的 amount_fen 应为整数"),
        (lambda frame: frame.assign(item_type="XYC"), "item_type 应为已知的取值"),
        (lambda frame: pd.concat([frame, frame]), "第 2 行与前面的行重复（taian、B1、1）"),
    ],
)
def test_a_bad_frame_says_where(change, words):
    """Missing column, float money, unreadable number, unknown code and doubled key are each named."""
    with pytest.raises(SourceFileInvalid, match=r"结算明细") as raised:
        shape_frame(change(lines()), "statement_lines")
    assert words in str(raised.value)


def test_an_unreadable_date_says_where():
    """A date that is none is refused with its row, an empty optional date is not."""
    policies = Firm().policy().policy("P2", receipt_date="2026-13-01").sources()[0].policies
    with pytest.raises(SourceFileInvalid, match="第 2 行的 receipt_date"):
        shape_frame(policies, "policies")


def test_text_numbers_and_dates_of_a_csv_are_understood():
    """The same frame as text, as a CSV brings it, is shaped to the same values."""
    plain = lines()
    as_text = plain.astype("str")
    pd.testing.assert_frame_equal(
        shape_frame(plain, "statement_lines"), shape_frame(as_text, "statement_lines")
    )
