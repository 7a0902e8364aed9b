"""Secrets by name; the Prefect block is tried on a real server by the flows' tests."""

import pytest

from bots.errors import SecretMissing
from connectors.secrets import read_secret


def test_the_environment_comes_first(monkeypatch):
    """A secret in the environment is found by its lower-case name and does not show in repr."""
    monkeypatch.setenv("BROKERFLOW_SECRET_TAIAN_PASSWORD", "taian-demo-2026")
    secret = read_secret("taian_password")
    assert secret.get_secret_value() == "taian-demo-2026"
    assert "taian-demo-2026" not in repr(secret)


def test_a_missing_secret_names_both_remedies(monkeypatch):
    """Nowhere set: the error says which variable or which Secret block would help."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(SecretMissing, match="no_such_portal_password") as caught:
        read_secret("no_such_portal_password")
    assert "BROKERFLOW_SECRET_NO_SUCH_PORTAL_PASSWORD" in caught.value.remedy
    assert "no-such-portal-password" in caught.value.remedy
