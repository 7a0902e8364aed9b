"""Speed, memory and faults of the portal engine: the figures of record, or else a short measurement."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.acceptance.check import PORTALS_FAULTS, PORTALS_SPEED, Check
from tests.acceptance.clone import Clone

RECORD = Path("docs", "benchmarks.md")
PROGRAM = "benchmarks/portal.py"
FULL = "--rounds 7 --cell-pages 1 --long-pages 1000 --portal-pages 50 --write"
SHORT = "--rounds 1 --pages 20 --cell-pages 1 --long-pages 300 --portal-pages 5 --write"
SHORT_SIZE = "short: 1 round of 20 pages, 300 pages in one session, 20 portals of 5 pages"
# Whatever can move a figure: what is measured, what it is measured on, and the versions of both.
MEASURED = ("benchmarks", "bots", "connectors", "config", "sandbox", "pyproject.toml", "requirements.lock")

# How the page's line of a goal begins -> what it stands for.
GOALS = {
    "DOM reading : fastest peer's best form": "DOM reading is as fast as the fastest peer in its best form",
    "fastest cell-by-cell form : DOM reading": "Reading, nothing drawn, is >= 100x the cell-by-cell form",
    "fastest DOM reading : `http` reading": "`http` after the login is >= 10x the fastest DOM reading",
    "growth": "Memory of Python and browser grows < 10 % in one long session",
    "ratio": "20 portals, 2 browsers, lists asked for by `http`: wall time within 1.3x of the server's times",
}
_GOAL = re.compile(r"^- (.+): (met|NOT met)$", re.MULTILINE)

RIGHT = "all rows right"
INCOMPLETE, CHANGED, UNAVAILABLE = "采集不完整", "页面已改版", "保司系统无法访问"
# What ours must say of each fault: that all rows are right, or the kind of its error.
EXPECTED = {
    "a good day": {RIGHT},
    "short page": {INCOMPLETE},
    "wrong total": {INCOMPLETE},
    "column gone": {CHANGED},
    "column renamed": {CHANGED},
    "column new": {CHANGED},
    "table renamed": {RIGHT},
    "list moves": {INCOMPLETE},
    "session lost": {RIGHT},
    "one answer in ten is HTTP 500": {RIGHT, UNAVAILABLE},
    "slow page": {RIGHT},
    "maintenance": {UNAVAILABLE},
    "killed in mid-list and run again": {RIGHT},
    "browser killed in mid-list": {"浏览器意外关闭"},
    "line cut in mid-list": {UNAVAILABLE},
    "disk full while rows are written": {"磁盘空间不足"},
    "two at once on one account": {RIGHT, "登录会话中断"},
}
PEERS = ("plain Playwright", "scrapy-playwright")
_COLUMNS = ("fault", "rows there", "ours", *PEERS)
_ERROR = re.compile(r"error after \d+ rows: ([^：]+)：")
_BAR = re.compile(r"(?<!\\)\|")


def try_figures(clone: Clone) -> Iterator[Check]:
    """Goal by goal; figures of record count only where nothing that they measure has changed since."""
    clone.set_up()
    page = clone.folder / RECORD
    text = page.read_text("utf-8") if page.is_file() else ""
    commit = _said(text, "commit")
    if _said(text, "command").endswith(FULL) and _is_unchanged(clone, commit):
        yield from judge(text, FULL, f"{RECORD}, measured at {commit}")
        return
    done = clone.run(clone.python, PROGRAM, *SHORT.split(), seconds=1800)
    if done.code != 0:
        raise RuntimeError(done.output[-300:])
    yield from judge(page.read_text("utf-8"), SHORT, SHORT_SIZE)


def judge(text: str, options: str, size: str) -> Iterator[Check]:
    """Each goal, whether the page speaks of it or not, then its table of faults."""
    command = f"python {PROGRAM} {options}"
    lines = _GOAL.findall(text)
    for start, promise in GOALS.items():
        said, verdict = next(
            ((said, verdict) for said, verdict in lines if said.startswith(f"{start} ")),
            ("not measured: the page has no such line", "NOT met"),
        )
        yield Check(PORTALS_SPEED, promise, command, size, f"{said}: {verdict}", verdict == "met")
    rows = _fault_rows(text)
    wrong = [*_wrong_outcomes(rows), *_silent_peers(rows)]
    figure = "; ".join(wrong or [f"{fault}: {row['ours'][:60]}" for fault, row in rows.items()])
    promise = (
        "The same faults through ours and two peers: ours brings all rows or the error that names the fault"
    )
    yield Check(PORTALS_FAULTS, promise, command, size, figure, not wrong)


def _fault_rows(text: str) -> dict[str, dict[str, str]]:
    """Fault -> column -> what it says; nothing without the table."""
    _, _, section = text.partition(f"| {' | '.join(_COLUMNS)} |\n")
    lines = [_BAR.split(line)[1:-1] for line in section.partition("\n\n")[0].splitlines()]
    found = [dict(zip(_COLUMNS, map(str.strip, cells), strict=False)) for cells in lines]
    return {row["fault"]: row for row in found if len(row) == len(_COLUMNS)}


def _wrong_outcomes(rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for fault, expected in EXPECTED.items():
        ours = rows[fault]["ours"] if fault in rows else "not in the table"
        error = _ERROR.match(ours)
        outcome = error[1] if error else RIGHT if ours.endswith(f"no error; {RIGHT}") else ""
        if outcome not in expected:
            yield f"{fault}: {ours[:60]}, expected {' or '.join(sorted(expected))}"


def _silent_peers(rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A peer that reads nothing even on a good day, or did not run, shows nothing."""
    good = rows.get("a good day", {})
    yield from (
        f"{peer}: all rows on a good day expected" for peer in PEERS if RIGHT not in good.get(peer, "")
    )
    for fault, row in rows.items():
        yield from (f"{peer}, {fault}: {row[peer]}" for peer in PEERS if row[peer].startswith("not run"))


def _said(text: str, name: str) -> str:
    found = re.search(rf"^- {name}: (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _is_unchanged(clone: Clone, commit: str) -> bool:
    """Never for a commit that is not known here, or was dirty."""
    return clone.run("git", "diff", "--quiet", commit, "HEAD", "--", *MEASURED).code == 0
