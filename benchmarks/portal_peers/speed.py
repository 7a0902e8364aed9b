"""Part 1: the same list by every contender, interleaved."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clock import digest
from contenders import CELL, CONTENDERS, HTTP, PAGE, Contender, run
from environments import NotRun
from server import rows_of
from serving import list_server

Table = list[list[str]]


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
    result["pages"] = pages
    measured.results[contender].append(result)


def speed_table(measured: Measured) -> Table:
    """Header and one row per contender: seconds, or the reason for none."""
    base = best(measured, PAGE, ours=True)
    table = [
        [
            "contender",
            "pages read",
            "wall s",
            "min",
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
            table.append([contender.name, f"not run: {measured.not_run[contender]}", *[""] * 7])
            continue
        wall, cpu, browser = (_values(results, name) for name in ("wall", "cpu", "browser_cpu"))
        middle = statistics.median(wall)
        read = results[0]["pages"]
        table.append(
            [
                contender.name,
                str(read) if read == measured.pages else f"{read} (scaled to {measured.pages})",
                f"{middle:.2f}",
                f"{min(wall):.2f}",
                f"{statistics.median(cpu):.2f}",
                f"{min(cpu):.2f}",
                f"{statistics.median(browser):.2f}",
                f"{middle / base:.2f}" if base else "",
                ", ".join(f"{name} {version}" for name, version in results[-1]["versions"].items()),
            ]
        )
    return table


def goals(measured: Measured) -> list[str]:
    """What was hoped for, and what came."""
    ours, peers = best(measured, PAGE, ours=True), best(measured, PAGE, ours=False)
    cells, http = best(measured, CELL, ours=False), best(measured, HTTP, ours=True)
    lines = []
    if ours and peers:
        # Two runs of one program differ by this much.
        lines.append(_line("DOM reading : fastest peer's best form", ours / peers, 1.05, most=True))
    if ours and cells:
        lines.append(_line("fastest cell-by-cell form : DOM reading", cells / ours, 100))
    fastest = min((value for value in (ours, peers) if value), default=None)
    if http and fastest:
        lines.append(_line("fastest DOM reading : `http` reading", fastest / http, 10))
    return lines


def best(measured: Measured, kind: str, *, ours: bool) -> float | None:
    """The least median wall seconds of a kind."""
    medians = [
        statistics.median(_values(results, "wall"))
        for contender, results in measured.results.items()
        if contender.kind == kind and (contender.peer is None) == ours
    ]
    return min(medians, default=None)


def _line(what: str, ratio: float, goal: float, *, most: bool = False) -> str:
    is_met = ratio <= goal if most else ratio >= goal
    return f"{what} = {ratio:.2f}, goal {'<=' if most else '>='} {goal:g}: {'met' if is_met else 'NOT met'}"


def _values(results: list[dict[str, Any]], name: str) -> list[float]:
    return [result[name] for result in results]


def choose(only: Sequence[str]) -> list[Contender]:
    """Contenders whose name holds one of the texts; all of them without any."""
    return [one for one in CONTENDERS if not only or any(text in one.name for text in only)]
