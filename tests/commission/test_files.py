"""`brokerflow commission settle`: the month from a folder of CSV files, as a process of its own."""

import csv
import json
import subprocess
import sys

import pytest

from bots.commission.workbook import read_figures
from config.settings import PROJECT_ROOT
from sandbox.bank_file import FILE_NAME, bank_csv
from sandbox.brokerage import build_brokerage
from tests.commission.sandbox_frames import PERIOD, frames_of

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def brokerage():
    """A brokerage of 150 policies."""
    return build_brokerage(policies=150)


@pytest.fixture
def folder(brokerage, tmp_path):
    """The brokerage as CSV files and a bank file."""
    ledger, statements, lines, _ = frames_of(brokerage)
    tables = {name: getattr(ledger, name) for name in type(ledger).__slots__}
    tables |= {"statements": statements, "statement_lines": lines}
    for name, frame in tables.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False, encoding="utf-8-sig")
    bank = tmp_path / "bank" / "zhonghe"
    bank.mkdir(parents=True)
    (bank / FILE_NAME).write_bytes(bank_csv(brokerage.bank.movements))
    return tmp_path


def settle(folder, period=PERIOD):
    """The command's outcome."""
    command = [sys.executable, "-m", "cli.main", "commission", "settle", "--in", str(folder)]
    command += ["--out", str(folder / "out"), "--period", period, "--business-date", "2026-11-06"]
    return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_ROOT, check=False, timeout=120)


def rows(path):
    """A CSV's rows as dicts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_month_is_settled_from_files_alone(brokerage, folder):
    """Breaks, settlement lines and workbook agree with the truth; exit code 0."""
    done = settle(folder)
    assert done.returncode == 0, done.stderr
    assert "勾稽  全部为零" in done.stdout
    breaks = rows(folder / "out" / "breaks.csv")
    assert sorted(row["break_class"] for row in breaks) == sorted(
        row["break_class"] for row in brokerage.truth["breaks"]
    )
    assert all(isinstance(json.loads(row["evidence"]), dict) for row in breaks)
    lines = rows(folder / "out" / "settlement_lines.csv")
    assert sum(int(row["amount_fen"]) for row in lines) == brokerage.truth["own_due_fen"]
    figures = read_figures((folder / "out" / f"佣金对账_{PERIOD}.xlsx").read_bytes())
    assert round(figures["可发放合计"] * 100) == brokerage.truth["payable_fen"]


def test_a_missing_table_is_named(folder):
    """A folder without the rates ends in one Chinese sentence, exit code 1 and no output."""
    (folder / "commission_rates.csv").unlink()
    done = settle(folder)
    assert done.returncode == 1
    assert "commission_rates.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out").exists()


def test_a_table_in_the_wrong_encoding_is_named(folder):
    """A table saved in GBK is refused by name."""
    path = folder / "products.csv"
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gbk"))
    done = settle(folder)
    assert done.returncode == 1
    assert "products.csv" in done.stderr


def test_a_wrong_period_is_a_usage_error(folder):
    """A month that is none is answered with how to write it."""
    done = settle(folder, "2026年10月")
    assert done.returncode == 2
    assert "2026-10" in done.stderr
