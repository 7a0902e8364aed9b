"""A list that asks for numbers is no work of the night."""

from datetime import date
from types import SimpleNamespace

from bots.records import Period
from connectors.portal_recipes import load_recipe
from flows import collect_portal


def test_night_leaves_out_what_only_a_person_can_ask(monkeypatch):
    """A night knows days and months, no policy numbers: all other lists of 康禾 are collected."""
    collected = []

    def collect_list(_visit, dataset, *_):
        collected.append(dataset)
        return []

    monkeypatch.setattr(collect_portal, "collect_list", collect_list)
    visit = SimpleNamespace(recipe=load_recipe("kanghe"), day=date(2026, 10, 31))
    collect_portal.collect_all(visit, Period.parse("2026-10"), [])
    assert collected == ["policies", "policies_file", "statements", "monthly_statement"]
