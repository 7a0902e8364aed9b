"""docs/acceptance.md: everything in it was run in this run."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.acceptance.check import ISSUES, PARTS, Check, PlantedFault

_HEAD = """# Acceptance

Written by `make accept` (`python -m tests.acceptance`); nothing here is typed by hand. Every command ran in
a fresh `git clone` of the commit below, in a temporary folder without virtual environment. The demo's home is
`data/demo-night/` in that clone. A promise that a test keeps names the test; a skipped test keeps none.
"""
_PROMISES = ("Part", "Promise", "Command", "Seed, size", "Figure", "Result")
_FAULTS = ("Fault planted", "File", "Test that must turn red", "Outcome")
_FAULTS_HEAD = """
Each fault is planted alone in the clone; the named test was green before it, and must fail with it.
"""


def write_report(
    path: Path,
    machine: Mapping[str, str],
    checks: Sequence[Check],
    faults: Sequence[PlantedFault],
    *,
    folder: Path,
) -> None:
    """Write the report; addresses below ``folder`` (the clone) are written relative to it."""
    text = "\n".join(
        [
            _HEAD,
            *_table(("Of this run", ""), machine.items()),
            *(line for issue in ISSUES for line in _issue(issue, checks)),
            f"\n## Planted faults ({sum(fault.is_seen for fault in faults)} of {len(faults)} seen)",
            _FAULTS_HEAD,
            *_table(_FAULTS, ((f.fault, f"`{f.file}`", f"`{f.test}`", f.outcome) for f in faults)),
        ]
    )
    path.write_text(text.replace(f"{folder}/", "").replace(str(folder), "clone") + "\n", "utf-8")


def _issue(issue: int, checks: Sequence[Check]) -> list[str]:
    """The section of one issue, in the order of its headings."""
    own = [check for part in PARTS if part.issue == issue for check in checks if check.part == part]
    head = f"\n## Issue {issue}: {ISSUES[issue]} ({_kept(own)})\n"
    return [head, *_table(_PROMISES, map(_promise_row, own))]


def _kept(checks: Sequence[Check]) -> str:
    return f"{sum(check.is_passed for check in checks)} of {len(checks)} kept"


def _promise_row(check: Check) -> tuple[str, ...]:
    result = "pass" if check.is_passed else "**FAIL**"
    return check.part.title, check.promise, f"`{check.command}`", check.size, check.figure, result


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(titles), *([_cell(value) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return ["| " + " | ".join(line) + " |" for line in lines]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
