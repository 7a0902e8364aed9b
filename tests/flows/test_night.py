"""The whole night on a real Prefect server, worker, browser and hub."""

import io
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox.brokerage import build_brokerage
from tests.fixtures_cockpit import BUSINESS_DATE, NIGHT, PERIOD, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser]

TABLES = ("policies", "premium_dues", "premium_receipts", "endorsements", "statements", "statement_lines")
DIGITS_SEARCHED = 11
RESULTS = ("bank_receipts", "breaks", "settlement_lines", "settlements", "outbox")


def count_rows(cockpit: Cockpit) -> dict[str, int]:
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        return {
            t: hub.execute(f"SELECT count(*) FROM {t}").fetchone()[0]  # noqa: S608 - our own names
            for t in (*TABLES, *RESULTS)
        }


def figures(cockpit: Cockpit) -> str:
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        return hub.execute("SELECT figures FROM workbooks WHERE period = ?", (PERIOD,)).fetchone()[0]


def test_a_night_brings_home_what_the_truth_says(night, cockpit):
    """Rows, breaks by class and totals of a whole night equal the truth written before rendering."""
    truth = cockpit.truth
    rows = count_rows(cockpit)
    assert rows["policies"] == truth["policies"]
    assert rows["premium_dues"] == truth["premium_rows"]
    assert rows["endorsements"] == truth["endorsements"]
    assert rows["statement_lines"] == truth["statement_lines"]
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        found = Counter(row[0] for row in hub.execute("SELECT break_class FROM breaks WHERE status = 'open'"))
        totals = hub.execute("SELECT sum(payable_fen), sum(held_fen) FROM settlements").fetchone()
    assert found == Counter(item["break_class"] for item in truth["breaks"])
    assert totals == (truth["agents_total"]["payable_fen"], truth["agents_total"]["held_fen"])


def test_a_second_night_changes_nothing_and_sends_nothing(night, cockpit):
    """Run it twice: the same rows, the same workbook figures, and no second message."""
    before = count_rows(cockpit), figures(cockpit)
    assert cockpit.run(NIGHT, business_date=BUSINESS_DATE)["state_type"] == "COMPLETED"
    assert (count_rows(cockpit), figures(cockpit)) == before
    assert cockpit.messages() == []


def test_artifacts_tell_summary_exceptions_and_link(night, cockpit):
    """The Prefect UI gets a summary, a table of exceptions and the workbook's link."""
    assert "应收佣金" in cockpit.artifacts("commission-summary")[0]["data"]
    assert cockpit.artifacts("commission-exceptions")[0]["type"] == "table"
    assert f"{cockpit.desk_url}/workbooks/" in cockpit.artifacts("commission-workbook")[0]["data"]


def test_forms_are_typed_and_described_in_chinese(cockpit):
    """Every deployment has a Chinese description and every parameter a type and a Chinese explanation."""
    for deployment in cockpit.api("POST", "/deployments/filter", {}):
        assert re.search(r"[一-鿿]", deployment["description"])
        for name, form in deployment["parameter_openapi_schema"]["properties"].items():
            assert re.search(r"[一-鿿]", form.get("description", "")), (deployment["name"], name)
            assert "type" in form or "anyOf" in form, (deployment["name"], name)


def test_personal_data_is_nowhere_in_plain_text(night, cockpit):
    """No ID number, phone or account stands in hub, landing, logs, Prefect's database or inside workbooks."""
    brokerage = build_brokerage(policies=cockpit.truth["policies"])
    people = [policy.policyholder for policy in brokerage.policies] + [
        agent.person for agent in brokerage.agents
    ]
    secrets = {person.id_no for person in people} | {person.phone for person in people}
    secrets |= {agent.bank_account for agent in brokerage.agents}
    payers = {movement.payer_account for movement in brokerage.bank.movements} - {""}
    assert min(map(len, payers)) >= DIGITS_SEARCHED
    secrets |= payers
    inbox = cockpit.home / "inbox"
    searched = [path for path in cockpit.home.rglob("*") if path.is_file() and not path.is_relative_to(inbox)]
    assert len(searched) > 20
    pieces = [piece for path in searched for piece in unpacked(str(path), path.read_bytes())]
    assert any(name.endswith("worksheets/sheet1.xml") for name, _ in pieces), "no workbook was opened"
    assert {name: found for name, raw in pieces if (found := find_secrets(raw, secrets))} == {}
    assert find_secrets((inbox / "master" / "agents.csv").read_bytes(), secrets), (
        "the search itself finds nothing"
    )


def unpacked(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, or what a zip (a workbook) holds inside, however deep."""
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        yield name, raw
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for member in archive.namelist():
            yield from unpacked(f"{name}!{member}", archive.read(member))


def test_the_search_sees_into_workbooks():
    """A phone inside a zip inside a zip is found, though the bytes of the file do not show it."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", "<t>13800000001</t>" * 9)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("book.xlsx", inner.getvalue())
    assert find_secrets(outer.getvalue(), {"13800000001"}) == set()
    pieces = dict(unpacked("a.zip", outer.getvalue()))
    assert find_secrets(pieces["a.zip!book.xlsx!sheet.xml"], {"13800000001"}) == {"13800000001"}


def find_secrets(raw: bytes, secrets: set[str]) -> set[str]:
    """Secrets that stand anywhere in the bytes, also inside a longer run of digits."""
    found = set()
    sizes = {len(secret) for secret in secrets}
    for run in set(re.findall(rb"\d{%d,}[Xx]?" % DIGITS_SEARCHED, raw)):
        text = run.decode().upper()
        found |= {text[i : i + n] for n in sizes for i in range(len(text) - n + 1)} & secrets
    return found
