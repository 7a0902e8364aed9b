"""Plants each fault in the clone, runs the tests that must see it, and mends it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.check import PlantedFault
from tests.acceptance.clone import Clone
from tests.acceptance.faults import HOUSE_FAULTS, Fault
from tests.acceptance.junit import Results, count_outcomes
from tests.acceptance.portal_faults import PORTAL_FAULTS

FAULTS = {2: HOUSE_FAULTS, 3: PORTAL_FAULTS}
_IMPORTED = ("bots", "connectors", "config", "web", "sandbox", "tests")


def try_faults(clone: Clone, issue: int) -> Iterator[PlantedFault]:
    """Every fault of an issue in turn; red means: green without the fault, failed with it."""
    clone.set_up()
    _prove_own_code(clone)
    named = sorted({test for fault in FAULTS[issue] for test in fault.tests})
    _, healthy = clone.run_tests(*named, seconds=1800)
    for fault in FAULTS[issue]:
        for test in fault.tests:
            outcome = _try(clone, fault, test) if _is_green(healthy, test) else "not green without the fault"
            yield PlantedFault(fault.sentence, fault.file, test, outcome)


def plant(folder: Path, fault: Fault) -> str:
    """The file's text with the fault in it; LookupError unless each old text stands there just once."""
    text = (folder / fault.file).read_text("utf-8")
    for old, new in fault.edits:
        if text.count(old) != 1:
            raise LookupError(f"{fault.file} holds {text.count(old)} times: {old}")
        text = text.replace(old, new)
    return text


def _try(clone: Clone, fault: Fault, test: str) -> str:
    try:
        faulty = plant(clone.folder, fault)
    except LookupError as error:
        return str(error)
    with _written(clone.folder / fault.file, faulty):
        done, results = clone.run_tests(test)
    counts = count_outcomes(results.get(test, ()))
    if counts["failed"]:
        return "red"
    return f"green: exit {done.code}, " + ", ".join(
        f"{count} {name}" for name, count in counts.items() if count
    )


def _is_green(results: Results, test: str) -> bool:
    cases = results.get(test, ())
    return 0 < len(cases) == count_outcomes(cases)["passed"]


@contextmanager
def _written(path: Path, text: str) -> Iterator[None]:
    before = path.read_bytes()
    path.write_text(text, "utf-8")
    try:
        yield
    finally:
        path.write_bytes(before)


def _prove_own_code(clone: Clone) -> None:
    """The clone's tests must import the clone's code, not the tree that acceptance was started from."""
    script = f"import {', '.join(_IMPORTED)}; print(*[m.__path__[0] for m in ({', '.join(_IMPORTED)},)])"
    done = clone.run(clone.python, "-c", script)
    places = [Path(place).parent for place in done.output.split()]
    if done.code != 0 or set(places) != {clone.folder}:
        raise RuntimeError(f"tests of the clone would import code from elsewhere: {done.output}")
