"""docs/acceptance.md is written issue by issue."""

from pathlib import Path

import pytest

from tests.acceptance.__main__ import TOPICS, try_issues
from tests.acceptance.check import DONE_WHEN, ISSUES, PORTALS_DONE, Check, PlantedFault
from tests.acceptance.clone import Clone, Finished
from tests.acceptance.report import merge_parts, write_part

FOLDER = Path("/somewhere/clone")
CHECKS = [
    Check(DONE_WHEN, "house promise", "make test", "", f"{FOLDER}/data", is_passed=True),
    Check(PORTALS_DONE, "portal promise", "portal try", "", "1 missing", is_passed=False),
]
SEEN = [PlantedFault("fault of the engine", "a.py", "tests/test_a.py::test_a", "red")]


def _part(issue: int, commit: str) -> str:
    return write_part(issue, {"Commit": commit}, CHECKS, SEEN if issue == 3 else [], folder=FOLDER)


def test_a_part_holds_its_own_run_promises_and_faults():
    """Nothing of another issue stands in a part, and no address of the clone."""
    house, engine = _part(2, "abc"), _part(3, "abc")
    assert "(1 of 1 kept)" in house
    assert "(0 of 1 kept)" in engine
    assert "| Commit | abc |" in house
    assert "portal promise" not in house
    assert "(1 of 1 seen)" in engine
    assert "(0 of 0 seen)" in house
    assert "| data |" in house


def test_the_other_issues_part_stays_as_it_stood():
    """A run for one issue replaces that part alone, whichever stood there first."""
    page = merge_parts("", "\n".join([_part(2, "old"), _part(3, "old")]))
    renewed = merge_parts("", "\n".join([_part(2, "old"), _part(3, "new")]))
    assert page != renewed
    assert merge_parts(page, _part(3, "new")) == renewed
    assert merge_parts(merge_parts("", _part(3, "new")), _part(2, "old")) == renewed


def test_a_page_is_the_same_when_its_parts_are_written_again():
    """Merging what stands there already changes nothing."""
    page = merge_parts("", "\n".join([_part(2, "old"), _part(3, "old")]))
    assert merge_parts(page, _part(2, "old")) == page
    assert merge_parts(page, page) == page


@pytest.mark.parametrize(("issue", "tried"), [(2, ["house promise"]), (3, ["portal promise"])])
def test_an_issue_alone_keeps_what_is_its_own(tmp_path, monkeypatch, issue, tried):
    """Topics of the other issue are not tried, and a shared topic's checks are told apart."""
    names = {name for name, (_, issues) in TOPICS.items() if issue in issues}
    for name, (_, issues) in TOPICS.items():
        monkeypatch.setitem(TOPICS, name, (lambda _, name=name: _shared(name, names), issues))
    monkeypatch.setattr("tests.acceptance.__main__.try_faults", lambda *_: iter(SEEN))
    monkeypatch.setattr(Clone, "run", lambda *_, **__: Finished(0, "said", 1.0))
    code = try_issues(Clone(tmp_path, tmp_path), [issue], None)
    written = (tmp_path / "acceptance.md").read_text("utf-8")
    assert written.count(tried[0]) == len(names)
    assert written.startswith(f"## Issue {issue}: {ISSUES[issue]}")
    assert f"`python -m tests.acceptance --issue {issue}`" in written
    assert code == (1 if issue == 3 else 0)


def test_a_topic_that_breaks_off_is_a_broken_promise_of_each_of_its_issues(tmp_path, monkeypatch):
    """What keeps the suite from running must not vanish from either part."""

    def breaks_off(_clone: Clone):
        raise RuntimeError("no suite")

    for name in TOPICS:
        topic = breaks_off if name == "tests" else lambda _: iter(())
        monkeypatch.setitem(TOPICS, name, (topic, set(ISSUES)))
    monkeypatch.setattr("tests.acceptance.__main__.try_faults", lambda *_: iter(SEEN))
    monkeypatch.setattr(Clone, "run", lambda *_, **__: Finished(0, "said", 1.0))
    assert try_issues(Clone(tmp_path, tmp_path), list(ISSUES), None) == 1
    assert (tmp_path / "acceptance.md").read_text("utf-8").count("no suite") == len(ISSUES)


def _shared(name: str, allowed: set[str]):
    assert name in allowed
    return iter(CHECKS)
