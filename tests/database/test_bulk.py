"""A hundred thousand policies in one call."""

import time

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from connectors.database.engine import session
from connectors.database.store import UpsertCount, upsert
from connectors.database.tables import Insurer, Policy
from tests.database.samples import TAIAN, policy

ROWS = 100_000
# Ten times what 2 idle cores need: the limit catches a statement per row, not a busy machine.
SECONDS = 60


@pytest.fixture
def policies():
    """100,000 policies with four secrets each."""
    frame = pd.DataFrame([policy(0)] * ROWS)
    numbers = np.arange(ROWS)
    frame["policy_no"] = [f"TA{number:010d}" for number in numbers]
    frame["policyholder_id_no"] = [f"1101011990{number:08d}" for number in numbers]
    frame["policyholder_phone"] = [f"138{number:08d}" for number in numbers]
    frame["annual_premium_fen"] = numbers + 100_000
    return frame


def test_hundred_thousand_policies(hub, policies, record_property):
    """First night, same night again, and a night with changes: right counts, each call within a minute."""
    changed = policies.copy()
    changed.loc[::100, "status"] = "lapsed"
    changed.loc[::1000, "policyholder_name"] = "王五"
    nights = [
        (policies, UpsertCount(ROWS, 0, 0)),
        (policies, UpsertCount(0, 0, ROWS)),
        (changed, UpsertCount(0, ROWS // 100, ROWS - ROWS // 100)),
    ]
    with session(hub) as current:
        upsert(current, Insurer, [TAIAN])
    for frame, expected in nights:
        start = time.perf_counter()
        with session(hub) as current:
            assert upsert(current, Policy, frame) == expected
        seconds = time.perf_counter() - start
        record_property(f"{hub.dialect.name} {expected}", round(seconds, 1))
        assert seconds < SECONDS
    with hub.connect() as connection:
        total = connection.execute(text("SELECT count(*), sum(annual_premium_fen) FROM policies")).one()
    assert tuple(total) == (ROWS, int(policies["annual_premium_fen"].sum()))
