"""brokerflow portal check knows the tables of the hub."""

import os
import subprocess
import sys

import pytest

from config.settings import PROJECT_ROOT

pytestmark = pytest.mark.service


def test_check_refuses_a_dataset_that_feeds_no_table(tmp_path):
    """A recipe with an unknown dataset name ends with exit code 1, named by file and key."""
    recipe = (PROJECT_ROOT / "config" / "portals" / "taian.yaml").read_text("utf-8")
    draft = tmp_path / "draft.yaml"
    draft.write_text(recipe.replace("\n  premiums:\n", "\n  premium_list:\n"), "utf-8")
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
    assert "draft.yaml: datasets.premium_list:" in answer.stdout
    assert "premiums" in answer.stdout
