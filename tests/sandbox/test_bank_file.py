"""The bank's page and CSV."""

import csv
import io

import httpx

from sandbox.bank_file import HEADER, bank_csv
from sandbox.scene import PAYER_NAMES


def _rows(brokerage):
    return list(csv.reader(io.StringIO(bank_csv(brokerage.bank.movements).decode("gb18030"))))


def _fen(text):
    return int(text.replace(",", "").replace(".", ""))


def test_file_has_preamble_header_and_footer(small_sandbox):
    """Six lines before the header, four after the movements."""
    rows = _rows(small_sandbox.brokerage)
    assert rows[6] == HEADER.split(",")
    assert "*" in rows[1][1]
    assert [row[0] for row in rows[-4:-1]] == ["收入合计：", "支出合计：", "期末余额："]
    assert rows[-1] == [f"共 {len(rows) - 11} 笔"]


def test_balance_chain_closes(small_sandbox):
    """Opening balance plus movements is each printed balance and the closing one."""
    rows = _rows(small_sandbox.brokerage)
    balance = _fen(rows[4][1])
    for row in rows[7:-4]:
        balance += _fen(row[2]) * (1 if row[1] == "贷" else -1)
        assert _fen(row[3]) == balance
    assert _fen(rows[-2][1]) == balance


def test_long_numbers_follow_a_tab(small_sandbox):
    """Transaction and account numbers are kept from Excel's hands by a tab."""
    for row in _rows(small_sandbox.brokerage)[7:-4]:
        assert row[5].startswith("\t")
        assert row[6].startswith("\t") or row[4] == "结息"


def test_insurer_money_is_the_truth(small_sandbox):
    """What came from the insurer's payer names adds up to the truth; others are in the file too."""
    incoming = [row for row in _rows(small_sandbox.brokerage)[7:-4] if row[1] == "贷"]
    ours = [row for row in incoming if row[7] in PAYER_NAMES]
    assert sum(_fen(row[2]) for row in ours) == small_sandbox.truth["bank_fen"]
    assert len(ours) == 7 < len(incoming)


def test_download_is_the_written_file(small_sandbox):
    """The page's download has the same bytes as the file that the command writes."""
    answer = httpx.get(f"{small_sandbox.url}/bank/download")
    assert answer.content == bank_csv(small_sandbox.brokerage.bank.movements)
    assert "众和银行" in httpx.get(f"{small_sandbox.url}/bank/").text
