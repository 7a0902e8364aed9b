"""The CRM 客户通 over real HTTP: its records, batches, details and files, and each fault."""

import csv
import io
import time

import httpx
import openpyxl
import pytest

from sandbox.amounts import yuan
from sandbox.kehutong.columns import COLUMNS, mask_phone
from sandbox.kehutong.records import SIZE as FULL_SIZE
from sandbox.kehutong.records import SMALL_SIZE as SIZE
from sandbox.kehutong.records import build_newcomer, build_records
from tests.sandbox.test_kehutong_login import log_in, open_client

RECORDS = build_records(size=SIZE)


@pytest.fixture
def crm(small_sandbox):
    with open_client(small_sandbox) as client:
        assert log_in(small_sandbox, client)["ok"]
        yield client


def batches(client, q=""):
    """All batches from the first to the last."""
    found, cursor = [], ""
    while cursor is not None:
        found.append(client.get("api/customers", params={"cursor": cursor, "limit": 30, "q": q}).json())
        cursor = found[-1]["next_cursor"]
    return found


def as_item(customer):
    texts = {column.key: column.text(customer) for column in COLUMNS}
    return {"id": customer.customer_id} | texts | {"phone": mask_phone(customer.phone)}


def test_records_hold_what_trips_readers():
    """Rare characters, a million, nothing, a 退保, gaps and formulas are all there, the same each time."""
    records = build_records()
    assert build_records() == records
    assert len({customer.customer_id for customer in records}) == FULL_SIZE
    assert set("喆堃镕珺") <= set("".join(customer.name for customer in records))
    premiums = {policy.premium_fen for customer in records for policy in customer.policies}
    assert max(premiums) >= 100_000_000
    assert 0 in premiums
    assert min(premiums) < 0
    remarks = {customer.remark for customer in records}
    assert {remark[:1] for remark in remarks} >= {"", "=", "-", "+"}
    assert any("\n" in remark for remark in remarks)
    assert any(customer.birth_date is None and customer.wechat == "" for customer in records)
    assert {len(customer.follow_ups) for customer in records} == set(range(7))


def test_batches_are_the_records(crm):
    """From the first batch to the last, every customer comes once, in order; the total is their number."""
    found = batches(crm)
    assert [len(batch["items"]) for batch in found] == [30] * 7 + [10]
    assert {batch["total"] for batch in found} == {SIZE}
    assert [item for batch in found for item in batch["items"]] == [as_item(record) for record in RECORDS]
    layout = crm.get("api/layout").json()
    assert [column["title"] for column in layout["columns"]] == [column.title for column in COLUMNS]


def test_search_and_bad_cursor(crm):
    """A search has its own total; an invented cursor is refused; more than 30 are never given."""
    hits = [customer for customer in RECORDS if "喆" in customer.name]
    found = batches(crm, "喆")
    assert found[0]["total"] == len(hits) == sum(len(batch["items"]) for batch in found)
    assert crm.get("api/customers", params={"cursor": "30"}).status_code == 400
    assert len(crm.get("api/customers", params={"limit": 500}).json()["items"]) == 30


def test_detail_shows_the_phone_and_the_policies(crm):
    """The drawer's data hold the whole phone, every talk, every policy and their sum."""
    customer = next(record for record in RECORDS if len(record.policies) > 1 and record.follow_ups)
    shown = crm.get(f"api/customers/{customer.customer_id}").json()
    assert dict(shown["basic"])["手机号"] == customer.phone
    assert [talk["text"] for talk in shown["follow_ups"]] == [talk.text for talk in customer.follow_ups]
    assert [p["premium"] for p in shown["policies"]] == [yuan(p.premium_fen) for p in customer.policies]
    assert shown["premium_total"] == yuan(sum(policy.premium_fen for policy in customer.policies))
    crm.post(f"api/customers/{customer.customer_id}/notes", json={"text": "回电"})
    assert crm.get(f"api/customers/{customer.customer_id}").json()["follow_ups"][0]["text"] == "回电"


def test_export_is_every_record(crm):
    """The CSV starts with a BOM and holds all customers with whole phones; the workbook says the same."""
    assert crm.post("api/export", json={"reason": " "}).json()["error"] == "reason_required"
    answer = crm.post("api/export", json={"format": "csv", "reason": "核对"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "content-length" not in answer.headers
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    expected = [[column.text(record) for column in COLUMNS] for record in RECORDS]
    assert rows == [[column.title for column in COLUMNS], *expected]
    raw = crm.post("api/export", json={"format": "xlsx", "reason": "核对"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == rows


def test_import_counts_and_keeps(crm):
    """Rows without a name or a mobile number are rejected; the file is kept as it came."""
    raw = "姓名,手机号\n赵喆,16300000001\n,16300000002\n钱珺,123\n".encode("utf-8-sig")
    assert crm.post("api/import", files={"file": ("leads.csv", raw)}).json() == {"accepted": 1, "rejected": 2}
    kept = crm.get("control/uploads").json()
    assert [(upload["name"], upload["size"]) for upload in kept] == [("leads.csv", len(raw))]


def test_session_expires_at_a_batch(small_sandbox, crm):
    """Asked for the third batch the session is gone, and stays gone."""
    small_sandbox.spoil("kehutong", expire_at_page=3)
    first = crm.get("api/customers").json()
    second = crm.get("api/customers", params={"cursor": first["next_cursor"]}).json()
    third = crm.get("api/customers", params={"cursor": second["next_cursor"]})
    assert (third.status_code, third.json()) == (401, {"error": "session_expired"})
    assert crm.get("api/session").json() == {"error": "session_expired"}


def test_short_batch_and_wrong_totals(small_sandbox, crm):
    """A batch lacks its last row under an unchanged total; the totals lie by one customer or by one yuan."""
    small_sandbox.spoil("kehutong", short_page=2)
    found = batches(crm)
    assert [len(batch["items"]) for batch in found[:3]] == [30, 29, 30]
    assert found[1]["total"] == SIZE
    small_sandbox.spoil("kehutong", short_page=None, wrong_total="count")
    assert crm.get("api/customers").json()["total"] == SIZE + 1
    small_sandbox.spoil("kehutong", wrong_total="amount")
    customer = RECORDS[0]
    total_fen = sum(policy.premium_fen for policy in customer.policies)
    shown = crm.get(f"api/customers/{customer.customer_id}").json()
    assert shown["premium_total"] == yuan(total_fen + 100)


def test_changed_columns(small_sandbox, crm):
    """A column gone, a column renamed with its key, a column too many, a grid of another name."""
    small_sandbox.spoil("kehutong", missing_column="城市", renamed_column="姓名")
    small_sandbox.spoil("kehutong", extra_column=True, renamed_class=True)
    layout = crm.get("api/layout").json()
    titles = [column["title"] for column in layout["columns"]]
    assert layout["grid"] == "record-grid-v2"
    assert "城市" not in titles
    assert (titles[1], titles[-1]) == ("姓名（新）", "客户评分")
    item = crm.get("api/customers").json()["items"][0]
    assert not {"city", "name"} & set(item)
    assert item["name_v2"] == RECORDS[0].name
    export = crm.post("api/export", json={"reason": "核对"}).content.decode("utf-8-sig")
    assert export.splitlines()[0].split(",") == titles


def test_newcomer_shifts_the_list(small_sandbox, crm):
    """From the third batch on one customer more is counted, and the row before comes a second time."""
    small_sandbox.spoil("kehutong", moved_at_page=3)
    found = batches(crm)
    assert [batch["total"] for batch in found[1:4]] == [SIZE, SIZE + 1, SIZE + 1]
    assert found[2]["items"][0] == found[1]["items"][-1]
    assert crm.get("api/customers").json()["items"][0] == as_item(build_newcomer(size=SIZE))


def test_slow_batch(small_sandbox, crm):
    """Only the batch asked for waits."""
    small_sandbox.spoil("kehutong", slow_page=1, slow_seconds=0.6)
    started = time.monotonic()
    crm.get("api/customers")
    assert time.monotonic() - started > 0.5


def test_half_a_download(small_sandbox, crm):
    """The export declares its whole length and breaks off half-way."""
    small_sandbox.spoil("kehutong", half_download=True)
    with pytest.raises(httpx.RemoteProtocolError):
        crm.post("api/export", json={"reason": "核对"})
