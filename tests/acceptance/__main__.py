"""`make accept`: try every promise of the issue, plant every fault, write docs/acceptance.md.

`--only demo faults` tries some topics and prints them; the report is written by a whole run alone.
HEAD is cloned first and the rest runs as the clone's own code: what is being edited takes no part in it.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from config.settings import PROJECT_ROOT
from tests.acceptance.check import DONE_WHEN, PORTALS_DONE, Check, PlantedFault
from tests.acceptance.clone import Clone, fresh_clone
from tests.acceptance.demo import try_demo
from tests.acceptance.machine import describe_load, describe_machine
from tests.acceptance.planting import try_faults
from tests.acceptance.portal_figures import try_figures
from tests.acceptance.portals import try_portals
from tests.acceptance.report import write_report
from tests.acceptance.suite import try_check, try_help, try_tests

Topic = Callable[[Clone], Iterator[Check]]

# The demo comes first: it is tried without a virtual environment.
TOPICS: dict[str, Topic] = {
    "demo": try_demo,
    "help": try_help,
    "check": try_check,
    "tests": try_tests,
    "portals": try_portals,
    "figures": try_figures,
}
OF_THE_PORTALS = {"portals", "figures"}
FAULTS = "faults"
REPORT = Path("docs", "acceptance.md")


def main(arguments: list[str]) -> int:
    """0 when every promise tried was kept and every fault planted was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*TOPICS, FAULTS], default=[*TOPICS, FAULTS])
    parser.add_argument("--inside", type=Path, metavar="SCRATCH", help="this is the clone (set by itself)")
    chosen = parser.parse_args(arguments)
    if chosen.inside:
        return try_everything(Clone(PROJECT_ROOT, chosen.inside), chosen.only)
    with fresh_clone() as clone:
        command = [sys.executable, "-m", "tests.acceptance", *arguments, "--inside", str(clone.scratch)]
        done = subprocess.run(command, cwd=clone.folder, env=clone.environment(), check=False)
        written = clone.scratch / REPORT.name
        if written.exists():
            shutil.copyfile(written, PROJECT_ROOT / REPORT)
            _say(f"{REPORT} written")
    return done.returncode


def try_everything(clone: Clone, chosen: list[str]) -> int:
    """Try the chosen topics in the clone that this process runs from; exit code as ``main``."""
    started, load = time.monotonic(), describe_load()
    checks = [check for name in TOPICS if name in chosen for check in _try(clone, name)]
    faults = list(_plant(clone)) if FAULTS in chosen else []
    if set(chosen) == {*TOPICS, FAULTS}:
        report = clone.scratch / REPORT.name
        write_report(report, describe_machine(clone) | load, checks, faults, folder=clone.folder)
    broken = [check.promise for check in checks if not check.is_passed]
    broken += [fault.fault for fault in faults if not fault.is_seen]
    _say(f"{len(checks)} promises, {len(faults)} faults, {time.monotonic() - started:.0f} s")
    _say(f"broken: {'; '.join(broken) or 'none'}")
    return 1 if broken or not (checks or faults) else 0


def _try(clone: Clone, name: str) -> Iterator[Check]:
    """A topic's checks as they come; what keeps the topic from going on is a broken promise too."""
    try:
        for check in TOPICS[name](clone):
            _say(f"{'pass' if check.is_passed else 'FAIL'}  {check.promise}: {check.figure}")
            yield check
    except Exception as error:  # noqa: BLE001 - whatever it is, it must stand in the report
        words = f"could not go on: {type(error).__name__}: {str(error)[-300:]}"
        _say(f"FAIL  {name}: {words}")
        part = PORTALS_DONE if name in OF_THE_PORTALS else DONE_WHEN
        yield Check(part, f"All of the topic “{name}” can be tried", name, "", words, is_passed=False)


def _plant(clone: Clone) -> Iterator[PlantedFault]:
    try:
        for fault in try_faults(clone):
            _say(f"{fault.outcome}  {fault.fault}: {fault.test}")
            yield fault
    except Exception as error:  # noqa: BLE001 - the promises tried so far must reach the report all the same
        words = f"could not go on: {type(error).__name__}: {str(error)[-300:]}"
        _say(f"FAIL  {FAULTS}: {words}")
        yield PlantedFault("All faults can be planted", "", "", words)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
