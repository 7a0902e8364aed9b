"""What must hold for every firm, whatever happens to it."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.commission.reconciling import reconcile
from bots.commission.whole_fen import divide_half_up, split_each
from bots.money import share_of, split_fen
from connectors.commission_rules import load_rules
from tests.commission.small_firm import BUSINESS_DATE, PERIOD, Firm

pytestmark = pytest.mark.service

RULES = load_rules()
AGENTS = ["A1", "A2", "A3", "A4"]
SPLITS = ["A1", "A2", "A3", "A1:60%/A2:40%", "A3:33.33%/A1:33.33%/A2:33.34%"]
DAYS = [None, "2026-09-20", "2026-10-03", "2026-10-29", "2026-11-02"]


@st.composite
def policies(draw):
    """One policy's story: dates, split, status, premium."""
    return {
        "received": draw(st.sampled_from(DAYS)),
        "premium_fen": draw(st.integers(1, 9_999_999)),
        "year": draw(st.integers(1, 3)),
        "agent_split": draw(st.sampled_from(SPLITS)),
        "receipt_date": draw(st.sampled_from([None, "2026-09-05", "2026-10-16"])),
        "status": draw(st.sampled_from(["in_force", "in_force", "surrendered", "cooling_off_cancelled"])),
        "status_date": draw(st.sampled_from(["2026-10-15", "2026-12-01"])),
        "currency": draw(st.sampled_from(["CNY", "CNY", "CNY", "HKD"])),
    }


@st.composite
def lines(draw):
    """A statement line that may be right, wrong, negative, double or about nobody."""
    year = draw(st.integers(1, 3))
    return {
        "amount_fen": draw(st.integers(-500_000, 3_000_000)),
        "policy_no": draw(st.sampled_from(["P0", "P1", "P2", "P3", "NOBODY"])),
        "policy_year": year,
        "item_type": "FYC" if year == 1 else "RYC",
        "agent_no": draw(st.sampled_from(AGENTS)),
        "batch_no": draw(st.sampled_from(["B1", "B2"])),
        "premium_fen": draw(st.integers(1, 9_999_999)),
    }


@st.composite
def firms(draw):
    """A firm with up to four policies, lines in two batches, odd cover totals and receipts."""
    firm = Firm().batch("B2")
    for number, story in enumerate(draw(st.lists(policies(), min_size=1, max_size=4))):
        firm.policy(f"P{number}", **story)
    for line in draw(st.lists(lines(), max_size=8)):
        firm.line(line.pop("amount_fen"), **line)
    if draw(st.booleans()):
        firm.batch("B1", cover_total_fen=draw(st.integers(0, 1_000_000)))
    for amount in draw(st.lists(st.integers(1, 5_000_000), max_size=3)):
        firm.pay(amount, draw(st.sampled_from(["B1", "B2", "佣金"])))
    return firm


def settle(sources):
    """The bot's result."""
    return reconcile(*sources, RULES, PERIOD, BUSINESS_DATE)


@settings(max_examples=40, deadline=None)
@given(firms())
def test_everything_adds_up(firm):
    """All tie-outs are 0, parts sum to their items, every line is judged once and ids are distinct."""
    result = settle(firm.sources())
    assert set(result.tie_outs.values()) == {0}
    key = ["policy_no", "policy_year", "item_type"]
    parts = result.settlement_lines.groupby(key)["amount_fen"].sum()
    assert parts.to_dict() == result.items.set_index(key)["own_fen"].to_dict()
    assert (
        int(result.settlements[["payable_fen", "held_fen"]].to_numpy().sum())
        == result.controls["own_due_fen"]
    )
    assert len(result.matches) == len(firm.lines)
    assert result.breaks["break_id"].is_unique
    held = result.settlement_lines.loc[result.settlement_lines["state"] == "held", "break_id"]
    assert set(held) <= set(result.breaks["break_id"])


@settings(max_examples=15, deadline=None)
@given(firms(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(firm, random):
    """Shuffled inputs give the same breaks, ids and settlement lines as the first run."""
    ledger, *others = firm.sources()
    shuffled = type(ledger)(
        **{name: _shuffle(getattr(ledger, name), random) for name in type(ledger).__slots__}
    )
    first = settle((ledger, *others))
    again = settle((shuffled, *(_shuffle(frame, random) for frame in others)))
    pd.testing.assert_frame_equal(first.breaks, again.breaks)
    pd.testing.assert_frame_equal(first.settlement_lines, again.settlement_lines)
    pd.testing.assert_frame_equal(first.settlements, again.settlements)


def _shuffle(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    return frame.iloc[order]


@given(st.integers(-(10**13), 10**13), st.integers(0, 10_000))
def test_columns_round_like_single_amounts(amount, rate):
    """The integer column arithmetic equals the Decimal arithmetic of bots.money, negatives included."""
    column = pd.Series([amount * rate])
    assert divide_half_up(column, 10_000).tolist() == [share_of(amount, rate)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@given(amount=st.integers(0, 10**12), data=st.data())
def test_a_split_column_equals_single_splits(count, amount, data):
    """Splitting whole columns gives the parts that bots.money gives, remainder on the last."""
    cuts = sorted(data.draw(st.lists(st.integers(0, 10_000), min_size=count - 1, max_size=count - 1)))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    parts = split_each(pd.Series([amount] * count), pd.Series(shares), pd.Series([0] * count))
    assert parts.tolist() == split_fen(amount, shares)
