"""A hub that knows the insurer, and pages as a portal session hands them over."""

from datetime import date
from typing import Any

import pytest

from bots.records import PortalPage
from connectors.database.engine import session
from connectors.database.store import read_frame, upsert
from connectors.database.tables import Insurer, LandingFile
from connectors.files import land
from connectors.portal_store import PageOrigin, save_page
from tests.database.samples import TAIAN, policy

DAY = date(2026, 11, 6)
ALWAYS = {"from_date": "2016-01-01", "to_date": "2026-11-06"}
KEYS = {
    "policies": ("policy_no",),
    "premiums": ("policy_no", "policy_year"),
    "endorsements": ("endorsement_no",),
    "statements": ("batch_no",),
    "statement_lines": ("batch_no", "line_no"),
    "customers": ("customer_no",),
}


@pytest.fixture
def ledger(hub):
    """A hub on each database that knows the insurer."""
    with session(hub) as current:
        upsert(current, Insurer, [TAIAN])
    return hub


def premium(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A received first premium, as the recipe of taian names its columns."""
    row = {
        "policy_no": f"TA{number:010d}",
        "policy_year": 1,
        "due_date": date(2026, 10, 2),
        "premium_due_fen": 1_200_000,
        "received_date": date(2026, 10, 3),
        "premium_received_fen": 1_200_000,
        "receipt_no": f"R{number:06d}",
        "currency": "CNY",
        "is_received": True,
    }
    return {**row, **changes}


def unpaid(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The same premium when it was not received."""
    nothing = {"received_date": None, "premium_received_fen": None, "receipt_no": None, "is_received": False}
    return premium(number, **{**nothing, **changes})


def portal_policy(number: int, **changes: Any) -> dict[str, Any]:
    """A policy without the columns that the hub adds."""
    row = {
        name: value for name, value in policy(number).items() if name not in ("insurer_slug", "landing_id")
    }
    return {**row, **changes}


def statement(batch_no: str = "TA202610-01", **changes: Any) -> dict[str, Any]:
    """A batch of October 2026 with one line."""
    row = {
        "batch_no": batch_no,
        "period": "2026-10",
        "cutoff_date": date(2026, 10, 28),
        "line_count": 1,
        "cover_total_fen": 252_000,
        "is_tax_included": True,
    }
    return {**row, **changes}


def line(batch_no: str = "TA202610-01", line_no: int = 1, **changes: Any) -> dict[str, Any]:
    """A first-year commission line."""
    row = {
        "batch_no": batch_no,
        "line_no": line_no,
        "policy_no": "TA0000000001",
        "product_code": "P1",
        "policy_year": 1,
        "item_type": "FYC",
        "endorsement_no": None,
        "agent_no": "A001",
        "share_bp": 10_000,
        "premium_fen": 1_200_000,
        "rate_bp": 2_100,
        "amount_fen": 252_000,
        "currency": "CNY",
        "remark": None,
    }
    return {**row, **changes}


def endorsement(number: int = 1, policy_number: int = 1) -> dict[str, Any]:
    """A change of premium."""
    return {
        "endorsement_no": f"E{number:06d}",
        "policy_no": f"TA{policy_number:010d}",
        "kind": "减保",
        "effective_date": date(2026, 10, 20),
        "premium_before_fen": 1_200_000,
        "premium_after_fen": 900_000,
    }


def page_of(dataset: str, rows: list[dict[str, Any]], set_aside: Any = (), page_no: int = 1) -> PortalPage:
    """One page of a dataset."""
    return PortalPage(dataset, page_no, rows, list(set_aside), b"<html>", f"{dataset}.html")


def save(hub, page: PortalPage):
    """Land and store a page as a flow does; returns what the hub set aside."""
    with session(hub) as current:
        landed: LandingFile = land(
            current, page.raw, source="taian", dataset=page.dataset, name=page.raw_name, business_date=DAY
        )
        return save_page(current, page, PageOrigin("taian", landed.id, KEYS[page.dataset], DAY))


def read(hub, entity, **how):
    """A table as a frame."""
    with session(hub, read_only=True) as current:
        return read_frame(current, entity, **how)
