"""Bulk writing and reading, on both databases."""

from datetime import UTC, date, datetime
from enum import StrEnum

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from bots.errors import SourceFileInvalid
from connectors.database.engine import session
from connectors.database.store import UpsertCount, read_frame, replace, upsert
from connectors.database.tables import (
    Agent,
    Break,
    Insurer,
    LandingFile,
    Policy,
    Product,
    QuarantinedRow,
    SettlementLine,
)
from tests.database.samples import TAIAN, agent, break_row, policy, settlement_line


@pytest.fixture
def ledger(hub):
    """A hub that knows the insurer."""
    with session(hub) as current:
        upsert(current, Insurer, [TAIAN])
    return hub


def write(hub, entity, rows):
    with session(hub) as current:
        return upsert(current, entity, rows)


def read(hub, entity, **how):
    with session(hub, read_only=True) as current:
        return read_frame(current, entity, **how)


def stored(hub, column, table="policies"):
    """Values as the database file holds them."""
    with hub.connect() as connection:
        return list(connection.execute(text(f"SELECT {column} FROM {table} ORDER BY 1")).scalars())  # noqa: S608 - names of the test


def test_counts_of_new_changed_and_same_rows(ledger):
    """Counts tell inserted, updated and unchanged rows apart, and add up to the rows given."""
    assert write(ledger, Policy, [policy(1), policy(2)]) == UpsertCount(2, 0, 0)
    changed = policy(2, status="lapsed")
    assert write(ledger, Policy, [policy(1), changed, policy(3)]) == UpsertCount(1, 1, 1)
    assert write(ledger, Policy, [policy(1), changed, policy(3)]) == UpsertCount(0, 0, 3)
    assert list(read(ledger, Policy)["status"]) == ["in_force", "lapsed", "in_force"]


def test_a_changed_secret_is_an_update(ledger):
    """A new phone alone updates the row, its look-up and nothing else."""
    write(ledger, Policy, [policy(1), policy(2)])
    moved = policy(2, policyholder_phone="13911112222")
    assert write(ledger, Policy, [policy(1), moved]) == UpsertCount(0, 1, 1)
    frame = read(ledger, Policy, decrypt=["policyholder_phone", "policyholder_name"])
    assert list(frame["policyholder_phone"]) == [policy(1)["policyholder_phone"], "13911112222"]
    assert list(frame["policyholder_name"]) == ["张三丰", "张三丰"]


def test_a_secret_that_vanishes_becomes_null(ledger):
    """A phone that the portal no longer shows is emptied together with its look-up."""
    write(ledger, Policy, [policy(1)])
    assert write(ledger, Policy, [policy(1, policyholder_phone=None)]) == UpsertCount(0, 1, 0)
    assert stored(ledger, "policyholder_phone") == [None]
    assert stored(ledger, "policyholder_phone_lookup") == [None]


def test_unchanged_secrets_are_not_encrypted_again(ledger):
    """A second night keeps the very ciphertext of an unchanged person, even when another column changed."""
    write(ledger, Policy, [policy(1)])
    before = stored(ledger, "policyholder_id_no")
    assert write(ledger, Policy, [policy(1, status="lapsed")]) == UpsertCount(0, 1, 0)
    assert stored(ledger, "policyholder_id_no") == before


def test_new_bytes_with_the_same_row_are_no_change(ledger):
    """Another landing file with the same row counts as unchanged and keeps the first landing and time."""
    with session(ledger) as current:
        for number in (1, 2):
            current.add(
                LandingFile(
                    sha256=f"{number}", source="taian", dataset="policies", name="p.html", size=1, path="x",
                    business_date=date(2026, 11, number), created_at=datetime.now(UTC),
                )
            )  # fmt: skip
    write(ledger, Policy, [policy(1, landing_id=1)])
    first = stored(ledger, "updated_at")
    assert write(ledger, Policy, [policy(1, landing_id=2)]) == UpsertCount(0, 0, 1)
    assert stored(ledger, "landing_id") == [1]
    assert stored(ledger, "updated_at") == first


def test_a_break_keeps_the_day_it_was_first_seen(ledger):
    """A break that changes later keeps its first_seen_date."""
    write(ledger, Break, [break_row("b1", first_seen_date=date(2026, 11, 6))])
    again = break_row("b1", first_seen_date=date(2026, 11, 9), difference_fen=-5)
    assert write(ledger, Break, [again]) == UpsertCount(0, 1, 0)
    frame = read(ledger, Break)
    assert frame["first_seen_date"][0] == pd.Timestamp(2026, 11, 6)
    assert frame["difference_fen"][0] == -5


def test_json_is_compared_by_value(ledger):
    """The same JSON with its keys in another order is unchanged; another value is an update."""
    write(ledger, Break, [break_row("b1", evidence={"a": 1, "b": "差额"})])
    assert write(ledger, Break, [break_row("b1", evidence={"b": "差额", "a": 1})]) == UpsertCount(0, 0, 1)
    assert write(ledger, Break, [break_row("b1", evidence={"b": "差额", "a": 2})]) == UpsertCount(0, 1, 0)
    assert read(ledger, Break)["evidence"][0] == {"a": 2, "b": "差额"}


def test_every_kind_of_missing_becomes_null(ledger):
    """NaN, NaT, NA and None in a frame all arrive as NULL."""
    frame = pd.DataFrame([policy(number) for number in range(4)])
    frame["receipt_date"] = [np.nan, pd.NaT, pd.NA, None]
    frame["return_visit_result"] = [None, pd.NA, np.nan, pd.NaT]
    write(ledger, Policy, frame)
    assert stored(ledger, "receipt_date") == [None] * 4
    assert stored(ledger, "return_visit_result") == [None] * 4


def test_pandas_kinds_arrive_as_the_column_means_them(ledger):
    """Whole floats, numpy integers, timestamps, ISO texts and enums become int, date and text."""

    class Status(StrEnum):
        IN_FORCE = "in_force"

    row = policy(
        1, pay_years=np.float64(20.0), annual_premium_fen=np.int64(12_345),
        issue_date=pd.Timestamp(2026, 10, 1), effective_date="2026-10-02", status=Status.IN_FORCE,
        has_endorsement=np.True_,
    )  # fmt: skip
    write(ledger, Policy, pd.DataFrame([row]))
    found = read(ledger, Policy).iloc[0]
    assert (found["pay_years"], found["annual_premium_fen"], found["status"]) == (20, 12_345, "in_force")
    assert found["issue_date"] == pd.Timestamp(2026, 10, 1)
    assert found["effective_date"] == pd.Timestamp(2026, 10, 2)
    assert found["has_endorsement"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("annual_premium_fen", 123.45),
        ("annual_premium_fen", "12345"),
        ("policyholder_phone", 13800000001.0),
        ("issue_date", "2026/10/1"),
        ("has_endorsement", "有"),
    ],
)
def test_a_value_of_the_wrong_kind_names_the_column_and_not_the_value(ledger, column, value):
    """A fraction of a fen, a number as text or a phone as float is refused; the value is not repeated."""
    with pytest.raises(ValueError, match=rf"policies\.{column}") as caught:
        write(ledger, Policy, [policy(1, **{column: value})])
    assert str(value) not in str(caught.value)


def test_an_unknown_column_is_refused(ledger):
    """A column that the table lacks is an error, not dropped."""
    with pytest.raises(ValueError, match="colour"):
        write(ledger, Policy, [policy(1, colour="red")])


def test_half_of_the_secrets_is_refused(ledger):
    """A frame with some encrypted columns only would make the digest lie; it is refused."""
    row = policy(1)
    del row["insured_name"]
    with pytest.raises(ValueError, match="all encrypted columns"):
        write(ledger, Policy, [row])


def test_a_natural_key_twice_is_refused_with_its_place(ledger):
    """The same policy twice in one frame is refused, naming table, row and key; nothing is written."""
    with pytest.raises(SourceFileInvalid, match=r"policies.*第 2 行.*TA0000000001"):
        write(ledger, Policy, [policy(1), policy(1, status="lapsed")])
    assert read(ledger, Policy).empty


def test_nothing_in_nothing_out(ledger):
    """An empty list is a valid answer of a portal, and an empty table an empty frame with its columns."""
    assert write(ledger, Policy, []) == UpsertCount(0, 0, 0)
    frame = read(ledger, Policy)
    assert frame.empty
    assert frame["annual_premium_fen"].dtype == "int64"
    assert frame["issue_date"].dtype.kind == "M"


def test_read_frame_opens_only_what_is_asked(ledger):
    """Encrypted columns are absent unless named; filters select rows."""
    write(ledger, Policy, [policy(1), policy(2)])
    frame = read(ledger, Policy, policy_no="TA0000000002", decrypt=["policyholder_id_no"])
    assert list(frame["policyholder_id_no"]) == [policy(2)["policyholder_id_no"]]
    assert not {"policyholder_name", "policyholder_phone", "sealed_digest"} & set(frame.columns)


def test_look_ups_join_people_across_tables(ledger, keys):
    """A customer who is also an agent has the same look-up in both tables."""
    write(ledger, Agent, [agent("A001", id_no="110101199003071233")])
    write(ledger, Policy, [policy(1, policyholder_id_no="110101199003071233"), policy(2)])
    joined = read(ledger, Policy).merge(
        read(ledger, Agent), left_on="policyholder_id_no_lookup", right_on="id_no_lookup"
    )
    assert list(joined["policy_no"]) == ["TA0000000001"]
    assert joined["id_no_lookup"][0] == keys.lookup("110101199003071233")


def test_versions_of_a_product_stand_side_by_side(ledger):
    """The validity start is part of the key: a new version is a new row."""
    version = {
        "insurer_slug": "taian",
        "product_code": "P1",
        "product_name": "终身寿险",
        "cooling_off_days": 15,
    }
    first, second = date(2024, 1, 1), date(2026, 1, 1)
    rows = [{**version, "valid_from": day, "valid_to": None} for day in (first, second)]
    assert write(ledger, Product, rows) == UpsertCount(2, 0, 0)


def test_replace_rewrites_one_scope(ledger):
    """Replacing October leaves September alone, and a second run leaves the same rows."""
    september = [settlement_line(1, period="2026-09")]
    october = [settlement_line(1), settlement_line(2)]
    with session(ledger) as current:
        replace(current, SettlementLine, september, period="2026-09")
        assert replace(current, SettlementLine, october, period="2026-10") == 2
        assert replace(current, SettlementLine, october[:1], period="2026-10") == 1
    assert sorted(read(ledger, SettlementLine)["period"]) == ["2026-09", "2026-10"]
    assert read(ledger, SettlementLine, period="2026-10")["agent_no"].tolist() == ["A001"]


def test_replace_seals_and_can_be_emptied(ledger):
    """Rows with secrets are sealed by replace as well, and an empty frame empties the scope."""
    with session(ledger) as current:
        replace(current, Agent, [agent("A001"), agent("A002")], branch="上海")
    assert list(read(ledger, Agent, decrypt=["name"])["name"]) == ["李静", "李静"]
    assert write(ledger, Agent, [agent("A001")]) == UpsertCount(0, 0, 1)
    with session(ledger) as current:
        assert replace(current, Agent, [], branch="上海") == 0
    assert read(ledger, Agent).empty


def test_replace_refuses_rows_outside_its_scope(ledger):
    """A row of another period, or no scope at all, is refused before anything is deleted."""
    with session(ledger) as current:
        replace(current, SettlementLine, [settlement_line(1)], period="2026-10")
        with pytest.raises(ValueError, match="scope"):
            replace(current, SettlementLine, [settlement_line(1, period="2026-09")], period="2026-10")
        with pytest.raises(ValueError, match="scope"):
            replace(current, SettlementLine, [])
    assert len(read(ledger, SettlementLine)) == 1


def test_set_aside_rows_come_back_as_they_came(ledger):
    """A quarantined row is sealed JSON in the table and the same dict for who may see it."""
    raw_row = {"证件号码": "110101199003071233", "年缴保费(元)": "一万"}
    with session(ledger) as current:
        landing = LandingFile(
            sha256="1", source="taian", dataset="policies", name="p.html", size=1, path="x",
            business_date=date(2026, 11, 6), created_at=datetime.now(UTC),
        )  # fmt: skip
        current.add(landing)
        current.flush()
        row = {
            "insurer_slug": "taian", "dataset": "policies", "landing_id": landing.id, "row_no": 7,
            "page_no": 1, "column": "annual_premium_fen", "code": "NOT_AMOUNT", "reason": "不是金额",
            "raw_row": raw_row,
        }  # fmt: skip
        assert upsert(current, QuarantinedRow, [row]) == UpsertCount(1, 0, 0)
        assert upsert(current, QuarantinedRow, [row]) == UpsertCount(0, 0, 1)
    assert "110101199003071233" not in stored(ledger, "raw_row", "quarantined_rows")[0]
    assert read(ledger, QuarantinedRow, decrypt=["raw_row"])["raw_row"][0] == raw_row
