"""Speed, memory and faults of the portal engine: the figures of record, or else a short measurement."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.acceptance.check import PORTALS_FAULTS, PORTALS_SPEED, Check
from tests.acceptance.clone import Clone

RECORD = Path("docs", "benchmarks.md")
PROGRAM = "benchmarks/portal.py"
FULL = "--rounds 7 --cell-pages 2 --long-pages 1000 --portal-pages 50 --write"
SHORT = "--rounds 1 --pages 20 --cell-pages 1 --long-pages 300 --portal-pages 5 --write"
SHORT_SIZE = "short: 1 round of 20 pages, 300 pages in one session, 20 portals of 5 pages"
MEASURED = ("benchmarks", "bots", "connectors", "requirements.lock")
_GOAL = re.compile(r"^- (.+): (met|NOT met)$", re.MULTILINE)
_FAULT = re.compile(r"^\| ([a-z][^|]+) \| \d+ \| ([^|]+) \|", re.MULTILINE)
_RIGHT = re.compile(r"all rows right|error after \d+ rows")


def try_figures(clone: Clone) -> Iterator[Check]:
    """Goal by goal; figures of record count only where nothing that they measure has changed since."""
    clone.set_up()
    page = clone.folder / RECORD
    text = page.read_text("utf-8") if page.is_file() else ""
    commit = _said(text, "commit")
    if _said(text, "command").endswith(FULL) and _is_unchanged(clone, commit):
        yield from judge(text, FULL, f"{RECORD}, measured at {commit}")
        return
    done = clone.run(clone.python, PROGRAM, *SHORT.split(), seconds=1800)
    if done.code != 0:
        raise RuntimeError(done.output[-300:])
    yield from judge(page.read_text("utf-8"), SHORT, SHORT_SIZE)


def judge(text: str, options: str, size: str) -> Iterator[Check]:
    """Each goal of the page, then its table of faults."""
    command = f"python {PROGRAM} {options}"
    for said, verdict in _GOAL.findall(text):
        promise = re.split(r" = | \d", said)[0]
        yield Check(PORTALS_SPEED, promise, command, size, f"{said}: {verdict}", verdict == "met")
    rows = dict(_FAULT.findall(text))
    figure = "; ".join(f"{fault}: {ours[:60]}" for fault, ours in rows.items())
    promise = "The same faults through ours and two peers: ours brings all rows or an error"
    is_passed = len(rows) > 1 and all(_RIGHT.search(ours) for ours in rows.values())
    yield Check(PORTALS_FAULTS, promise, command, size, figure or "no table", is_passed)


def _said(text: str, name: str) -> str:
    found = re.search(rf"^- {name}: (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _is_unchanged(clone: Clone, commit: str) -> bool:
    """Never for a commit that is not known here, or was dirty."""
    return clone.run("git", "diff", "--quiet", commit, "HEAD", "--", *MEASURED).code == 0
