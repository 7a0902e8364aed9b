"""The whole of 客户通 through a real browser, against what the sandbox invented."""

import io
import json
from zipfile import ZipFile

import pytest

from sandbox.kehutong.records import build_records
from tests.portal.kehutong_visit import RECORDS, WITHOUT_DETAILS, Person, as_drawn, truth, visit

pytestmark = pytest.mark.browser
TRUTH = [truth(customer) for customer in RECORDS]


@pytest.fixture
def session(small_sandbox, context, evidence):
    """A session of somebody with the phone at hand."""
    with visit(small_sandbox, context, evidence, Person(small_sandbox, context)) as session:
        yield session


def rows_of(session, dataset):
    pages = list(session.extract(dataset, {}))
    return [row for page in pages for row in page.rows], pages


def test_customers_come_home_while_the_page_is_scrolled(sandbox, context, evidence):
    """All 640 (full size: the proof) in order, with the number that no cell shows and the whole phone."""
    customers = build_records()
    with visit(sandbox, context, evidence, Person(sandbox, context)) as session:
        rows, pages = rows_of(session, "customers")
    assert rows == [as_drawn(truth(customer)) | {"phone": customer.phone} for customer in customers]
    assert {page.expected for page in pages} == {640}
    report = session.report("customers")
    assert (report.rows, report.expected, report.set_aside) == (640, 640, 0)
    assert report.round_trips <= 640 + len(pages) + 5
    assert [len(page.rows) for page in pages] == [30] * 21 + [10]
    assert pages[1].raw_name == "kehutong-customers-0002.zip"
    with ZipFile(io.BytesIO(pages[1].raw)) as archive:
        assert len(archive.namelist()) == 31
        assert customers[30].name in archive.read("customers-0002.as-read.html").decode("utf-8")
        assert json.loads(archive.read(f"{customers[30].customer_no}.json"))["name"] == customers[30].name


def test_customers_come_home_by_cursor(session):
    """All of them through the address, line breaks in remarks too; one request a batch, bytes as sent."""
    rows, pages = rows_of(session, "customer_api")
    assert rows == TRUTH
    report = session.report("customer_api")
    assert (report.rows, report.expected, report.round_trips) == (len(TRUTH), len(TRUTH), len(pages))
    assert json.loads(pages[0].raw)["items"][0]["name"] == RECORDS[0].name


def test_both_ways_bring_the_same_rows(small_sandbox, context, evidence):
    """What the page draws and what the address answers agree in every column, but for line breaks."""
    person = Person(small_sandbox, context)
    with visit(small_sandbox, context, evidence, person, WITHOUT_DETAILS) as session:
        drawn, pages = rows_of(session, "customers")
        sent, _ = rows_of(session, "customer_api")
        assert session.report("customers").round_trips <= len(pages) + 3
    assert drawn == [as_drawn(row) for row in sent]
    assert pages[1].raw_name == "kehutong-customers-0002.as-read.html"
