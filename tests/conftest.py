"""Servers that the tests share; each starts once per session and is stopped by its fixture."""

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

pytest_plugins = [
    "tests.fixtures_sandbox",
    "tests.fixtures_hub",
    "tests.fixtures_cockpit",
    "tests.fixtures_browser",
]

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


# Tests of these folders build nothing for each other and are given out one by one; other files stay together.
SPREAD = ("tests/portal/", "tests/connectors/", "tests/database/", "tests/messages/", "tests/web/")

# These start a house of their own, or wait for minutes: beside the house that the other flow tests share.
OWN_HOUSE = (
    "tests/flows/test_night_on_postgresql.py",
    "tests/flows/test_worker_killed.py",
    "tests/cli/test_up.py",
)
HOUSE = "tests/flows/"


def pytest_configure(config):
    """The markers of what `make check` leaves to `make test`."""
    config.addinivalue_line("markers", "setup: builds a virtual environment or tries to install a program")
    config.addinivalue_line("markers", "service: starts a process, a server or a database, or computes long")


def pytest_collection_modifyitems(items):
    """Mark what stands on a server by the fixtures it asks for, and bring the tests in order.

    The houses come first, for they last longest and mostly wait; then what shares a browser: it starts once
    in a process.
    """
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith((*OWN_HOUSE, HOUSE)),
            "browser" not in getattr(item, "fixturenames", ()),
        )
    )


class HouseTogether(LoadScopeScheduling):
    """Processes share the tests; a file stays in one, and so does the house that flows share.

    (xdist's own groups are lost on pytest 9.2: it no longer takes the node id that they are written into.)
    """

    def _split_scope(self, nodeid):
        if nodeid.startswith(OWN_HOUSE):
            return "own house"
        if nodeid.startswith(HOUSE):
            return HOUSE
        return nodeid if nodeid.startswith(SPREAD) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    """Groups are given out in the order above."""
    config.option.loadscopereorder = False
    return HouseTogether(config, log)
