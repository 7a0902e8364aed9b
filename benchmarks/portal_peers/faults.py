"""Part 4: what comes home when a portal misbehaves, by ours and by two scripts that trust the page."""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from clock import arguments
from contenders import ask
from environments import PEERS, Broken, NotRun, python_of
from hard_faults import hard_fault_rows
from judging import as_cells, judge, truth
from kanghe import BEGIN, END, PASSWORD
from ours_recipe import list_recipe
from serving import fetch, sandbox

from bots.errors import BrokerFlowError
from bots.portal.session import open_session
from bots.records import Row
from config.settings import get_settings
from connectors.browser import open_context

SLUG = "kanghe"
FAULTS: dict[str, dict[str, Any]] = {
    "a good day": {},
    "short page": {"short_page": 2},
    "wrong total": {"wrong_total": "count"},
    "column gone": {"missing_column": "币种"},
    "column renamed": {"renamed_column": "年缴保费(元)"},
    "column new": {"extra_column": True},
    "table renamed": {"renamed_class": True},
    "list moves": {"moved_at_page": 2},
    "session lost": {"expire_at_page": 3},
    "one answer in ten is HTTP 500": {"error_rate": 0.1},
    "slow page": {"slow_page": 2, "slow_seconds": 5},
    "maintenance": {"maintenance": True},
}
PEER_FOLDERS = {"plain Playwright": "playwright", "scrapy-playwright": "scrapy_playwright"}
_SHOWN = 160
_LONGEST_SECONDS = 120


def fault_table(browser: Path) -> list[list[str]]:
    """Header and one row per fault."""
    table = [["fault", "rows there", "ours", *PEER_FOLDERS]]
    with sandbox() as address:
        for name, faults in FAULTS.items():
            row = [name, str(len(truth()))]
            for peer in (None, *PEER_FOLDERS.values()):
                fetch(f"{address}/control/reset", {})
                fetch(f"{address}/control/portals/{SLUG}", faults)
                row.append(" ".join(_outcome(peer, f"{address}/{SLUG}/", browser).split()))
            table.append(row)
            print("  ".join(row), file=sys.stderr, flush=True)
        table += hard_fault_rows(address, browser, PEER_FOLDERS)
    return table


def _outcome(peer: str | None, url: str, browser: Path) -> str:
    command = [sys.executable, __file__]
    try:
        if peer:
            command = [str(python_of(peer)), str(PEERS / peer / "kanghe.py")]
        answer = ask([*command, "--url", url, "--browser", str(browser)], _LONGEST_SECONDS)
    except Broken as error:
        return f"error, no rows: {error}"
    except NotRun as reason:
        return f"not run: {reason}"
    if answer.get("error"):
        return f"error after {len(answer['rows'])} rows: {answer['error'][:_SHOWN]}"
    return f"{len(answer['rows'])} rows, no error; {judge(answer['rows'])}"


def _cells(row: Row) -> list[str]:
    premium_fen = row["annual_premium_fen"]
    assert isinstance(premium_fen, int)
    return as_cells(str(row["policy_no"]), premium_fen)


def main() -> None:
    """Ours, alone: the rows' policy numbers and premiums, and the error as people read it."""
    given, rows, error, recipe = arguments(), [], "", list_recipe()
    credentials = {"user": "brokerflow", "password": PASSWORD}
    with open_context(get_settings()) as context:
        try:
            with open_session(context, recipe, credentials, given.url) as session:
                for page in session.extract("policies", {"from_date": BEGIN, "to_date": END}):
                    rows += map(_cells, page.rows)
                    rows += [["", f"set aside {aside.row_no}"] for aside in page.set_aside]
        except BrokerFlowError as failure:
            error = f"{failure.title}：{failure.what}"
    print(json.dumps({"rows": rows, "error": error}))


if __name__ == "__main__":
    main()
