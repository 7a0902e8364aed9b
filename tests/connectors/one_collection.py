"""`python -m tests.connectors.one_collection URL`: a worker's collection of policies, as the flow does it."""

import json
import sys
from dataclasses import asdict

from prefect.logging import disable_run_logger

from bots.portal.session import open_session
from config.settings import get_settings
from connectors.browser import open_context
from connectors.collection_log import hold_account
from connectors.portal_recipes import load_recipe
from connectors.wiring import hub
from flows.collect_portal import collect_list
from flows.portal_visit import Visit
from sandbox.scene import PORTAL_PASSWORD, PORTAL_USER
from tests.connectors.conftest import ALWAYS, DAY


def collect(url):
    """Reports of policies and endorsements, printed as JSON."""
    recipe = load_recipe("taian")
    credentials = {"user": PORTAL_USER, "password": PORTAL_PASSWORD}
    with (
        disable_run_logger(),
        hold_account(hub(), "taian") as lease,
        open_context(get_settings()) as context,
        open_session(context, recipe, credentials, f"{url}/taian/") as portal,
    ):
        visit = Visit(portal, lease, recipe, DAY)
        reports = collect_list.fn(visit, "policies", ["endorsements"], ALWAYS)
    sys.stdout.write(json.dumps([asdict(report) for report in reports]))


if __name__ == "__main__":
    collect(sys.argv[1])
