"""One demo-sized month, settled once for all tests of the workbook."""

import pytest

from bots.commission.reconciling import reconcile
from bots.commission.workbook import SourceFile, WorkbookMeta, write_workbook
from bots.records import Period
from connectors.commission_rules import load_rules
from sandbox.brokerage import build_brokerage
from tests.commission.sandbox_frames import BUSINESS_DATE, PERIOD, frames_of


@pytest.fixture(scope="session")
def month():
    """The sandbox's month as the bot settles it."""
    return reconcile(*frames_of(build_brokerage()), load_rules(), Period.parse(PERIOD), BUSINESS_DATE)


@pytest.fixture(scope="session")
def workbook(month):
    """The month's workbook as bytes."""
    sources = (SourceFile("众和银行_20261031.csv", "ab" * 32, 31),)
    return write_workbook(month, WorkbookMeta(PERIOD, BUSINESS_DATE, run_id="run-1", sources=sources))
