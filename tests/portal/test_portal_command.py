"""brokerflow portal: from a recipe and files alone."""

import csv
import errno
import os
import subprocess
import sys
from datetime import datetime, timedelta
from unittest.mock import MagicMock
from zoneinfo import ZoneInfo

import pytest

from bots.errors import StorageFull
from cli.portal import write_rows
from config.settings import PROJECT_ROOT
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import TAIAN

pytestmark = pytest.mark.service

SECRETS = {
    "BROKERFLOW_SECRET_TAIAN_USER": PORTAL_USER,
    "BROKERFLOW_SECRET_TAIAN_PASSWORD": PORTAL_PASSWORD,
}


def brokerflow(*arguments, **secrets):
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "portal", *map(str, arguments)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **SECRETS, **secrets},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_check_passes_the_committed_recipes():
    """All recipes of config/portals are green, with the datasets that each one reads."""
    answer = brokerflow("check")
    assert answer.returncode == 0, answer.stdout
    assert "✓ taian 泰安人寿：保单 policies、保全记录 endorsements" in answer.stdout


def test_check_names_file_line_and_key(tmp_path):
    """A recipe with faults ends with exit code 1 and one line for each of them."""
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        TAIAN.replace("    title: 保全记录\n", "").replace("    title: 佣金结算明细\n", ""), "utf-8"
    )
    answer = brokerflow("check", draft)
    assert answer.returncode == 1
    assert answer.stdout.count("draft.yaml:") == 2
    assert "datasets.endorsements.title: 缺少这个必填的键" in answer.stdout


@pytest.mark.browser
def test_try_brings_a_dataset_into_a_file(small_sandbox, tmp_path):
    """The rows land in the CSV; the sentence says rows, expected, seconds and round trips; exit code 0."""
    out = tmp_path / "rows.csv"
    options = ("--dataset", "policies", "--param", "from_date=2000-01-01", "--param", "to_date=2030-12-31")
    recipe = PROJECT_ROOT / "config" / "portals" / "taian.yaml"
    address = f"{small_sandbox.url}/taian/"
    answer = brokerflow("try", recipe, *options, "--out", out, "--base-url", address)
    assert answer.returncode == 0, answer.stderr
    assert "保单 policies：读到 120 行，应有 120 行，搁置 0 行" in answer.stdout
    assert "往返" in answer.stdout
    with out.open(encoding="utf-8-sig", newline="") as file:
        numbers = [row["policy_no"] for row in csv.DictReader(file)]
    assert numbers == [policy.policy_no for policy in small_sandbox.brokerage.policies]


@pytest.mark.browser
def test_try_that_fails_keeps_evidence_and_writes_no_rows(small_sandbox, tmp_path):
    """A dataset that is not complete ends with exit code 1, one sentence and evidence, without a CSV."""
    small_sandbox.spoil("taian", wrong_total="count")
    out, evidence = tmp_path / "rows.csv", tmp_path / "evidence"
    options = ("--dataset", "statements", "--param", "period=2026-10", "--out", out, "--evidence", evidence)
    answer = brokerflow("try", "taian", *options, "--base-url", f"{small_sandbox.url}/taian/")
    assert answer.returncode == 1
    assert "采集不完整" in answer.stderr
    assert "应有 6 条，读到 5 条" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not out.exists()
    assert (evidence / "taian-statements-1.png").stat().st_size > 1000


@pytest.mark.browser
@pytest.mark.parametrize(
    ("max_pages", "said"),
    [
        (1, "保单 policies：只读了前 1 页，未核对合计；读到 100 行，搁置 0 行"),
        (3, "保单 policies：读到 120 行，应有 120 行，搁置 0 行"),
    ],
)
def test_try_may_stop_after_a_few_pages(small_sandbox, tmp_path, max_pages, said):
    """A run cut short says so and claims nothing; one that comes to the end within its pages is complete."""
    out = tmp_path / "rows.csv"
    options = ("--dataset", "policies", "--param", "from_date=2000-01-01", "--param", "to_date=2030-12-31")
    where = ("--base-url", f"{small_sandbox.url}/taian/", "--out", out, "--max-pages", max_pages)
    answer = brokerflow("try", "taian", *options, *where)
    assert answer.returncode == 0, answer.stderr
    assert said in answer.stdout
    assert len(out.read_text("utf-8-sig").splitlines()) == min(max_pages * 100, 120) + 1


@pytest.mark.browser
def test_try_of_a_few_pages_fails_on_an_unsound_page(small_sandbox):
    """A page that changed fails the run also where only the first page is asked for."""
    small_sandbox.spoil("taian", missing_column="币种")
    options = ("--dataset", "policies", "--param", "from_date=2000-01-01", "--param", "to_date=2030-12-31")
    where = ("--base-url", f"{small_sandbox.url}/taian/", "--max-pages", 1)
    answer = brokerflow("try", "taian", *options, *where)
    assert answer.returncode == 1
    assert "缺少栏目：币种" in answer.stderr


@pytest.mark.browser
def test_try_names_the_fallback_that_it_used(small_sandbox, tmp_path):
    """The rows are whole, and the line below says portal, dataset and both selectors."""
    draft, wanted = tmp_path / "taian.yaml", '"input[value=查询]"'
    draft.write_text(TAIAN.replace(wanted, f'["#search", {wanted}]'), "utf-8")
    options = ("--dataset", "policies", "--param", "from_date=2000-01-01", "--param", "to_date=2030-12-31")
    answer = brokerflow("try", draft, *options, "--base-url", f"{small_sandbox.url}/taian/")
    assert answer.returncode == 0, answer.stderr
    said = "备用选择器：泰安人寿（taian） policies 点击时没有 #search，用了 input[value=查询]"
    assert said in answer.stdout


def test_try_outside_the_hours_says_when_to_try_again(tmp_path):
    """A closed portal is told before any secret is read; exit code 1."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    opens, closes = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (2, 3))
    draft = tmp_path / "taian.yaml"
    hours = f'name: 泰安人寿\nopen_hours: "{opens}-{closes}"'
    draft.write_text(TAIAN.replace("name: 泰安人寿", hours), "utf-8")
    answer = brokerflow("try", draft, "--dataset", "policies", BROKERFLOW_SECRET_TAIAN_USER="")
    assert answer.returncode == 1
    assert f"现在不开放：开放时间 {opens}-{closes}" in answer.stderr
    assert f"{opens} 以后重新运行" in answer.stderr


def test_try_with_a_window_needs_a_screen():
    """Where there is no screen, --headed says so and names xvfb-run."""
    answer = brokerflow("try", "taian", "--dataset", "policies", "--headed", DISPLAY="", WAYLAND_DISPLAY="")
    assert answer.returncode == 1
    assert "没有图形界面" in answer.stderr
    assert "xvfb-run" in answer.stderr


def test_try_without_a_secret_names_it():
    """A missing secret is named with its variable before a browser is opened."""
    answer = brokerflow("try", "taian", "--dataset", "policies", BROKERFLOW_SECRET_TAIAN_USER="")
    assert answer.returncode == 1
    assert "BROKERFLOW_SECRET_TAIAN_USER" in answer.stderr


def test_formulas_in_texts_stay_texts(tmp_path):
    """A text that a spreadsheet would run stands behind an apostrophe; numbers keep their sign."""
    path = tmp_path / "rows.csv"
    write_rows(path, [{"a": "=1+1", "b": -5}, {"a": "@x", "c": "-2"}, {"a": "+86", "c": "喆"}])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    assert rows == [["'=1+1", "-5", ""], ["'@x", "", "'-2"], ["'+86", "", "喆"]]


def test_rows_on_a_full_disk_leave_no_half_file(tmp_path, monkeypatch):
    """What was there stays, the error names the file; with room again all is written."""
    path = tmp_path / "rows.csv"
    path.write_text("before")
    rows = [{"policy_no": f"KH{number:08d}"} for number in range(1_000)]
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", MagicMock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(StorageFull, match=r"rows\.csv"):
            write_rows(path, rows)
    assert [each.name for each in tmp_path.iterdir()] == ["rows.csv"]
    assert path.read_text() == "before"
    write_rows(path, rows)
    assert path.read_text("utf-8-sig").count("\n") == 1_001


def test_rows_go_through_what_is_no_file(tmp_path):
    """A link to somewhere else, as /dev/stdout is one, stays a link."""
    target, path = tmp_path / "target", tmp_path / "link"
    target.write_text("")
    path.symlink_to(target)
    write_rows(path, [{"a": 1}])
    assert path.is_symlink()
    assert target.read_text("utf-8-sig") == "a\n1\n"
