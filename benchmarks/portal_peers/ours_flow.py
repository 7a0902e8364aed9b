"""Ours as the night runs it: the flow's walk into a hub, with checkpoints; then all that the hub holds."""

import csv
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from clock import arguments
from judging import as_cells
from kanghe import BEGIN, END, PASSWORD
from ours_recipe import list_recipe
from prefect.logging import disable_run_logger
from sqlalchemy import select

from bots.portal.session import open_session
from bots.records import PortalPage, SetAside
from config.settings import get_settings
from connectors import collection_log
from connectors.browser import open_context
from connectors.database.engine import migrate, session
from connectors.database.store import upsert
from connectors.database.tables import Insurer, Policy
from connectors.wiring import hub
from flows.collect_portal import collect_list
from flows.portal_visit import Visit

DAY = date.fromisoformat(END)
# A run that follows a killed one waits until the dead one's lease is over.
LEASE_SECONDS = 10


class ListVisit(Visit):
    """The hub wants to know of each policy what only the window behind its row says; it is not compared."""

    def save(self, page: PortalPage, *rest: Any) -> list[SetAside]:
        """Save as the night does."""
        rows = [{**row, "has_endorsement": False} for row in page.rows]
        return super().save(replace(page, rows=rows), *rest)


def main() -> None:
    """Collect the list; before and after it write what is at home to ``--out``."""
    given, recipe = arguments(), list_recipe()
    migrate(hub())
    with session(hub()) as current:
        upsert(current, Insurer, [{"slug": recipe.slug, "name": recipe.name, "payer_names": []}])
    _write_home(Path(given.out))
    collection_log.LEASE_SECONDS = LEASE_SECONDS
    credentials = {"user": "brokerflow", "password": PASSWORD}
    with (
        disable_run_logger(),
        collection_log.hold_account(hub(), recipe.slug) as lease,
        open_context(get_settings()) as context,
        open_session(context, recipe, credentials, given.url) as portal,
    ):
        visit = ListVisit(portal, lease, recipe, DAY)
        collect_list.fn(visit, "policies", [], {"from_date": BEGIN, "to_date": END})
    _write_home(Path(given.out))


def _write_home(path: Path) -> None:
    with session(hub(), read_only=True) as current:
        found = [tuple(row) for row in current.execute(select(Policy.policy_no, Policy.annual_premium_fen))]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(as_cells(*row) for row in found)


if __name__ == "__main__":
    main()
