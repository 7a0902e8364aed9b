"""A portal of a kind of its own, with a recipe that says nothing but what docs/recipe.md explains."""

import csv

import pytest

from config.settings import PROJECT_ROOT
from tests.portal.strange_portal import CASES, PASSWORD, USER, strange_portal
from tests.portal.test_portal_command import brokerflow

RECIPE = PROJECT_ROOT / "tests" / "portal" / "strange_portal.yaml"
SECRETS = {"BROKERFLOW_SECRET_XINHE_USER": USER, "BROKERFLOW_SECRET_XINHE_PASSWORD": PASSWORD}


def question(first, last):
    return ("--dataset", "claims", "--param", f"from_date={first}", "--param", f"to_date={last}")


@pytest.mark.service
def test_check_accepts_the_recipe():
    """`portal check` has nothing to say against it."""
    answer = brokerflow("check", RECIPE)
    assert answer.returncode == 0, answer.stdout
    assert "✓ xinhe 新禾健康：理赔 claims" in answer.stdout


@pytest.mark.service
@pytest.mark.browser
@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-01-01", "2026-12-31"), ("2026-03-01", "2026-06-30"), ("2025-01-01", "2025-12-31")],
)
def test_try_brings_every_row_home(tmp_path, first, last):
    """Three pages, two, none: each case with its amounts in fen and its day, and the printed totals agree."""
    out = tmp_path / "rows.csv"
    with strange_portal() as address:
        answer = brokerflow(
            "try", RECIPE, *question(first, last), "--out", out, "--base-url", address, **SECRETS
        )
    assert answer.returncode == 0, answer.stderr
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            (row["case_no"], row["claimed_fen"], row["paid_fen"], row["incident_date"])
            for row in csv.DictReader(file)
        ]
    assert rows == [
        (case.case_no, str(case.claimed_fen), "" if case.paid_fen is None else str(case.paid_fen), case.day)
        for case in CASES
        if first <= case.day <= last
    ]


@pytest.mark.service
@pytest.mark.browser
def test_wrong_password_is_told_in_the_portals_words():
    """The recipe's `refused` ends the run."""
    with strange_portal() as address:
        wrong = SECRETS | {"BROKERFLOW_SECRET_XINHE_PASSWORD": "x"}
        answer = brokerflow(
            "try", RECIPE, *question("2026-01-01", "2026-12-31"), "--base-url", address, **wrong
        )
    assert answer.returncode == 1
    assert "登录被拒绝" in answer.stderr
