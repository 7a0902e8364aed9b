"""Part 4: what comes home when a portal misbehaves, by ours and by two scripts that trust the page."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))

from clock import arguments
from contenders import ask
from environments import PEERS, Broken, NotRun, python_of
from kanghe import BEGIN, END, PASSWORD
from serving import fetch, sandbox

from bots.errors import BrokerFlowError
from bots.portal.session import open_session
from config.settings import get_settings
from connectors.browser import open_context
from connectors.portal_recipes import load_recipe
from sandbox.kanghe.records import build_records

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
_PEERS = {"plain Playwright": "playwright", "scrapy-playwright": "scrapy_playwright"}
_POLICY_NO = 1  # the cell after the running number
_WIDTH = 17
_SHOWN = 160
_LONGEST_SECONDS = 120


def fault_table(browser: Path) -> list[list[str]]:
    """Header and one row per fault."""
    table = [["fault", "rows there", "ours", *_PEERS]]
    with sandbox() as address:
        for name, faults in FAULTS.items():
            row = [name, str(len(_truth()))]
            for peer in (None, *_PEERS.values()):
                fetch(f"{address}/control/reset", {})
                fetch(f"{address}/control/portals/{SLUG}", faults)
                row.append(" ".join(_outcome(peer, f"{address}/{SLUG}/", browser).split()))
            table.append(row)
            print("  ".join(row), file=sys.stderr, flush=True)
    return table


def _truth() -> list[str]:
    first, last = date.fromisoformat(BEGIN), date.fromisoformat(END)
    return [policy.policy_no for policy in build_records() if first <= policy.issue_date <= last]


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
    return f"{len(answer['rows'])} rows, no error; {_judge(answer['rows'])}"


def _judge(rows: list[list[str]]) -> str:
    """What is wrong with rows that came without an error."""
    numbers, truth = [row[_POLICY_NO].upper() for row in rows], set(_truth())
    wrong = {
        "missing": len(truth - set(numbers)),
        "twice": len(numbers) - len(set(numbers)),
        "lacking a cell": sum(len(row) < _WIDTH for row in rows if len(row) > _POLICY_NO + 1),
    }
    found = [f"{count} {what}" for what, count in wrong.items() if count]
    return ", ".join(found) or "all rows right"


def main() -> None:
    """Ours, alone: the rows' policy numbers and the error as people read it."""
    given, rows, error, recipe = arguments(), [], "", load_recipe(SLUG)
    # The scripts read the list alone, and so does ours: a window behind each row would be another task.
    listed = recipe.datasets["policies"].model_copy(update={"details": None})
    recipe = recipe.model_copy(update={"datasets": {"policies": listed}})
    credentials = {"user": "brokerflow", "password": PASSWORD}
    with open_context(get_settings()) as context:
        try:
            with open_session(context, recipe, credentials, given.url) as session:
                for page in session.extract("policies", {"from_date": BEGIN, "to_date": END}):
                    rows += [["", row["policy_no"]] for row in page.rows]
                    rows += [["", f"set aside {aside.row_no}"] for aside in page.set_aside]
        except BrokerFlowError as failure:
            error = f"{failure.title}：{failure.what}"
    print(json.dumps({"rows": rows, "error": error}))


if __name__ == "__main__":
    main()
