"""Ours as a contender: ``--form table``, ``pages`` or ``http``, through the engine's own door."""

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "peers"))

from clock import Clock, arguments  # noqa: E402 - found by the line above
from server import PASSWORD, TITLES, USER  # noqa: E402

from bots.portal.recipe import Recipe  # noqa: E402
from bots.portal.recipe_file import parse_recipe  # noqa: E402
from bots.portal.session import open_session  # noqa: E402
from bots.portal.snapshot import Snapshot  # noqa: E402
from bots.portal.sources import table_pages  # noqa: E402
from bots.records import Row  # noqa: E402
from config.settings import get_settings  # noqa: E402
from connectors.browser import open_context  # noqa: E402

CREDENTIALS = {"user": USER, "password": PASSWORD}
_STATUSES = {"in_force": "有效", "surrendered": "退保", "lapsed": "失效"}


def load_recipe() -> Recipe:
    """The recipe beside this file."""
    return parse_recipe((HERE / "portal.yaml").read_text("utf-8"), "portal.yaml", {})


def as_printed(row: Row) -> list[str]:
    """A row of typed values as the portal writes it."""
    texts = {name: str(value) for name, value in row.items()}
    for name in ("premium", "commission"):
        fen = row[f"{name}_fen"]
        assert isinstance(fen, int)
        texts[name] = f"{fen // 100}.{fen % 100:02d}"
    texts["status"] = _STATUSES[texts["status"]]
    return [texts[name] for name in TITLES]


def time_readings(clock: Clock) -> None:
    """Let the clock see the engine's look at a page that is there."""
    look = table_pages.read_table

    def timed_look(*given: Any, **named: Any) -> Snapshot:
        with clock.reading():
            return look(*given, **named)

    table_pages.read_table = timed_look


def main() -> None:
    """Read the list once and report."""
    given, clock, recipe = arguments(), Clock(), load_recipe()
    time_readings(clock)
    with open_context(get_settings().model_copy(update={"browser_path": Path(given.browser)})) as context:
        clock.start()
        session = open_session(context, recipe, CREDENTIALS, given.url)
        clock.logged_in()
        rows = [row for page in session.extract(given.form, {}) for row in page.rows]
        clock.stop()
        round_trips = session.report(given.form).round_trips
        session.close()
    versions = {"playwright": importlib.metadata.version("playwright"), "round trips": str(round_trips)}
    clock.report([as_printed(row) for row in rows], versions)


if __name__ == "__main__":
    main()
