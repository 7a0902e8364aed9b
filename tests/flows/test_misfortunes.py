"""What goes wrong outside ends in one clear error, nothing half-written, and the rest goes on."""

import shutil
import sqlite3

import pytest

from tests.fixtures_cockpit import BUSINESS_DATE, NIGHT, PERIOD, Cockpit

pytestmark = [pytest.mark.night, pytest.mark.browser, pytest.mark.usefixtures("night")]

RECONCILE = "佣金对账/手动"
OTHER_DATE = "2026-11-07"


def workbook_figures(cockpit: Cockpit) -> list[tuple[str]]:
    with sqlite3.connect(cockpit.home / "hub.db") as hub:
        return hub.execute("SELECT figures, sha256 FROM workbooks").fetchall()


def test_a_portal_that_is_down_fails_the_night_by_name_and_people_are_told(cockpit):
    """The portal is down: the night fails naming it, reconciliation still ran, operations got an alarm."""
    cockpit.spoil("taian", down=True)
    run = cockpit.run(NIGHT, business_date=OTHER_DATE)
    assert run["state_type"] == "FAILED"
    assert "taian" in run["state"]["message"]
    assert "处理办法" in run["state"]["message"]
    told = [str(message) for message in cockpit.messages()]
    assert any("采集失败" in text for text in told)
    assert any(f"业务日 {OTHER_DATE}" in text and "差异" in text for text in told)


def test_a_bank_file_in_the_wrong_encoding_stops_the_reconciliation_and_keeps_the_old_workbook(cockpit):
    """A bank file of another encoding is refused whole, by name and remedy; the last workbook stays."""
    before = workbook_figures(cockpit)
    folder = cockpit.home / "inbox" / "bank" / "zhonghe"
    good = next(folder.glob("*.csv"))
    bad = folder / "众和银行_坏文件.csv"
    bad.write_bytes(good.read_bytes().decode("gb18030").encode("utf-16"))
    try:
        run = cockpit.run(RECONCILE, period=PERIOD, business_date=BUSINESS_DATE)
    finally:
        bad.unlink()
    assert run["state_type"] == "FAILED"
    assert bad.name in run["state"]["message"]
    assert "处理办法" in run["state"]["message"]
    assert workbook_figures(cockpit) == before


def test_a_master_file_with_a_bad_cell_names_file_line_and_column(cockpit):
    """A bad cell in the firm's own data: portals are collected, nothing is settled, operations are told."""
    before = workbook_figures(cockpit)
    master = cockpit.home / "inbox" / "master"
    good = (master / "products.csv").read_bytes()
    shutil.copyfile(master / "products.csv", cockpit.home / "products.good")
    header, first, *rest = good.decode("utf-8-sig").splitlines()
    broken = first.replace(",15,", ",十五,", 1) if ",15," in first else first.replace(",0,", ",零,", 1)
    (master / "products.csv").write_text("\n".join([header, broken, *rest]) + "\n", "utf-8-sig")
    try:
        run = cockpit.run(NIGHT, business_date=OTHER_DATE)
    finally:
        shutil.copyfile(cockpit.home / "products.good", master / "products.csv")
    assert run["state_type"] == "FAILED"
    assert "products.csv 第 2 行 cooling_off_days" in run["state"]["message"]
    assert any("products.csv" in str(message) for message in cockpit.messages())
    assert workbook_figures(cockpit) == before
