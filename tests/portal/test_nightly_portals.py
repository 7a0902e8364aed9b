"""Which portals a night collects."""

import pytest

from config.settings import get_settings
from connectors.portal_recipes import list_recipes, nightly_portals


@pytest.mark.parametrize(
    ("setting", "portals"), [(None, list_recipes()), ('["a_life", "taian"]', ["a_life", "taian"]), ("[]", [])]
)
def test_a_night_collects_what_the_setting_names(monkeypatch, setting, portals):
    """Every recipe without the setting, else its slugs alone: a real night leaves the demo out."""
    monkeypatch.delenv("BROKERFLOW_PORTALS", raising=False)
    if setting is not None:
        monkeypatch.setenv("BROKERFLOW_PORTALS", setting)
    get_settings.cache_clear()
    try:
        assert nightly_portals() == portals
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
