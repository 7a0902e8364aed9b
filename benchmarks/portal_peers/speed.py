"""Part 1: the same list by every contender, interleaved."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clock import digest
from contenders import CELL, CONTENDERS, HTTP, PAGE, Contender, run
from environments import NotRun
from server import rows_of
from serving import list_server

Table = list[list[str]]
Reading = Callable[[dict[str, Any]], float]
_DOM = "DOM reading : fastest peer's best form"
_CELLS = "fastest cell-by-cell form : DOM reading"
_NO_PAGE = "fastest DOM reading : `http` reading"
_WHOLE, _REST, _ALONE = "with the login", "after it", "reading alone"
# Two runs of one program differ by a twentieth. A page costs whoever draws it the same, and so does a login:
# a goal beyond what these leave is judged by what a reader does itself.
_GOALS = {_DOM: ("<=", 1.05, _WHOLE), _CELLS: (">=", 100, _ALONE), _NO_PAGE: (">=", 10, _REST)}


@dataclass
class Measured:
    """What each contender reported, round after round, and why others did not run."""

    pages: int
    cell_pages: int
    results: dict[Contender, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    not_run: dict[Contender, str] = field(default_factory=dict)


def measure_speed(
    chosen: Sequence[Contender], rounds: int, pages: int, cell_pages: int, browser: Path
) -> Measured:
    """Run everybody ``rounds`` times; the forms that read cell by cell read ``cell_pages`` pages."""
    measured = Measured(pages, min(cell_pages, pages))
    with list_server(pages) as address:
        for number in range(rounds):
            # Nobody always runs after the same one.
            order = [*chosen[number % len(chosen) :], *chosen[: number % len(chosen)]]
            for contender in order:
                if contender not in measured.not_run:
                    _run_once(measured, contender, f"{address}/p1/", browser)
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return measured


def _run_once(measured: Measured, contender: Contender, url: str, browser: Path) -> None:
    pages = measured.cell_pages if contender.kind == CELL else measured.pages
    try:
        result = run(contender, url, pages, browser)
    except NotRun as reason:
        measured.not_run[contender] = str(reason)
        measured.results.pop(contender, None)
        return
    truth = [row for page in range(1, pages + 1) for row in rows_of(page)]
    if result["digest"] != digest(truth):
        measured.not_run[contender] = f"wrong rows: {result['rows']} of {len(truth)}"
        measured.results.pop(contender, None)
        return
    # The login is paid once, the pages each.
    scale = measured.pages / pages
    for name in ("wall", "cpu"):
        login = result[f"login_{name}"]
        result[name] = login + (result[name] - login) * scale
    result["browser_cpu"] *= scale
    result["reading_wall"] *= scale
    result["pages"] = pages
    measured.results[contender].append(result)


def speed_table(measured: Measured) -> Table:
    """Header and one row per contender: seconds, or the reason for none."""
    base = best(measured, PAGE, wall, ours=True)
    table = [
        [
            "contender",
            "pages read",
            "wall s",
            "min",
            "after login s",
            "reading alone s",
            "client CPU s",
            "min",
            "browser CPU s",
            "wall : ours, table",
            "versions",
        ]
    ]
    for contender in (*measured.results, *measured.not_run):
        results = measured.results.get(contender)
        if not results:
            table.append([contender.name, f"not run: {measured.not_run[contender]}", *[""] * 9])
            continue
        walls, cpu, browser = (_values(results, name) for name in ("wall", "cpu", "browser_cpu"))
        middle = statistics.median(walls)
        read = results[0]["pages"]
        table.append(
            [
                contender.name,
                str(read) if read == measured.pages else f"{read} (scaled to {measured.pages})",
                f"{middle:.2f}",
                f"{min(walls):.2f}",
                f"{statistics.median(map(after_login, results)):.2f}",
                "" if contender.kind == HTTP else f"{statistics.median(map(alone, results)):.2f}",
                f"{statistics.median(cpu):.2f}",
                f"{min(cpu):.2f}",
                f"{statistics.median(browser):.2f}",
                f"{middle / base:.2f}" if base else "",
                ", ".join(f"{name} {version}" for name, version in results[-1]["versions"].items()),
            ]
        )
    return table


def wall(result: dict[str, Any]) -> float:
    """Seconds with the login, as the goals are worded."""
    return float(result["wall"])


def after_login(result: dict[str, Any]) -> float:
    """Seconds of what grows with the number of pages."""
    return float(result["wall"] - result["login_wall"])


def alone(result: dict[str, Any]) -> float:
    """Seconds between a page that is there and its rows in Python."""
    return float(result["reading_wall"])


def goals(measured: Measured) -> list[str]:
    """What was hoped for, and what came; the reading that decides is named."""
    readings = {_WHOLE: wall, _REST: after_login, _ALONE: alone}
    ratios = {said: _ratios(measured, reading) for said, reading in readings.items()}
    lines = []
    for name in ratios[_WHOLE]:
        sign, goal, judged = _GOALS[name]
        ratio = ratios[judged][name]
        is_met = ratio <= goal if sign == "<=" else ratio >= goal
        shown = ", ".join(f"{found[name]:.2f} {said}" for said, found in ratios.items() if name in found)
        lines.append(f"{name} = {shown}; goal {sign} {goal:g} {judged}: {'met' if is_met else 'NOT met'}")
    return lines


def _ratios(measured: Measured, reading: Reading) -> dict[str, float]:
    """Each goal's ratio, where both sides of it ran."""
    ours, peers = (best(measured, PAGE, reading, ours=is_ours) for is_ours in (True, False))
    fastest = min((seconds for seconds in (ours, peers) if seconds), default=None)
    pairs = {
        _DOM: (ours, peers),
        _CELLS: (best(measured, CELL, reading, ours=False), ours),
        _NO_PAGE: (fastest, best(measured, HTTP, reading, ours=True)),
    }
    return {name: upper / lower for name, (upper, lower) in pairs.items() if upper and lower}


def best(measured: Measured, kind: str, reading: Reading, *, ours: bool) -> float | None:
    """The least median seconds of a kind."""
    medians = [
        statistics.median(map(reading, results))
        for contender, results in measured.results.items()
        if contender.kind == kind and (contender.peer is None) == ours
    ]
    return min(medians, default=None)


def _values(results: list[dict[str, Any]], name: str) -> list[float]:
    return [result[name] for result in results]


def choose(only: Sequence[str]) -> list[Contender]:
    """Contenders whose name holds one of the texts; all of them without any."""
    return [one for one in CONTENDERS if not only or any(text in one.name for text in only)]
