"""Servers that the tests share; each starts once per session and is stopped by its fixture."""

pytest_plugins = ["tests.fixtures_sandbox", "tests.fixtures_hub", "tests.fixtures_cockpit"]


def pytest_configure(config):
    """The marker of the set-up tests, which `make check` leaves to `make test`."""
    config.addinivalue_line("markers", "setup: builds a virtual environment or tries to install a program")
