"""docs/acceptance.md: a part for each issue, and everything in a part was run in one run."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.acceptance.check import ISSUES, PARTS, Check, PlantedFault

_HEAD = """# Acceptance

Written by `make accept`, or issue by issue by `python -m tests.acceptance --issue N`; nothing here is typed
by hand. Each part says which run wrote it. Every command ran in a fresh `git clone` of the commit that its
part names, in a temporary folder without virtual environment; the demo's home is `data/demo-night/` in that
clone. A promise that a test keeps names the test; a skipped test keeps none.
"""
_PROMISES = ("Part", "Promise", "Command", "Seed, size", "Figure", "Result")
_FAULTS = ("Fault planted", "File", "Test that must turn red", "Outcome")
_FAULTS_HEAD = """
Each fault is planted alone in the clone; the named test was green before it, and must fail with it.
"""
_PART = re.compile(r"^(?=## Issue (\d+): )", re.MULTILINE)


def write_part(
    issue: int,
    facts: Mapping[str, str],
    checks: Sequence[Check],
    faults: Sequence[PlantedFault],
    *,
    folder: Path,
) -> str:
    """One issue's part: its run, its promises, its faults; addresses in the clone are relative."""
    own = [check for part in PARTS if part.issue == issue for check in checks if check.part == part]
    lines = [
        f"## Issue {issue}: {ISSUES[issue]} ({sum(check.is_passed for check in own)} of {len(own)} kept)\n",
        *_table(("Of this run", ""), facts.items()),
        "",
        *_table(_PROMISES, map(_promise_row, own)),
        f"\n### Planted faults ({sum(fault.is_seen for fault in faults)} of {len(faults)} seen)",
        _FAULTS_HEAD,
        *_table(_FAULTS, ((f.fault, f"`{f.file}`", f"`{f.test}`", f.outcome) for f in faults)),
    ]
    return "\n".join(lines).replace(f"{folder}/", "").replace(str(folder), "clone") + "\n"


def merge_parts(before: str, written: str) -> str:
    """The page with the parts just written; another issue's part stays as it stood before."""
    parts = _split(before) | _split(written)
    return "\n".join([_HEAD, *(parts[issue] for issue in sorted(parts))])


def _split(text: str) -> dict[int, str]:
    """Issue -> its part, from its heading to the next one's."""
    _, *found = _PART.split(text)
    return {int(issue): f"{part.strip()}\n" for issue, part in zip(found[::2], found[1::2], strict=True)}


def _promise_row(check: Check) -> tuple[str, ...]:
    result = "pass" if check.is_passed else "**FAIL**"
    return check.part.title, check.promise, f"`{check.command}`", check.size, check.figure, result


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(titles), *([_cell(value) for value in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return ["| " + " | ".join(line) + " |" for line in lines]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
