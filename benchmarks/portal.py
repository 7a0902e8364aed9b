"""The portal engine beside its peers: speed, memory, many portals, faults.

Without arguments: 2 rounds and short parts. In full, for the figures of record:
``python benchmarks/portal.py --rounds 7 --cell-pages 1 --long-pages 1000 --portal-pages 50 --write``
"""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent / folder) for folder in ("portal_peers", "peers")]

from contenders import ask  # noqa: E402 - found by the line above
from faults import fault_table  # noqa: E402
from many_portals import measure_portals  # noqa: E402
from report import Section, as_text, machine, write_page  # noqa: E402
from serving import list_server  # noqa: E402
from speed import choose, goals, measure_speed, speed_table  # noqa: E402

from connectors.browser import find_browser  # noqa: E402

PARTS = ("speed", "memory", "portals", "faults")
PORTALS, ANSWER_MS = 20, 100
_MOST_GROWTH, _MOST_RATIO = 0.1, 1.3
_LONG_SESSION_SECONDS = 3600
_LONG_SESSION = Path(__file__).parent / "portal_peers" / "long_session.py"


def main() -> None:
    """Measure what was asked for, print it, write the page only when told to."""
    given = _arguments()
    browser = find_browser(headed=True)  # one browser for all: not every peer drives the one without windows
    if browser is None:
        sys.exit("not run: no Chrome, Chromium or Edge is installed")
    chosen = [part for part in PARTS if part in given.only]
    names = [text for text in given.only if text not in PARTS]
    if names and "speed" not in chosen:
        chosen.insert(0, "speed")
    sections = [Section("Machine", machine(browser, " ".join(["python", *sys.argv])), [])]
    print(as_text(sections[0]))
    for part in chosen or PARTS:
        sections.append(_measure(part, given, names, browser))
        print(as_text(sections[-1]), flush=True)
    if given.write:
        write_page(sections)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pages", type=int, default=50, help="pages of 100 rows in the speed part")
    parser.add_argument("--cell-pages", type=int, default=1, help="pages that the cell-by-cell forms read")
    parser.add_argument("--long-pages", type=int, default=300, help="pages of the long session, at least 300")
    parser.add_argument("--portal-pages", type=int, default=5, help="pages of each of the 20 portals")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        help=f"{', '.join(PARTS)}, or a part of a contender's name; repeatable",
    )
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args()


def _measure(part: str, given: argparse.Namespace, names: list[str], browser: Path) -> Section:
    if part == "speed":
        measured = measure_speed(choose(names), given.rounds, given.pages, given.cell_pages, browser)
        title = (
            f"Speed: {given.pages} pages x 100 rows x 12 columns, {given.rounds} rounds, medians and minima"
        )
        return Section(title, goals(measured), speed_table(measured))
    if part == "memory":
        return _memory(given.long_pages)
    if part == "portals":
        return _portals(given.portal_pages)
    return Section("Faults: the sandbox's 康禾人寿, policies of 2026", [], fault_table(browser))


def _memory(pages: int) -> Section:
    with list_server(pages) as address:
        found = ask([sys.executable, str(_LONG_SESSION), "--url", f"{address}/p1/"], _LONG_SESSION_SECONDS)
    is_met = "met" if found["growth"] < _MOST_GROWTH else "NOT met"
    parts = [
        f"{part}: {found[f'{part}_early_mb']:.0f} -> {found[f'{part}_late_mb']:.0f} MB"
        for part in ("python", "driver", "browser")
    ]
    lines = [
        f"{found['rows']} rows in {found['seconds']:.0f} s",
        f"resident, pages 101-200 -> last 100: {found['early_mb']:.0f} -> {found['late_mb']:.0f} MB",
        f"of these {'; '.join(parts)}",
        f"growth {found['growth']:.1%}, goal < {_MOST_GROWTH:.0%}: {is_met}",
    ]
    return Section(f"Memory: {found['pages']} pages in one session", lines, [])


def _portals(pages: int) -> Section:
    """Read as sent, which the goal is judged by, and drawn in the browser, for comparison."""
    sent, drawn = (measure_portals(form, PORTALS, pages, ANSWER_MS) for form in ("pages", "table"))
    is_met = "met" if _ratio(sent) <= _MOST_RATIO else "NOT met"
    lines = [
        f"{sent['answers']} answers of {ANSWER_MS} ms, {sent['logins']} logins, {sent['rows']} rows",
        f"wall {sent['wall']:.1f} s; the sum of the server's own times : 2 = {sent['ideal']:.1f} s",
        "in the clock: for each portal a context, login, pages, logout; at the end the browsers' closing",
        f"not in it, as in the speed part: two starts of Python and of a browser, {sent['start']:.1f} s",
        f"ratio {_ratio(sent):.2f} with `http` over the portals' HTML pages, goal <= {_MOST_RATIO}: {is_met}",
        f"drawn in the browser (`table`) {_ratio(drawn):.2f}: wall {drawn['wall']:.1f} s",
    ]
    return Section(f"{PORTALS} portals of {pages} pages, two browsers at a time", lines, [])


def _ratio(found: dict[str, Any]) -> float:
    return float(found["wall"] / found["ideal"])


if __name__ == "__main__":
    main()
