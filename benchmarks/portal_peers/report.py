"""The figures as text, and as docs/benchmarks.md."""

import importlib.metadata
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
_INTRO = """# Benchmarks

Written by `benchmarks/portal.py --write` and by nothing else. Every figure can be taken again with the
command below; each peer has its lock in `benchmarks/peers/` and gets an environment when it is first run.

- Wall seconds run from the empty browser window to the last row in Python, login included. After login is the
  same without it: what grows with the number of pages. Client CPU is Python and the driver; the browser's own
  CPU stands apart. Every contender drives the same browser, in a
  process of its own, in turn; its rows must have the same hash as the server's.
- Every contender walks page after page as one account does; none reads pages side by side.
- Forms that read cell by cell read fewer pages; what comes after their login is scaled up.
- Ours also decodes each cell, proves the printed total, keeps each page's bytes and watches for a lost
  session.
"""


@dataclass
class Section:
    """One part of the report: a title, sentences, and a table that may be empty."""

    title: str
    lines: list[str]
    table: list[list[str]]


def machine(browser: Path, command: str) -> list[str]:
    """Where, when and with what this was measured."""
    memory = psutil.virtual_memory().total / 1024**3
    said = subprocess.run(
        [str(browser), "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    commit = _git("rev-parse", "--short", "HEAD") + (
        "-dirty" if _git("status", "--porcelain", "--untracked-files=no") else ""
    )
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return [
        f"date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"command: {command}",
        f"commit: {commit}",
        f"machine: {platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"load when it began: {load}",
        f"Python {platform.python_version()}, playwright {importlib.metadata.version('playwright')}, {said}",
    ]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def as_text(section: Section) -> str:
    """For the terminal."""
    lines = [f"\n{section.title}", *section.lines]
    if section.table:
        widths = [max(map(len, column)) for column in zip(*section.table, strict=True)]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in section.table
        ]
    return "\n".join(lines)


def as_markdown(section: Section) -> str:
    """For the page."""
    parts = [f"## {section.title}", "\n".join(f"- {line}" for line in section.lines)]
    if section.table:
        header, *rows = [[cell.replace("|", "\\|") for cell in row] for row in section.table]
        lines = [header, ["---"] * len(header), *rows]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in lines))
    return "\n\n".join(part for part in parts if part)


def write_page(sections: list[Section]) -> None:
    """docs/benchmarks.md."""
    PAGE.write_text("\n\n".join([_INTRO.strip(), *map(as_markdown, sections)]) + "\n", "utf-8")
