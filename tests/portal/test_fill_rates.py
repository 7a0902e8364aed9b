"""A column that was full in the run before and is empty now is noticed, though every count agrees."""

import pytest

from bots.errors import ExtractionIncomplete
from bots.portal.fill_rates import FEWEST_ROWS, prove_fill
from bots.records import DatasetReport
from tests.portal.recipes import parse_taian

RULES = parse_taian().datasets["policies"]


def report(rows=200, **filled):
    return DatasetReport("policies", rows, rows, 0, 1.0, 1, filled={"policy_no": rows} | filled)


def test_a_column_that_lost_its_content_is_named():
    """Title and both shares stand in the error, and what to do if it is true."""
    with pytest.raises(ExtractionIncomplete, match=r"“回执日期”有内容的比例从 90% 变为 10%") as caught:
        prove_fill(report(receipt_date=20), report(receipt_date=180), RULES, "泰安人寿（taian） policies")
    assert "fill_within" in caught.value.remedy


def test_a_column_that_nobody_filled_and_everybody_does_is_named_too():
    """A column may also have taken over another one's content."""
    with pytest.raises(ExtractionIncomplete, match="从 5% 变为 100%"):
        prove_fill(report(status_date=200), report(status_date=10), RULES, "x")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (report(receipt_date=150), report(receipt_date=180)),
        (report(receipt_date=0), None),
        (report(rows=FEWEST_ROWS - 1), report(receipt_date=180)),
        (report(receipt_date=0), report(rows=FEWEST_ROWS - 1, receipt_date=FEWEST_ROWS - 1)),
    ],
    ids=["within the tolerance", "first run", "few rows now", "few rows before"],
)
def test_what_says_little_is_let_through(now, before):
    """Small moves, first runs and small lists are no alarm."""
    assert prove_fill(now, before, RULES, "x") is None


def test_the_tolerance_is_the_recipes():
    """A dataset that says 100 is never compared."""
    loose = RULES.model_copy(update={"fill_within": 100})
    assert prove_fill(report(receipt_date=0), report(receipt_date=200), loose, "x") is None
