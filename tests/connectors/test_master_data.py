"""The firm's own lists: the hub holds what the files say, nothing older; on both databases."""

from datetime import date

import pytest
from sqlalchemy import text

from bots.errors import SourceFileInvalid
from connectors.database.tables import Agent, CommissionRate, Insurer, Product
from connectors.master_data import MasterCount, import_inbox
from tests.connectors.conftest import read

AGENTS = """agent_no,name,id_no,phone,bank_account,branch,rank,upline_agent_no,status,valid_from,valid_to
A001,李静,110101198506152441,13700000001,6222020200012345678,上海,5,,active,2024-01-01,
A002,王强,110101199003070038,13700000002,6222020200012345679,上海,3,A001,active,2024-01-01,
"""
INSURERS = 'slug,name,payer_names\ntaian,泰安人寿,"[""泰安人寿保险股份有限公司""]"\n'
PRODUCTS = """insurer_slug,product_code,product_name,cooling_off_days,valid_from,valid_to
taian,P1,终身寿险,15,2024-01-01,
"""
RATES = """insurer_slug,product_code,pay_years,policy_year,rate_bp,valid_from,valid_to
taian,P1,20,1,3000,2024-01-01,
taian,P1,20,2,1000,2024-01-01,
"""


@pytest.fixture
def inbox(tmp_path):
    """An inbox with the firm's lists."""
    folder = tmp_path / "inbox" / "master"
    folder.mkdir(parents=True)
    for name, content in {
        "agents.csv": AGENTS,
        "insurers.csv": INSURERS,
        "products.csv": PRODUCTS,
        "commission_rates.csv": RATES,
    }.items():
        (folder / name).write_text(content, "utf-8-sig")
    return folder.parent


def correct(inbox, name, old, new):
    path = inbox / "master" / name
    content = path.read_text("utf-8-sig")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8-sig")


def ciphertexts(hub):
    with hub.connect() as connection:
        return list(connection.execute(text("SELECT agent_no, phone FROM agents ORDER BY 1")).tuples())


def test_a_corrected_validity_leaves_one_row(hub, inbox):
    """A corrected valid_from takes the place of the first: no second rate for the same time."""
    import_inbox(hub, inbox)
    correct(inbox, "commission_rates.csv", "3000,2024-01-01", "3000,2025-01-01")
    counts = dict(import_inbox(hub, inbox))
    assert counts["commission_rates.csv"] == MasterCount(1, 0, 1, 1)
    rates = read(hub, CommissionRate)
    assert sorted(zip(rates["policy_year"], rates["valid_from"].dt.date, strict=True)) == [
        (1, date(2025, 1, 1)),
        (2, date(2024, 1, 1)),
    ]


def test_a_corrected_agent_keeps_the_secrets_of_all(hub, inbox):
    """A corrected validity of one agent: his secrets are readable, the other's ciphertext untouched."""
    import_inbox(hub, inbox)
    before = ciphertexts(hub)
    correct(inbox, "agents.csv", "active,2024-01-01", "active,2023-06-01")
    assert dict(import_inbox(hub, inbox))["agents.csv"] == MasterCount(1, 0, 1, 1)
    agents = read(hub, Agent, decrypt=["phone", "name"])
    assert list(agents["phone"]) == ["13700000001", "13700000002"]
    assert list(agents["valid_from"].dt.date) == [date(2023, 6, 1), date(2024, 1, 1)]
    assert ciphertexts(hub)[1] == before[1]


def test_the_same_files_again_change_nothing(hub, inbox):
    """A second import leaves every row unchanged, ciphertexts included."""
    import_inbox(hub, inbox)
    before = ciphertexts(hub)
    counts = dict(import_inbox(hub, inbox))
    assert counts["agents.csv"] == MasterCount(0, 0, 2, 0)
    assert counts["products.csv"] == MasterCount(0, 0, 1, 0)
    assert ciphertexts(hub) == before


def test_a_file_that_is_not_there_removes_nothing(hub, inbox):
    """Only a file that lies in the inbox speaks for its table."""
    import_inbox(hub, inbox)
    (inbox / "master" / "products.csv").unlink()
    import_inbox(hub, inbox)
    assert len(read(hub, Product)) == 1


def test_insurers_are_never_removed(hub, inbox):
    """An insurer missing from the file stays: policies and statements belong to it."""
    import_inbox(hub, inbox)
    correct(inbox, "insurers.csv", "taian,泰安人寿", "minan,民安人寿")
    assert dict(import_inbox(hub, inbox))["insurers.csv"] == MasterCount(1, 0, 0, 0)
    assert sorted(read(hub, Insurer)["slug"]) == ["minan", "taian"]


def test_a_file_without_rows_is_refused(hub, inbox):
    """A header alone would remove every agent: refused by name, all rows stay."""
    import_inbox(hub, inbox)
    (inbox / "master" / "agents.csv").write_text(AGENTS.splitlines()[0] + "\n", "utf-8-sig")
    with pytest.raises(SourceFileInvalid, match=r"agents\.csv 只有表头"):
        import_inbox(hub, inbox)
    assert len(read(hub, Agent)) == 2


def test_a_bad_cell_changes_nothing(hub, inbox):
    """A cell that cannot be read refuses the file by line and column; the table is as before."""
    import_inbox(hub, inbox)
    correct(inbox, "commission_rates.csv", "taian,P1,20,2,1000", "taian,P1,20,2,十")
    with pytest.raises(SourceFileInvalid, match=r"commission_rates\.csv 第 3 行 rate_bp"):
        import_inbox(hub, inbox)
    assert sorted(read(hub, CommissionRate)["rate_bp"]) == [1000, 3000]
