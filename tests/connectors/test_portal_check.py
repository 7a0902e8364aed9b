"""brokerflow portal check knows the tables of the hub."""

import os
import subprocess
import sys

import pytest

from config.settings import PROJECT_ROOT

pytestmark = pytest.mark.service


def test_check_refuses_a_column_that_the_table_does_not_have(tmp_path):
    """A dataset that does not fit its table ends with exit code 1; column and file are named."""
    recipe = (PROJECT_ROOT / "config" / "portals" / "taian.yaml").read_text("utf-8")
    draft = tmp_path / "draft.yaml"
    draft.write_text(recipe.replace("name: receipt_no", "name: receipt_number"), "utf-8")
    answer = subprocess.run(
        [sys.executable, "-m", "cli.main", "portal", "check", str(draft)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1, answer.stdout
    assert "draft.yaml: datasets.premiums.columns.receipt_number: 数据库里没有对应的栏目" in answer.stdout
