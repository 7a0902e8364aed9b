"""Two insurers and two months in one hub: nothing is counted twice and nothing is lost between months."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.commission.reconciling import reconcile
from bots.records import Period
from connectors.commission_rules import load_rules
from tests.commission.small_firm import Firm

pytestmark = pytest.mark.service

RULES = load_rules()
MONTHS = (Period(2026, 10), Period(2026, 11))
LAST_DAY = date(2026, 12, 31)
INSURERS = {"taian": "泰安人寿保险股份有限公司", "other": "另一家人寿保险股份有限公司"}
DAYS = ["2026-09-20", "2026-10-03", "2026-10-29", "2026-11-04", "2026-11-29"]
BATCHES = {"B1": ("2026-10", "2026-10-28"), "N1": ("2026-11", "2026-11-05"), "N2": ("2026-11", "2026-11-27")}
AMOUNTS = [360_000, 360_000, 500_000]


@st.composite
def one_firm(draw):
    """Policies, lines of either month, and receipts with or without batch number, often of one amount."""
    firm = Firm()
    for number in range(3):
        firm.policy(f"P{number}", received=draw(st.sampled_from(DAYS)))
    for batch_no, (period, cutoff) in BATCHES.items():
        firm.batch(batch_no, period=period, cutoff_date=cutoff)
    for _ in range(draw(st.integers(0, 6))):
        policy_no = draw(st.sampled_from(["P0", "P1", "P2", "NOBODY"]))
        batch_no = draw(st.sampled_from(list(BATCHES)))
        firm.line(draw(st.sampled_from([*AMOUNTS, -360_000])), policy_no=policy_no, batch_no=batch_no)
    for batch_no in BATCHES:
        firm.batch(batch_no, cover_total_fen=draw(st.sampled_from(AMOUNTS)))
    for _ in range(draw(st.integers(1, 5))):
        day = draw(st.sampled_from(["2026-10-30", "2026-11-02", "2026-11-06", "2026-11-30"]))
        summary = draw(st.sampled_from(["B1", "N1", "佣金", "佣金", "佣金"]))
        firm.pay(draw(st.sampled_from(AMOUNTS)), summary, day=day)
    return firm


def together(firms):
    """The sources of one hub with both insurers' rows; batch and policy numbers are the same in both."""
    parts = []
    for (slug, payer), firm in zip(INSURERS.items(), firms, strict=True):
        ledger, *others = firm.sources()
        frames = {name: getattr(ledger, name) for name in type(ledger).__slots__}
        frames["insurers"] = frames["insurers"].assign(slug=slug, name=slug, payer_names=[[payer]])
        others[2] = others[2].assign(payer_name=payer, bank=slug)
        parts.append([*frames.values(), *others])
    merged = [pd.concat(pair, ignore_index=True) for pair in zip(*parts, strict=True)]
    merged = [_of_insurers(frame, parts, number) for number, frame in enumerate(merged)]
    names = list(type(ledger).__slots__)
    merged[names.index("agents")] = firms[0].sources()[0].agents
    return type(ledger)(*merged[: len(names)]), *merged[len(names) :]


def _of_insurers(frame, parts, number):
    if "insurer_slug" not in frame:
        return frame
    slugs = [slug for slug, part in zip(INSURERS, parts, strict=True) for _ in range(len(part[number]))]
    return frame.assign(insurer_slug=slugs)


@settings(max_examples=6, deadline=None)
@given(st.tuples(one_firm(), one_firm()))
def test_nothing_is_counted_in_two_months(firms):
    """Every line, receipt and due item belongs to one month; both months tie out; no break is in two."""
    sources = together(firms)
    months = [reconcile(*sources, RULES, month, LAST_DAY) for month in MONTHS]
    lines, receipts = sources[2], sources[3]
    for result in months:
        assert set(result.tie_outs.values()) == {0}
    assert sum(result.counts["statement_lines"] for result in months) == len(lines)
    assert sum(result.counts["bank_receipts"] for result in months) == len(receipts)
    assert sum(result.controls["bank_fen"] for result in months) == receipts["amount_fen"].sum()
    assert sum(result.controls["statement_fen"] for result in months) == lines["amount_fen"].sum()
    ids = pd.concat([result.breaks["break_id"] for result in months])
    assert ids.is_unique
    due = pd.concat([result.items for result in months])
    assert not due.duplicated(["insurer_slug", "policy_no", "policy_year", "item_type"]).any()
    payable = due[due["state"] == "payable"]
    assert (payable["statement_fen"] == payable["own_fen"]).all()


@settings(max_examples=3, deadline=None)
@given(st.tuples(one_firm(), one_firm()))
def test_an_insurer_settles_the_same_beside_another(firms):
    """What one insurer's month comes to does not depend on whose rows stand in the hub beside it."""
    sources = together(firms)
    for month in MONTHS:
        both = reconcile(*sources, RULES, month, LAST_DAY)
        alone = reconcile(*_only(sources, "taian"), RULES, month, LAST_DAY)
        kept = both.breaks[both.breaks["insurer_slug"] == "taian"].reset_index(drop=True)
        told = ["break_id", "break_class", "difference_fen", "sentence"]
        assert kept[told].to_dict("records") == alone.breaks[told].to_dict("records")


def _only(sources, slug):
    ledger, *others = sources
    frames = [getattr(ledger, name) for name in type(ledger).__slots__]
    cut = [_rows_of(frame, slug) for frame in [*frames, *others]]
    return type(ledger)(*cut[: len(frames)]), *cut[len(frames) :]


def _rows_of(frame, slug):
    column = next((name for name in ("insurer_slug", "slug", "bank") if name in frame), None)
    return frame if column is None else frame[frame[column] == slug].reset_index(drop=True)
