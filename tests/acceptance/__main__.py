"""`make accept`: try every promise of the issues, plant every fault, write docs/acceptance.md.

`--issue 3` tries what belongs to that issue and writes its part of the page; the other part stays.
`--only demo faults` tries some topics and prints them; a part is written when all of it was tried.
HEAD is cloned first and the rest runs as the clone's own code: what is being edited takes no part in it.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from config.settings import PROJECT_ROOT
from tests.acceptance.check import DONE_WHEN, ISSUES, PORTALS_DONE, Check, PlantedFault
from tests.acceptance.clone import Clone, fresh_clone
from tests.acceptance.demo import try_demo
from tests.acceptance.machine import describe_machine, describe_start
from tests.acceptance.planting import try_faults
from tests.acceptance.portal_figures import try_figures
from tests.acceptance.portals import try_portals
from tests.acceptance.report import merge_parts, write_part
from tests.acceptance.suite import try_check, try_help, try_portal_tests, try_tests

Topic = Callable[[Clone], Iterator[Check]]

# The demo comes first: it is tried without a virtual environment.
TOPICS: dict[str, tuple[Topic, set[int]]] = {
    "demo": (try_demo, {2}),
    "help": (try_help, {2}),
    "check": (try_check, {2}),
    "tests": (try_tests, {2}),
    "portal-tests": (try_portal_tests, {3}),
    "portals": (try_portals, {3}),
    "figures": (try_figures, {3}),
}
DONE = {2: DONE_WHEN, 3: PORTALS_DONE}
FAULTS = "faults"
REPORT = Path("docs", "acceptance.md")


def main(arguments: list[str]) -> int:
    """0 when every promise tried was kept and every fault planted was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("--issue", type=int, choices=list(ISSUES), help="this issue alone")
    parser.add_argument("--only", nargs="+", choices=[*TOPICS, FAULTS], help="these topics alone, no report")
    parser.add_argument("--inside", type=Path, metavar="SCRATCH", help="this is the clone (set by itself)")
    chosen = parser.parse_args(arguments)
    if chosen.inside:
        issues = [chosen.issue] if chosen.issue else list(ISSUES)
        return try_issues(Clone(PROJECT_ROOT, chosen.inside), issues, chosen.only)
    with fresh_clone() as clone:
        command = [sys.executable, "-m", "tests.acceptance", *arguments, "--inside", str(clone.scratch)]
        done = subprocess.run(command, cwd=clone.folder, env=clone.environment(), check=False)
        written = clone.scratch / REPORT.name
        if written.exists():
            _update_report(PROJECT_ROOT / REPORT, written.read_text("utf-8"))
    return done.returncode


def try_issues(clone: Clone, issues: Sequence[int], only: Sequence[str] | None) -> int:
    """Try what belongs to the issues in the clone that this process runs from; exit code as ``main``."""
    started, start = time.monotonic(), describe_start(issues)
    chosen = only or [*TOPICS, FAULTS]
    checks = [check for name in TOPICS if name in chosen for check in _try(clone, name, issues)]
    faults = {issue: list(_plant(clone, issue)) if FAULTS in chosen else [] for issue in issues}
    if only is None:
        facts = start | describe_machine(clone)
        parts = [write_part(issue, facts, checks, faults[issue], folder=clone.folder) for issue in issues]
        (clone.scratch / REPORT.name).write_text("\n".join(parts), "utf-8")
    planted = [fault for each in faults.values() for fault in each]
    broken = [check.promise for check in checks if not check.is_passed]
    broken += [fault.fault for fault in planted if not fault.is_seen]
    _say(f"{len(checks)} promises, {len(planted)} faults, {time.monotonic() - started:.0f} s")
    _say(f"broken: {'; '.join(broken) or 'none'}")
    return 1 if broken or not (checks or planted) else 0


def _update_report(page: Path, written: str) -> None:
    before = page.read_text("utf-8") if page.is_file() else ""
    page.write_text(merge_parts(before, written), "utf-8")
    _say(f"{REPORT} written")


def _try(clone: Clone, name: str, issues: Sequence[int]) -> Iterator[Check]:
    """A topic's checks as they come; what keeps the topic from going on is a broken promise too."""
    topic, its_issues = TOPICS[name]
    own = its_issues & set(issues)
    try:
        for check in topic(clone) if own else ():
            if check.part.issue in own:
                _say(f"{'pass' if check.is_passed else 'FAIL'}  {check.promise}: {check.figure}")
                yield check
    except Exception as error:  # noqa: BLE001 - whatever it is, it must stand in the report
        words = _words(name, error)
        for issue in own:
            promise = f"All of the topic “{name}” can be tried"
            yield Check(DONE[issue], promise, name, "", words, is_passed=False)


def _plant(clone: Clone, issue: int) -> Iterator[PlantedFault]:
    try:
        for fault in try_faults(clone, issue):
            _say(f"{fault.outcome}  {fault.fault}: {fault.test}")
            yield fault
    except Exception as error:  # noqa: BLE001 - the promises tried so far must reach the report all the same
        yield PlantedFault("All faults can be planted", "", "", _words(FAULTS, error))


def _words(topic: str, error: Exception) -> str:
    words = f"could not go on: {type(error).__name__}: {str(error)[-300:]}"
    _say(f"FAIL  {topic}: {words}")
    return words


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
