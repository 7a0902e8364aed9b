"""Part 3: many portals, two at a time. Run by itself it is one of the two."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from contenders import kill_family
from ours import CREDENTIALS, load_recipe
from server import ROWS
from serving import fetch, list_server

from bots.portal.session import open_session
from config.settings import get_settings
from connectors.browser import new_context, open_browser

AT_A_TIME = 2
_LONGEST_SECONDS = 3600


def read_portals(form: str, urls: list[str]) -> int:
    """One after the other in one browser, each in a context of its own; the number of rows.

    Says when the browser is there, and begins when told to.
    """
    rows = 0
    with open_browser(get_settings()) as browser:
        print("ready", flush=True)
        sys.stdin.readline()
        for url in urls:
            with (
                new_context(browser) as context,
                open_session(context, load_recipe(), CREDENTIALS, url) as session,
            ):
                rows += sum(len(page.rows) for page in session.extract(form, {}))
    return rows


def measure_portals(form: str, portals: int, pages: int, answer_ms: float) -> dict[str, Any]:
    """Wall seconds of two processes beside the time that the server says it took for its answers."""
    with list_server(pages, answer_ms) as address:
        urls = [f"{address}/p{number}/" for number in range(1, portals + 1)]
        started = time.perf_counter()
        workers = [
            subprocess.Popen(
                [sys.executable, __file__, form, *urls[first::AT_A_TIME]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for first in range(AT_A_TIME)
        ]
        try:
            for worker in workers:
                assert worker.stdout
                assert worker.stdout.readline() == "ready\n", "a browser that did not start"
            ready = time.perf_counter()
            for worker in workers:
                assert worker.stdin
                worker.stdin.write("go\n")
                worker.stdin.flush()
            rows = sum(int(worker.communicate(timeout=_LONGEST_SECONDS)[0] or 0) for worker in workers)
            wall = time.perf_counter() - ready
        finally:
            for worker in workers:
                # The number of one that has ended may be somebody else's by now.
                if worker.poll() is None:
                    kill_family(worker.pid)
        counted = fetch(f"{address}/count")
    assert rows == portals * pages * ROWS, f"{rows} rows"
    ideal = counted["worked_seconds"] / AT_A_TIME
    found = {"portals": portals, "pages": pages, "rows": rows, "wall": wall, "ideal": ideal}
    return {**found, **counted, "start": ready - started}


if __name__ == "__main__":
    print(json.dumps(read_portals(sys.argv[1], sys.argv[2:])))
