"""Servers that the tests share; each starts once per session and is stopped by its fixture."""

import pytest

pytest_plugins = ["tests.fixtures_sandbox", "tests.fixtures_hub", "tests.fixtures_cockpit"]

# What starts a database or a server takes seconds: `make check` leaves it to `make test`.
SERVERS = {
    "hub",
    "hub_url",
    "desk",
    "sandbox",
    "small_sandbox",
    "sandbox_process",
    "cockpit",
    "postgresql_url",
}


def pytest_configure(config):
    """The markers of what `make check` leaves to `make test`."""
    config.addinivalue_line("markers", "setup: builds a virtual environment or tries to install a program")
    config.addinivalue_line("markers", "service: starts a process, a server or a database, or computes long")


def pytest_collection_modifyitems(items):
    """Mark what stands on a server by the fixtures it asks for.

    Tests on a Prefect server share one process and come first: they wait while the other process computes.
    """
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)
        if item.get_closest_marker("night"):
            item.add_marker(pytest.mark.xdist_group("house"))
    items.sort(key=lambda item: item.get_closest_marker("night") is None)
