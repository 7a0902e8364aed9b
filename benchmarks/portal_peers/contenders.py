"""Who is measured, and one run of one of them in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from environments import PEERS, Broken, NotRun, python_of

OURS = Path(__file__).with_name("ours.py")
_LONGEST_SECONDS = 900
PAGE, CELL, HTTP = "page by page", "cell by cell", "no page"


@dataclass(frozen=True, slots=True)
class Contender:
    """One tool in one form; ``peer`` None is ours."""

    name: str
    peer: str | None
    form: str
    kind: str


CONTENDERS = (
    Contender("ours, table", None, "table", PAGE),
    Contender("Playwright, one script", "playwright", "script", PAGE),
    Contender("Playwright, all_text_contents", "playwright", "texts", PAGE),
    Contender("Selenium, execute_script", "selenium", "script", PAGE),
    Contender("RPA.Browser.Selenium, execute_javascript", "rpaframework", "script", PAGE),
    Contender("robotframework-browser, evaluate_javascript", "robotframework_browser", "script", PAGE),
    Contender("scrapy-playwright, response.css", "scrapy_playwright", "css", PAGE),
    Contender("scrapy-playwright, one script", "scrapy_playwright", "script", PAGE),
    Contender("crawlee, one script", "crawlee", "script", PAGE),
    Contender("Playwright, inner_text", "playwright", "cell", CELL),
    Contender("Selenium, element.text", "selenium", "cell", CELL),
    Contender("RPA.Browser.Selenium, get_table_cell", "rpaframework", "cell", CELL),
    Contender("robotframework-browser, get_text", "robotframework_browser", "cell", CELL),
    Contender("crawlee, text_content", "crawlee", "cell", CELL),
    Contender("ours, http, JSON", None, "http", HTTP),
    Contender("ours, http, HTML pages", None, "pages", HTTP),
    Contender("httpx, JSON", "httpx_lxml", "json", HTTP),
    Contender("httpx and lxml, HTML", "httpx_lxml", "html", HTTP),
)


def run(contender: Contender, url: str, pages: int, browser: Path) -> dict[str, Any]:
    """The contender's own report. Raises NotRun with the reason."""
    if contender.peer is None:
        command = [sys.executable, str(OURS)]
    else:
        command = [str(python_of(contender.peer)), str(PEERS / contender.peer / "run.py")]
        if contender.peer in {"selenium", "rpaframework"}:
            command += ["--driver", _chromedriver()]
    command += ["--form", contender.form, "--url", url, "--pages", str(pages), "--browser", str(browser)]
    return ask(command)


def ask(command: list[str], seconds: float = _LONGEST_SECONDS) -> Any:
    """The JSON of the last line that a command prints; Broken with its last words if there is none."""
    # Some frameworks leave files in the folder they are started in.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            printed, complained = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            kill_family(process.pid)
            raise Broken(f"no end within {seconds:g} s") from None
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    if process.returncode or not lines:
        said = (complained or printed).strip().splitlines() or ["no word"]
        raise Broken(next((line for line in said if "Error" in line), said[-1])[:200])
    return json.loads(lines[-1])


def kill_family(pid: int) -> None:
    """A process with its drivers and browsers, which would hold its pipes open."""
    with suppress(psutil.NoSuchProcess):
        leader = psutil.Process(pid)
        for process in [*leader.children(recursive=True), leader]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _chromedriver() -> str:
    found = shutil.which("chromedriver")
    if found is None:
        raise NotRun("no chromedriver on the PATH (Debian: chromium-driver)")
    return found
