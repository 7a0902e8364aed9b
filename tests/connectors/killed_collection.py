"""`python -m tests.connectors.killed_collection URL SLUG PAGE`: SIGKILL with PAGE read and not yet saved."""

import os
import signal
import sys
from types import SimpleNamespace

from prefect.logging import disable_run_logger

from config.settings import get_settings
from connectors import collection_log
from connectors.browser import open_context
from connectors.wiring import hub
from flows.collect_portal import collect_list
from flows.portal_visit import Visit
from tests.connectors.conftest import DAY
from tests.portal.five_portals import LISTS, logged_in, quick_recipe

# The next stay waits until the dead one's lease is over.
LEASE_SECONDS = 10


class KilledVisit(Visit):
    """Ends this process as kill -9 does: no line of ours runs after it."""

    last_page: int

    def save(self, page, *rest):
        """Save what comes before the last page."""
        if page.page_no == self.last_page:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().save(page, *rest)


def collect(url, slug, last_page):
    """Collect the portal's list until the kill."""
    collection_log.LEASE_SECONDS = LEASE_SECONDS
    with (
        disable_run_logger(),
        collection_log.hold_account(hub(), slug) as lease,
        open_context(get_settings()) as context,
        logged_in(context, SimpleNamespace(url=url), slug) as portal,
    ):
        visit = KilledVisit(portal, lease, quick_recipe(slug), DAY)
        visit.last_page = last_page
        collect_list.fn(visit, LISTS[slug].dataset, [], LISTS[slug].parameters)


if __name__ == "__main__":
    collect(sys.argv[1], sys.argv[2], int(sys.argv[3]))
