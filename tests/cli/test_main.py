"""The `brokerflow` command as typed by a person."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from typer.testing import CliRunner

from cli.main import NOUNS, app
from config.settings import PROJECT_ROOT

HEAVY = ("prefect", "pandas", "playwright", "sqlalchemy", "rich", "pydantic")
runner = CliRunner()


def brokerflow(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_help_imports_nothing_heavy():
    """Asking for help loads none of the libraries that take seconds to import."""
    program = (
        "import json, sys\n"
        "from cli.main import app\n"
        "app(['--help'], standalone_mode=False)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    text, modules = done.stdout.rsplit("\n", 2)[:2]
    assert set(HEAVY) & set(json.loads(modules)) == set()
    assert all(noun in text for noun in [*NOUNS, "doctor", "demo", "up"])


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_answers_help(noun):
    """Each noun of the table is a real command with verbs of its own and says the same about itself."""
    answer = runner.invoke(app, [noun, "--help"], prog_name="brokerflow")
    assert answer.exit_code == 0, answer.output
    assert f"Usage: brokerflow {noun}" in answer.output
    assert "Commands:" in answer.output
    assert import_module(f"cli.{noun}").app.info.help == NOUNS[noun]


@pytest.mark.parametrize("command", ["doctor", "demo", "up", "deploy", "worker"])
def test_every_command_answers_help(command):
    """The commands of the root explain themselves in Chinese."""
    answer = runner.invoke(app, [command, "--help"])
    assert answer.exit_code == 0
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.output)


def test_known_error_is_one_chinese_sentence():
    """An error that speaks to people ends with exit code 1 on stderr, without a traceback."""
    done = brokerflow("hub", "migrate", BROKERFLOW_DATABASE_URL="mysql://somewhere/hub")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("【运行环境不完整】不支持的数据库：mysql。")
    assert "处理办法：" in done.stderr
    assert "Traceback" not in done.stderr


def test_mistyped_noun_is_refused_with_a_suggestion():
    """A word that is no command exits 2 and names the likeliest one."""
    answer = runner.invoke(app, ["comission"])
    assert answer.exit_code == 2
    assert "'commission'" in answer.output


def test_installed_command_is_on_the_path():
    """The editable install put `brokerflow` beside the interpreter."""
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "brokerflow"), "--help"],  # noqa: PTH118, PTH120 - the venv's link must not be resolved
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: brokerflow")
