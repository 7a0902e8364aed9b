"""A copy of the set-up in a folder of its own, so that stamps and .env of this checkout stay untouched."""

import shutil

import pytest

from config.settings import PROJECT_ROOT


@pytest.fixture
def copied_house(tmp_path):
    """The files that set-up needs before and after the packages are there."""
    for folder in ("bots", "cli", "config", "connectors", "flows", "sandbox", "web"):
        shutil.copytree(
            PROJECT_ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in (".env.example", "README.md", "bootstrap.lock", "pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT_ROOT / name, tmp_path / name)
    return tmp_path
