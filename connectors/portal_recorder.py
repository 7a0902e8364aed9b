"""Playwright's code generator: a window to click through, every action kept as one line of JSON."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bots.errors import SetupInvalid
from config.settings import Settings, has_display, process_environment
from connectors.browser import NO_DISPLAY_REMEDY, find_browser


def record_actions(url: str, settings: Settings) -> str:
    """Open a window at ``url``; what was done in it until it was closed. SetupInvalid without a screen."""
    if not has_display():
        raise SetupInvalid("录制要打开浏览器窗口，这台机器没有图形界面。", remedy=NO_DISPLAY_REMEDY)
    browser = settings.browser_path or find_browser(headed=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "actions.jsonl"
        command = [sys.executable, "-m", "playwright", "codegen", "--target", "jsonl", "-o", str(out)]
        chosen = {"PWTEST_CLI_EXECUTABLE_PATH": str(browser)} if browser else {}
        done = subprocess.run(
            [*command, "--lang", "zh-CN", url], env=process_environment() | chosen, check=False
        )
        if not out.is_file():
            raise SetupInvalid(
                f"录制没有留下任何操作（playwright codegen 退出码 {done.returncode}）。",
                remedy="检查网址，以及 brokerflow doctor 里的浏览器",
            )
        return out.read_text("utf-8")
