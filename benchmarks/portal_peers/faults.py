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
from bots.records import Row
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
# Cells of a row as the page shows it on a good day, the running number first.
_POLICY_NO, _PREMIUM, _WIDTH = 1, 11, 17
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


def _truth() -> dict[str, str]:
    """Policy number -> premium in yuan, as ``_yuan`` writes it."""
    first, last = date.fromisoformat(BEGIN), date.fromisoformat(END)
    return {
        policy.policy_no: _yuan(policy.annual_premium_fen)
        for policy in build_records()
        if first <= policy.issue_date <= last
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


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
    full = [row + [""] * (_WIDTH - len(row)) for row in rows]
    truth = _truth()
    numbers = [row[_POLICY_NO].upper() for row in full]
    premiums = {row[_POLICY_NO].upper(): row[_PREMIUM].replace(",", "") for row in full}
    wrong = {
        "missing": len(truth.keys() - premiums.keys()),
        "unknown": len(premiums.keys() - truth.keys()),
        "twice": len(numbers) - len(premiums),
        "with another premium": sum(truth.get(number, yuan) != yuan for number, yuan in premiums.items()),
        "lacking a cell": sum(len(row) < _WIDTH for row in rows),
    }
    found = [f"{count} {what}" for what, count in wrong.items() if count]
    return ", ".join(found) or "all rows right"


def _cells(row: Row) -> list[str]:
    """A typed row where a script has the page's cells; what is not judged stays empty."""
    premium_fen, cells = row["annual_premium_fen"], [""] * _WIDTH
    assert isinstance(premium_fen, int)
    cells[_POLICY_NO], cells[_PREMIUM] = str(row["policy_no"]), _yuan(premium_fen)
    return cells


def main() -> None:
    """Ours, alone: the rows' policy numbers and premiums, and the error as people read it."""
    given, rows, error, recipe = arguments(), [], "", load_recipe(SLUG)
    # The scripts read the list alone, and so does ours: a window behind each row would be another task.
    listed = recipe.datasets["policies"].model_copy(update={"details": None})
    recipe = recipe.model_copy(update={"datasets": {"policies": listed}})
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
