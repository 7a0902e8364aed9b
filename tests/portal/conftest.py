"""A real browser and the real sandbox portal."""

import pytest

from bots.portal.session import open_session
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.portal.recipes import parse_taian


class Evidence:
    """An evidence sink that remembers."""

    def __init__(self):
        self.files, self.sealed = {}, {}

    def keep(self, name, content):
        """Remember one file."""
        self.files[name] = content

    def keep_sealed(self, name, content):
        """Remember one file that must not lie open."""
        self.sealed[name] = content


@pytest.fixture
def evidence():
    return Evidence()


@pytest.fixture
def enter(context, evidence):
    """A function that logs in to a running sandbox's 泰安人寿; sessions are closed afterwards."""
    sessions = []

    def enter_taian(sandbox, *changes, password=PORTAL_PASSWORD):
        credentials = {"user": PORTAL_USER, "password": password}
        recipe = parse_taian(*changes)
        session = open_session(context, recipe, credentials, f"{sandbox.url}/taian/", evidence)
        sessions.append(session)
        return session

    yield enter_taian
    for session in sessions:
        session.close()
