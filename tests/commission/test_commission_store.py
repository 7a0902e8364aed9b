"""A month's breaks and settlement in the hub: stored once, closed when gone, refused when broken."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event, func, select

from bots.commission.controls import TieOutBroken
from connectors.commission_store import save_reconciliation
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import Break, Insurer, SettlementLine
from tests.commission.small_firm import PAYER, Firm

LATER = date(2026, 11, 9)


@pytest.fixture(autouse=True)
def insurer(hub):
    """The insurer that settlement lines belong to."""
    with session(hub) as current:
        upsert(current, Insurer, [{"slug": "taian", "name": "泰安人寿", "payer_names": [PAYER]}])


def stored(hub):
    """policy_no -> (status, first_seen_date) of every break."""
    with session(hub, read_only=True) as current:
        rows = current.execute(select(Break.policy_no, Break.status, Break.first_seen_date)).all()
    return {policy_no: (status, seen) for policy_no, status, seen in rows}


def count_lines(hub):
    """Settlement lines in the hub."""
    with session(hub, read_only=True) as current:
        return current.scalar(select(func.count()).select_from(SettlementLine))


def test_a_break_is_closed_when_gone_and_opened_when_back(hub):
    """What is found again keeps its first day; what is gone is closed; what comes back is open again."""
    two = Firm().policy().line(999).policy("P2").line(888, policy_no="P2")
    one = Firm().policy().line(999).policy("P2").line(policy_no="P2")
    first = two.settle()
    save_reconciliation(hub, first, None)
    seen = first.business_date
    assert stored(hub) == {"P1": ("open", seen), "P2": ("open", seen)}
    save_reconciliation(hub, one.settle(business_date=LATER), None)
    assert stored(hub) == {"P1": ("open", seen), "P2": ("closed", seen)}
    save_reconciliation(hub, two.settle(business_date=LATER), None)
    assert stored(hub) == {"P1": ("open", seen), "P2": ("open", seen)}


def test_closing_names_no_ids(hub):
    """The statement that closes has the same few parameters however many breaks there are."""
    sizes = []

    @event.listens_for(hub, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("UPDATE breaks"):
            sizes.append(len(parameters))

    firm = Firm()
    for number in range(30):
        firm.policy(f"P{number}").line(999, policy_no=f"P{number}")
    save_reconciliation(hub, firm.settle(), None)
    assert len(stored(hub)) == 30
    assert sizes == [2]


def test_a_month_that_does_not_tie_out_is_not_stored(hub):
    """Neither breaks nor payable lines of a broken result reach the hub, and the old ones stay."""
    good = Firm().policy().line(999).settle()
    save_reconciliation(hub, good, None)
    lines = count_lines(hub)
    worse = replace(Firm().policy("P2").line(policy_no="P2").settle(), tie_outs={"bank": 1})
    with pytest.raises(TieOutBroken, match="bank"):
        save_reconciliation(hub, worse, None)
    assert set(stored(hub)) == {"P1"}
    assert count_lines(hub) == lines > 0
