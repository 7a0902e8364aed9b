"""Rows set aside can be read: the newest landing of each dataset, without personal data."""

from datetime import date

import pytest

from bots.records import PortalPage, SetAside
from connectors.database.engine import session
from connectors.database.store import upsert
from connectors.database.tables import Insurer
from connectors.files import land
from connectors.portal_quarantine import read_set_aside, refused_text
from connectors.portal_recipes import load_recipe
from connectors.portal_store import PageOrigin, save_page
from tests.database.samples import TAIAN
from tests.portal.test_portal_command import brokerflow

pytestmark = pytest.mark.service

FIRST, SECOND = date(2026, 11, 6), date(2026, 11, 7)
CURRENCY = SetAside({"币种": "美元", "投保人": "喆"}, 3, "币种", "BAD_VALUE", "币种：不在 lookups 里")
PERSON = SetAside({"投保人": "欧阳喆"}, 4, "投保人", "BAD_VALUE", "投保人：不详")
REMARK = SetAside({"备注": "电话 138-0000-0001"}, 5, "备注", "BAD_VALUE", "备注：不详")
SHAPE = SetAside({"1": "x"}, 6, "", "ROW_SHAPE", "有 1 格，表头有 9 栏")


@pytest.fixture(autouse=True)
def insurers(hub):
    """The hub knows the insurers of these tests."""
    with session(hub) as current:
        upsert(current, Insurer, [TAIAN | {"slug": slug} for slug in ("taian", "other", "gone")])


def collect(hub, day, *aside, dataset="premiums", raw=b"<html>", source="taian"):
    """Land one page of a night and save what it set aside."""
    page = PortalPage(dataset, 2, [], list(aside), raw, f"{dataset}-0002.html")
    with session(hub) as current:
        landed = land(current, raw, source=source, dataset=dataset, name=page.raw_name, business_date=day)
        save_page(current, page, PageOrigin(source, landed.id, ("policy_no",), day))


def open_rows(hub, insurer=None):
    with session(hub, read_only=True) as current:
        return [(row.insurer_slug, row.dataset, row.row_no) for row in read_set_aside(current, insurer)]


def test_only_the_newest_landing_of_each_dataset_is_open(hub):
    """A later night without the fault closes it, and so does a later file of the same night; others stay."""
    collect(hub, FIRST, CURRENCY)
    collect(hub, FIRST, PERSON, dataset="policies")
    collect(hub, FIRST, SHAPE, dataset="policies", raw=b"<html>again")
    collect(hub, FIRST, REMARK, source="other")
    assert open_rows(hub) == [("other", "premiums", 5), ("taian", "policies", 6), ("taian", "premiums", 3)]
    collect(hub, SECOND)
    assert open_rows(hub, "taian") == [("taian", "policies", 6)]


@pytest.mark.parametrize(
    ("item", "dataset", "shown"),
    [
        (CURRENCY, "premiums", "美元"),
        (PERSON, "policies", "欧**"),
        (REMARK, "statement_lines", "电话 138****0001"),
        (SHAPE, "premiums", ""),
        (PERSON, "premiums", "欧**"),
    ],
)
def test_refused_texts_are_masked(hub, item, dataset, shown):
    """Harmless columns show their text with numbers masked; personal and unknown ones a first sign."""
    collect(hub, FIRST, item, dataset=dataset)
    with session(hub, read_only=True) as current:
        (row,) = read_set_aside(current)
    assert refused_text(row, load_recipe) == shown


def test_a_portal_whose_recipe_is_gone_shows_no_text(hub):
    """Without a recipe nothing is known to be harmless."""
    collect(hub, FIRST, CURRENCY, source="gone")
    with session(hub, read_only=True) as current:
        (row,) = read_set_aside(current)
    assert refused_text(row, load_recipe) == "美*"


def test_the_command_lists_rows_place_by_place(hub, hub_url):
    """One line a row: dataset, page, row, column, code, reason, masked text; of one insurer or of all."""
    collect(hub, FIRST, CURRENCY, PERSON)
    answer = brokerflow("aside", "taian", BROKERFLOW_DATABASE_URL=hub_url)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "taian premiums 第 2 页第 3 行  币种  BAD_VALUE  币种：不在 lookups 里  美元"
    assert lines[1].endswith("投保人：不详  欧**")
    assert lines[2] == "共 2 行"
    assert brokerflow("aside", "other", BROKERFLOW_DATABASE_URL=hub_url).stdout.strip() == "共 0 行"


def test_unlock_says_when_there_is_nothing_to_forget(hub, hub_url):
    """The command for an account that the insurer unlocked answers also where no login was refused."""
    answer = brokerflow("unlock", "taian", BROKERFLOW_DATABASE_URL=hub_url)
    assert (answer.returncode, answer.stdout.strip()) == (0, "taian：没有被拒绝登录的记录")
