"""Nothing personal in clear in the files that the hub leaves on disk."""

from datetime import UTC, date, datetime
from pathlib import Path

from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import Agent, BankReceipt, Base, Insurer, OutboxMessage, Policy
from connectors.files import land
from tests.database.samples import TAIAN, agent, policy

PHONE, ID_NO, ACCOUNT, NAME = "13800000001", "110101199003000001", "6222020200012345678", "张三丰"


def test_no_plain_value_in_any_file(hub, tmp_path, caplog):
    """Database, write-ahead log, landing and our logs hold no phone, ID number, account or name.

    The policy number is found in the SQLite file: the search itself works.
    """
    caplog.set_level("DEBUG")
    with session(hub) as current:
        upsert(current, Insurer, [TAIAN])
        person = {"policyholder_id_no": ID_NO, "policyholder_phone": PHONE}
        upsert(current, Policy, [policy(1, **person)])
        upsert(current, Agent, [agent("A001", name=NAME, id_no=ID_NO, phone=PHONE, bank_account=ACCOUNT)])
        receipt = {
            "bank": "zhonghe", "transaction_no": "1", "booked_at": datetime(2026, 11, 2, 9, 30),  # noqa: DTZ001 - as the bank prints it
            "direction": "in", "amount_fen": 1, "balance_fen": 1, "summary": "TA202610-01",
            "payer_name": "泰安人寿", "payer_account": ACCOUNT, "landing_id": None,
        }  # fmt: skip
        upsert(current, BankReceipt, [receipt])
        current.add(
            OutboxMessage(
                what="digest", whom="finance", channel="sms", occasion="2026-11-06", severity="info",
                payload={"name": NAME, "phone": PHONE}, created_at=datetime.now(UTC),
            )
        )  # fmt: skip
        raw = f"{NAME},{ID_NO},{PHONE},{ACCOUNT}".encode("gb18030")
        land(current, raw, source="taian", dataset="policies", name="p", business_date=date(2026, 11, 6))
    content = _everything_below(tmp_path) + _dump(hub) + caplog.text.encode()
    assert policy(1)["policy_no"].encode() in content
    for value in (PHONE, ID_NO, ACCOUNT, NAME):
        assert value.encode() not in content
        assert value.encode("gb18030") not in content


def _everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _dump(hub) -> bytes:
    """Every table as the server sends it, for the database that keeps its files elsewhere."""
    with hub.connect() as connection:
        return "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - our own names
            for table in Base.metadata.tables
        ).encode()
