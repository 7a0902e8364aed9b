"""Outcomes of a pytest run, read from its JUnit file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

_OUTCOMES = {"failure": "failed", "error": "error", "skipped": "skipped"}


@dataclass(frozen=True, slots=True)
class Case:
    """One test with its parameters: outcome ``passed``, ``failed``, ``error`` or ``skipped``."""

    name: str
    outcome: str
    words: str


Results = Mapping[str, Sequence[Case]]
"""Test id without parameters (``tests/x/test_y.py::test_z``) -> its cases."""


def read_results(path: Path) -> Results:
    """Every case of a JUnit file."""
    results: dict[str, list[Case]] = {}
    for element in ET.parse(path).iter("testcase"):  # noqa: S314 - pytest wrote it a moment ago
        name = element.get("name", "")
        test = f"{element.get('classname', '').replace('.', '/')}.py::{name.partition('[')[0]}"
        results.setdefault(test, []).append(_read_case(name, element))
    return results


def count_outcomes(cases: Sequence[Case]) -> dict[str, int]:
    """Outcome -> number of cases."""
    return {
        outcome: sum(case.outcome == outcome for case in cases)
        for outcome in ("passed", "failed", "error", "skipped")
    }


def _read_case(name: str, element: ET.Element) -> Case:
    for child in element:
        if child.tag in _OUTCOMES:
            return Case(name, _OUTCOMES[child.tag], child.get("message", ""))
    return Case(name, "passed", "")
