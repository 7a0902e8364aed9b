"""`make check` and `make test` in the fresh clone, and what the tests in it say about each promise."""

import re
import statistics
from collections.abc import Iterator

from tests.acceptance.check import DONE_WHEN, SPEED, Check
from tests.acceptance.clone import Clone, Finished
from tests.acceptance.junit import Results, count_outcomes, read_results
from tests.acceptance.portal_promises import PORTAL_PROMISES
from tests.acceptance.promises import PROMISES, Promise

MOST_HELP_SECONDS = 0.5
HELP_RUNS = 5
SUITE = "suite.xml"
_CHECK_FIGURES = (
    r"(\d+ files already formatted)",
    r"(no issues found in \d+ source files)",
    r"(Contracts: .*)",
)


def try_check(clone: Clone) -> Iterator[Check]:
    """`make check`: format, lint, types, import rules, unit tests."""
    done = clone.run("make", "check", seconds=1200)
    found = [re.search(pattern, done.output) for pattern in (*_CHECK_FIGURES, r"(\d+ passed.*)")]
    figure = "; ".join(
        [f"exit {done.code} after {done.seconds:.0f} s", *(match[1] for match in found if match)]
    )
    is_passed = done.code == 0 and all(found)
    yield Check(
        DONE_WHEN, "`make check` is green, import rules included", "make check", "HEAD", figure, is_passed
    )


def try_help(clone: Clone) -> Iterator[Check]:
    """The command line answers at once."""
    clone.set_up()
    command = str(clone.folder / ".venv" / "bin" / "brokerflow")
    tries = [clone.run(command, "--help") for _ in range(HELP_RUNS)]
    median = statistics.median(done.seconds for done in tries)
    slowest = max(done.seconds for done in tries)
    promise = f"Import of the CLI under {MOST_HELP_SECONDS} s for `--help`"
    figure = f"median {median:.2f} s, slowest {slowest:.2f} s"
    is_passed = median < MOST_HELP_SECONDS and all(done.code == 0 for done in tries)
    yield Check(SPEED, promise, "brokerflow --help", f"{HELP_RUNS} runs", figure, is_passed)


def try_tests(clone: Clone) -> Iterator[Check]:
    """`make test`, then every promise that tests of it keep."""
    report = clone.scratch / SUITE
    done = clone.run("make", "test", seconds=3600, PYTEST_ADDOPTS=f"--junitxml={report}")
    results = read_results(report)
    yield _whole_suite(done, results)
    yield _on_postgresql(clone, results)
    for promise in PROMISES:
        yield judge(promise, results)


def try_portal_tests(clone: Clone) -> Iterator[Check]:
    """The promises of the portal engine; where `make test` has run here, by what it said."""
    report = clone.scratch / SUITE
    if report.is_file():
        results = read_results(report)
    else:
        clone.set_up()
        named = {test for promise in PORTAL_PROMISES for test in promise.tests}
        _, results = clone.run_tests("-n", "4", "--dist", "load", *sorted(named), seconds=3600)
    for promise in PORTAL_PROMISES:
        yield judge(promise, results)


def judge(promise: Promise, results: Results) -> Check:
    """Passed when every test of the promise was there and passed; a skipped test keeps no promise."""
    missing = [test for test in promise.tests if test not in results]
    cases = [case for test in promise.tests for case in results.get(test, ())]
    counts = count_outcomes(cases)
    said = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    said += [f"{test} does not exist" for test in missing]
    said += [f"skipped: {case.words}" for case in cases if case.outcome == "skipped"]
    return Check(
        promise.part,
        promise.sentence,
        "pytest " + " ".join(promise.tests),
        promise.size,
        ", ".join(said),
        not missing and counts["passed"] == len(cases) > 0,
    )


def _whole_suite(done: Finished, results: Results) -> Check:
    cases = [case for cases in results.values() for case in cases]
    counts = count_outcomes(cases)
    figure = f"exit {done.code} after {done.seconds:.0f} s: " + ", ".join(
        f"{count} {outcome}" for outcome, count in counts.items()
    )
    bad = [case.name for case in cases if case.outcome in {"failed", "error"}]
    if bad:
        figure += f" ({', '.join(bad[:5])})"
    return Check(
        DONE_WHEN, "`make test` exits 0 in the fresh clone", "make test", "every test", figure, done.code == 0
    )


def _on_postgresql(clone: Clone, results: Results) -> Check:
    listed = clone.run(clone.python, "-m", "pytest", "-m", "postgresql", "--collect-only")
    wanted = {line.strip() for line in listed.output.splitlines() if "::" in line}
    ran = {
        f"{test.partition('::')[0]}::{case.name}": case.outcome
        for test, cases in results.items()
        for case in cases
    }
    passed = sum(ran.get(test) == "passed" for test in wanted)
    figure = f"{passed} of {len(wanted)} passed"
    promise = "The hub's tests pass on a real PostgreSQL"
    return Check(
        DONE_WHEN, promise, "pytest -m postgresql", "every test so marked", figure, 0 < passed == len(wanted)
    )
