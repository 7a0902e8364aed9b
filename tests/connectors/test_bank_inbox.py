"""Finance's bank files: taken in once, refused by name, never overwritten; on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from bots.errors import RulesInvalid, SourceFileInvalid
from connectors.bank_inbox import import_bank_files
from connectors.database.engine import session
from connectors.database.tables import BankReceipt, LandingFile
from connectors.files import read_landed
from tests.commission.test_bank_file import GOOD
from tests.connectors.conftest import read

DAY = date(2026, 11, 6)


@pytest.fixture
def inbox(tmp_path):
    """An inbox with the folder of one bank."""
    (tmp_path / "inbox" / "bank" / "zhonghe").mkdir(parents=True)
    return tmp_path / "inbox"


def drop(inbox, name, *replacements):
    """The bank's file of October with replacements of texts, as downloaded."""
    text = "\r\n".join([*GOOD, ""])
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = inbox / "bank" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("gb18030"))
    return path


def take_in(hub, inbox):
    return [(file.name, file.movements, file.new) for file in import_bank_files(hub, inbox, DAY, None)]


def landed(hub):
    with session(hub, read_only=True) as current:
        return {file.name: read_landed(current, file.id) for file in current.scalars(select(LandingFile))}


def test_a_file_again_under_another_name_adds_nothing(hub, inbox):
    """The same movements in a second download are known; an inbox without a folder is no fault."""
    assert take_in(hub, inbox.parent) == []
    drop(inbox, "zhonghe/十月.csv")
    assert take_in(hub, inbox) == [("十月.csv", 2, 2)]
    drop(inbox, "zhonghe/十月 (1).CSV")
    assert take_in(hub, inbox) == [("十月 (1).CSV", 2, 0), ("十月.csv", 2, 0)]
    assert len(read(hub, BankReceipt)) == 2


OTHER_AMOUNT = [
    ('"1,234.50","2,234.50"', '"1,300.00","2,300.00"'),
    ('"2,200.00"', '"2,265.50"'),
    ('2 笔,"1,234.50"', '2 笔,"1,300.00"'),
]
OTHER_TIME = [("2026-10-09 10:17:48", "2026-10-08 10:17:48")]
OTHER_DIRECTION = [
    ('贷,"1,234.50","2,234.50"', '借,"1,234.50",-234.50'),
    ('"2,200.00"', "-269.00"),
    ('2 笔,"1,234.50"', "1 笔,0.00"),
    ("1 笔,34.50", '2 笔,"1,269.00"'),
]


@pytest.mark.parametrize(
    "replacements", [OTHER_AMOUNT, OTHER_TIME, OTHER_DIRECTION], ids=["amount", "time", "direction"]
)
def test_a_known_movement_with_another_truth_is_refused(hub, inbox, replacements):
    """Another amount, time or direction under a known number: refused by file and line, as it was."""
    drop(inbox, "zhonghe/十月.csv")
    take_in(hub, inbox)
    before = read(hub, BankReceipt).to_dict("records")
    drop(inbox, "zhonghe/改.csv", *replacements)
    with pytest.raises(SourceFileInvalid, match=r"改\.csv 第 8 行（流水号 2026100910174871）") as caught:
        take_in(hub, inbox)
    assert "账户" in caught.value.remedy
    assert read(hub, BankReceipt).to_dict("records") == before
    assert "改.csv" in landed(hub)


def test_a_file_without_movements_is_taken_in(hub, inbox):
    """A month in which nothing was booked adds nothing, before and after others."""
    no_rows = [(f"{row}\r\n", "") for row in GOOD[7:10]]
    no_sums = [('2 笔,"1,234.50"', "0 笔,0.00"), ("1 笔,34.50", "0 笔,0.00"), ("2,200.00", "1,000.00")]
    drop(inbox, "zhonghe/空.csv", *no_rows, *no_sums, ("共 3", "共 0"))
    assert take_in(hub, inbox) == [("空.csv", 0, 0)]
    drop(inbox, "zhonghe/十月.csv")
    assert take_in(hub, inbox) == [("十月.csv", 2, 2), ("空.csv", 0, 0)]


def test_a_refused_file_leaves_its_bytes_sealed(hub, inbox):
    """A file in the wrong encoding is refused by name; what was seen can be read back from landing."""
    path = inbox / "bank" / "zhonghe" / "坏.csv"
    path.write_bytes("\r\n".join(GOOD).encode("utf-16"))
    with pytest.raises(SourceFileInvalid, match=r"坏\.csv"):
        take_in(hub, inbox)
    assert landed(hub) == {"坏.csv": path.read_bytes()}
    assert len(read(hub, BankReceipt)) == 0


@pytest.mark.parametrize(
    "name",
    ["十月.csv", "zhonghe/十月.xlsx", "zhonghe/十月.csv.bak", "zhonghe/旧/九月.csv", "说明.txt"],
)
def test_what_is_not_understood_is_refused_by_name(hub, inbox, name):
    """Another suffix, a file beside the folders, a folder inside one: named, and nothing is read."""
    drop(inbox, "zhonghe/good.csv")
    drop(inbox, name)
    with pytest.raises(SourceFileInvalid) as caught:
        take_in(hub, inbox)
    assert f"：{name.removesuffix('/九月.csv')}。" in caught.value.what
    assert landed(hub) == {}


def test_hidden_and_lock_files_are_left_alone(hub, inbox):
    """Hidden files and Excel's lock files are no bank files."""
    for name in ("zhonghe/~$十月.xlsx", "zhonghe/.DS_Store", ".gitkeep"):
        (inbox / "bank" / name).write_bytes(b"x")
    drop(inbox, "zhonghe/十月.csv")
    assert take_in(hub, inbox) == [("十月.csv", 2, 2)]


def test_a_folder_of_an_unknown_bank_is_refused(hub, inbox):
    """A bank without a layout is refused with the name of the file that is missing."""
    drop(inbox, "nobank/十月.csv")
    with pytest.raises(RulesInvalid, match=r"nobank\.yaml"):
        take_in(hub, inbox)
