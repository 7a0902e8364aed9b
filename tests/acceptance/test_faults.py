"""The list of faults stays true while the code moves on."""

import ast

import pytest

from config.settings import PROJECT_ROOT
from tests.acceptance.faults import Fault
from tests.acceptance.planting import FAULTS, plant
from tests.acceptance.portal_promises import PORTAL_PROMISES
from tests.acceptance.promises import PROMISES

ALL_FAULTS = [fault for of_issue in FAULTS.values() for fault in of_issue]
NAMED_TESTS = {test for keeper in (*ALL_FAULTS, *PROMISES, *PORTAL_PROMISES) for test in keeper.tests}


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.sentence)
def test_fault_can_be_planted(fault: Fault):
    """Each old text stands exactly once in its file, and the fault changes it."""
    assert plant(PROJECT_ROOT, fault) != (PROJECT_ROOT / fault.file).read_text("utf-8")


@pytest.mark.parametrize("test", sorted(NAMED_TESTS))
def test_named_test_exists(test: str):
    """Acceptance names tests that are there."""
    file, _, name = test.partition("::")
    tree = ast.parse((PROJECT_ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_text_that_is_not_there_is_named():
    """A fault whose place has changed is an error that names file and text, not a fault that nobody sees."""
    moved = Fault("moved", "Makefile", (("no such text", "x"),), ())
    with pytest.raises(LookupError, match="Makefile holds 0 times: no such text"):
        plant(PROJECT_ROOT, moved)
