"""The Ruixiang portal: its API over real HTTP, and each way to misbehave."""

import time

import httpx
import pytest

from sandbox.amounts import yuan
from sandbox.ruixiang.columns import STATUS_CODES
from sandbox.ruixiang.lists import policy_row, premium_row
from sandbox.ruixiang.portal import ACCOUNT
from sandbox.ruixiang.records import (
    POLICIES,
    PREMIUMS,
    SMALL_POLICIES,
    SMALL_PREMIUMS,
    build_newcomer,
    build_premiums,
    build_records,
)

SLUG = "ruixiang"
RECORDS = build_records(size=SMALL_POLICIES)
ROWS = build_premiums(size=SMALL_PREMIUMS, policy_count=SMALL_POLICIES)
NEWCOMER = build_newcomer(size=SMALL_POLICIES)
ALL = {"begin": "", "end": "", "status": ""}
EXPIRED = {"code": 1001, "msg": "登录超时，请重新登录"}


def log_in(sandbox, password=ACCOUNT.password):
    client = httpx.Client(base_url=f"{sandbox.url}/{SLUG}/")
    answer = client.post("api/login", json={"username": ACCOUNT.user, "password": password}).json()
    client.headers["X-Token"] = answer.get("data", {}).get("token", "")
    return client, answer


@pytest.fixture
def portal(small_sandbox):
    client, _ = log_in(small_sandbox)
    yield client
    client.close()


def policies(portal, page=1, limit=30, **form):
    return portal.get("api/policies", params=ALL | {"page": page, "limit": limit} | form).json()


def premiums(portal, page=1, limit=90, **chosen):
    return portal.post("api/premiums", json={"page": page, "limit": limit, "filter": chosen}).json()


def fen(text):
    return int(text.replace(",", "").replace(".", ""))


def test_records_hold_the_hard_cases():
    """Rare characters, a million, nothing, red figures, empty cells and texts like formulas are all there."""
    records, rows = build_records(), build_premiums()
    assert (len(records), len(rows)) == (POLICIES, PREMIUMS)
    assert records == build_records()
    assert len({(row.policy_no, row.policy_year) for row in rows}) == PREMIUMS
    assert set("喆堃镕珺") <= set("".join(record.policyholder.name for record in records))
    amounts = [record.annual_premium_fen for record in records]
    assert min(amounts) == 0
    assert max(amounts) >= 100_000_000
    assert min(record.paid_premium_fen for record in records) < 0
    assert min(row.premium_received_fen or 0 for row in rows) < 0
    assert {record.remark[:1] for record in records} >= {"=", "-", "<", ""}
    assert any(row.received_date is None for row in rows)
    assert any(record.endorsements for record in records)


def test_three_wrong_passwords_lock_the_account(small_sandbox):
    """Twice wrong is told, the third time locks, and then even the right password is refused."""
    answers = [log_in(small_sandbox, "wrong")[1] for _ in range(3)]
    wrong, locked = {"code": 1002, "msg": "账号或密码错误"}, {"code": 1003, "msg": "账号已锁定"}
    assert answers == [wrong, wrong, locked]
    assert log_in(small_sandbox)[1] == locked


def test_cookie_and_token_are_both_needed(portal):
    """A saved cookie alone is no session, nor is a token alone; together they are."""
    token = portal.headers.pop("X-Token")
    assert portal.get("api/me").json() == EXPIRED
    assert httpx.get(f"{portal.base_url}api/me", headers={"X-Token": token}).json() == EXPIRED
    portal.headers["X-Token"] = token
    assert portal.get("api/me").json()["code"] == 0


def test_second_login_displaces_the_first(small_sandbox, portal):
    """The first session's next request says that somebody logged in elsewhere."""
    log_in(small_sandbox)
    assert policies(portal) == {"code": 1004, "msg": "您的账号已在其他地点登录"}


def test_logout_ends_the_session(portal):
    """After logging out every answer asks to log in again."""
    portal.post("api/logout")
    assert policies(portal) == EXPIRED
    assert premiums(portal) == EXPIRED


def test_policy_pages_are_the_records(portal):
    """Four pages hold every record in order, as many and as much as each page's totals say."""
    pages = [policies(portal, number) for number in range(1, 5)]
    total = sum(record.annual_premium_fen for record in RECORDS)
    assert {(page["count"], page["sum"]) for page in pages} == {(SMALL_POLICIES, yuan(total))}
    rows = [row for page in pages for row in page["data"]]
    assert rows == [policy_row(record) for record in RECORDS]
    assert sum(fen(row["annualPremium"]) for row in rows) == total
    assert rows[0]["issueDate"] == f"{RECORDS[0].issue_date} 00:00:00"
    assert policies(portal, 5)["data"] == []


def test_premium_pages_are_the_records(portal):
    """Three pages hold every premium in another shape: fen, plain days, null for what is empty."""
    pages = [premiums(portal, number)["data"] for number in range(1, 4)]
    rows = [row for page in pages for row in page["records"]]
    assert rows == [premium_row(row) for row in ROWS]
    assert {(page["total"], page["pages"]) for page in pages} == {(SMALL_PREMIUMS, 3)}
    assert [page["current"] for page in pages] == [1, 2, 3]
    assert pages[0]["receivedSum"] == sum(row["premium_received"] or 0 for row in rows)
    assert len(pages[-1]["records"]) == SMALL_PREMIUMS - 2 * 90


def test_filters(portal):
    """Days and choices narrow the list and its totals; a page never holds more than 90 rows."""
    records = [record for record in RECORDS if record.status == "surrendered"]
    found = policies(portal, status=STATUS_CODES["surrendered"])
    assert found["count"] == len(records)
    day = records[0].issue_date.isoformat()
    on_day = [record for record in RECORDS if record.issue_date == records[0].issue_date]
    assert policies(portal, begin=day, end=day)["count"] == len(on_day)
    in_force = [record for record in RECORDS if record.effective_date == records[0].effective_date]
    found = policies(
        portal, begin=str(records[0].effective_date), end=str(records[0].effective_date), dayKind="effective"
    )
    assert found["count"] == len(in_force) > 0
    unpaid = [row for row in ROWS if row.received_date is None]
    assert premiums(portal, isReceived="0")["data"]["total"] == len(unpaid)
    assert len(policies(portal, limit=1000)["data"]) == 90
    assert policies(portal, begin="2030-01-01") == {
        "code": 0,
        "msg": "",
        "count": 0,
        "sum": "0.00",
        "data": [],
    }
    assert policies(portal, begin="昨天")["code"] == 1400


def test_details_list_endorsements(portal):
    """The sheet holds the person's data and every endorsement; an unknown policy is refused."""
    record = next(record for record in RECORDS if record.endorsements)
    sheet = portal.get(f"api/policies/{record.policy_no}").json()["data"]
    assert (sheet["idNo"], sheet["mobile"]) == (record.policyholder.id_no, record.policyholder.phone)
    assert [row["endorNo"] for row in sheet["endorsements"]] == [
        change.endorsement_no for change in record.endorsements
    ]
    assert portal.get("api/policies/RX0").json()["code"] == 1404


def test_session_is_forgotten_at_the_page(small_sandbox, portal):
    """The second page finds the session gone, once; after a new login it comes."""
    small_sandbox.spoil(SLUG, expire_at_page=2)
    assert policies(portal)["code"] == 0
    assert policies(portal, 2) == EXPIRED
    assert policies(portal) == EXPIRED
    assert policies(log_in(small_sandbox)[0], 2)["code"] == 0


def test_short_page(small_sandbox, portal):
    """The third page lacks its last row, in both lists, while the totals stay."""
    small_sandbox.spoil(SLUG, short_page=3)
    assert [len(policies(portal, page)["data"]) for page in (2, 3)] == [30, 29]
    assert policies(portal)["count"] == SMALL_POLICIES
    assert len(premiums(portal, 3)["data"]["records"]) == SMALL_PREMIUMS - 2 * 90 - 1


@pytest.mark.parametrize(("lie", "rows", "extra_fen"), [("count", 1, 0), ("amount", 0, 100)])
def test_wrong_total(small_sandbox, portal, lie, rows, extra_fen):
    """The totals lie about the number of rows or about their sum, not about both."""
    total = sum(record.annual_premium_fen for record in RECORDS)
    received = sum(row.premium_received_fen or 0 for row in ROWS)
    small_sandbox.spoil(SLUG, wrong_total=lie)
    found, data = policies(portal), premiums(portal)["data"]
    assert (found["count"], found["sum"]) == (SMALL_POLICIES + rows, yuan(total + extra_fen))
    assert (data["total"], data["receivedSum"]) == (SMALL_PREMIUMS + rows, received + extra_fen)


def test_columns_change(small_sandbox, portal):
    """A title and its key are renamed, another pair is gone, a third one is new."""
    small_sandbox.spoil(SLUG, renamed_column="年缴保费(元)", missing_column="投保人", extra_column=True)
    row, page = policies(portal)["data"][0], portal.get("pages/policy.html").text
    assert {"annualPremiumNew", "channelFlag"} <= set(row)
    assert not {"annualPremium", "holderName"} & set(row)
    assert '"annualPremiumNew"' in page
    assert '"holderName"' not in page.split("var COLUMNS")[1]
    small_sandbox.spoil(SLUG, renamed_column="", missing_column="", extra_column=False)
    assert "annualPremium" in policies(portal)["data"][0]


def test_renamed_class(small_sandbox, portal):
    """The grid's classes get a new prefix; the JSON stays."""
    before = policies(portal)
    small_sandbox.spoil(SLUG, renamed_class=True)
    page = portal.get("pages/premium.html").text
    assert ".lay-grid-main" in page
    assert "lay-table" not in page
    assert policies(portal) == before


def test_list_moves_under_the_reader(small_sandbox, portal):
    """Asked for the second page, a new policy stands first for good: the last row seen comes again."""
    small_sandbox.spoil(SLUG, moved_at_page=2)
    first, second, again = policies(portal), policies(portal, 2), policies(portal)
    assert (first["count"], second["count"], again["count"]) == (
        SMALL_POLICIES,
        SMALL_POLICIES + 1,
        SMALL_POLICIES + 1,
    )
    assert second["data"][0] == first["data"][-1]
    assert again["data"][0] == policy_row(NEWCOMER[0])
    assert premiums(portal)["data"]["records"][0] == premium_row(NEWCOMER[1])
    small_sandbox.reset()
    small_sandbox.spoil(SLUG, moved_at_page=2)
    assert policies(log_in(small_sandbox)[0])["count"] == SMALL_POLICIES


def test_slow_page(small_sandbox, portal):
    """The second page waits as long as it was told, the first one does not."""
    small_sandbox.spoil(SLUG, slow_page=2, slow_seconds=0.8)
    start = time.monotonic()
    policies(portal)
    quick = time.monotonic() - start
    policies(portal, 2)
    assert quick < 0.8 <= time.monotonic() - start - quick
