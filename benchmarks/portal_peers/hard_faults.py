"""Part 4, hard faults: killed, browser dead, line cut, disk full, two at once; ours and two scripts.

What counts is the file of rows that is left, for that is what somebody opens the next morning. Ours is
`brokerflow portal try --out`; where a run follows a killed one it is the flow's walk into a hub.
"""

import csv
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contenders import kill_family
from environments import PEERS, NotRun, python_of
from judging import POLICY_NO, RIGHT, as_cells, judge, truth
from kanghe import BEGIN, END, PASSWORD
from ruamel.yaml import YAML
from serving import ROOT, fetch
from trip_line import TripLine, fill_disk, kill_browser, kill_process

from config.settings import PROJECT_ROOT, process_environment

HARD_FAULTS = (
    "killed in mid-list and run again",
    "browser killed in mid-list",
    "line cut in mid-list",
    "disk full while rows are written",
    "two at once on one account",
)
_LOGIN, _QUERY, _THIRD_PAGE = b"btnLogin=", b"btnQuery=", b"Page%243"
_LEFT_BYTES = 10_000
_LONGEST_SECONDS, _HELD_SECONDS, _SHOWN = 240, 15, 160
_HERE = Path(__file__).parent
_SECRETS = {"BROKERFLOW_SECRET_KANGHE_USER": "brokerflow", "BROKERFLOW_SECRET_KANGHE_PASSWORD": PASSWORD}


@dataclass(slots=True)
class Runner:
    """One contender, with a folder of its own that its runs share."""

    peer: str | None
    portal: str
    browser: Path
    folder: Path
    is_flow: bool = False
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    lines: list[TripLine] = field(default_factory=list)

    def line(self, wires: Mapping[bytes, Callable[[], None]]) -> TripLine:
        """A line to the portal on which something happens."""
        self.lines.append(TripLine(self.portal, wires))
        return self.lines[-1]

    def start(self, line: str, out: str = "rows.csv") -> subprocess.Popen[str]:
        """Start reading over a line, towards a file."""
        process = subprocess.Popen(
            self._command(f"{line}/kanghe/", str(self.folder / out)),
            cwd=self.folder if self.peer else ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def outcome(self, process: subprocess.Popen[str], out: str = "rows.csv") -> str:
        """How a run ends, and what is right or wrong with the rows that its file holds by then."""
        try:
            said = process.communicate(timeout=_LONGEST_SECONDS)[0]
        except subprocess.TimeoutExpired:
            kill_family(process.pid)
            return f"error after 0 rows: no end within {_LONGEST_SECONDS} s"
        rows = self.rows(out)
        error = _error_in(said, process.returncode).replace(f"{self.folder}/", "")
        judged = judge(rows)
        if error:
            return f"error after {len(rows)} rows: {error[:_SHOWN]}" + (f"; file: {judged}" if rows else "")
        return f"{len(rows)} rows, no error; {judged}"

    def rows(self, out: str = "rows.csv") -> list[list[str]]:
        """Rows in the file, as cells of the page; none without a file."""
        path = self.folder / out
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        if not self.peer and rows and rows[0][0] == "policy_no":
            places = [rows[0].index(name) for name in ("policy_no", "annual_premium_fen")]
            rows = [as_cells(row[places[0]], int(row[places[1]])) for row in rows[1:]]
        return [row for row in rows if not row[POLICY_NO].startswith("cell_")]

    def _command(self, url: str, out: str) -> list[str]:
        if self.peer:
            script = [str(python_of(self.peer)), str(PEERS / self.peer / "kanghe.py")]
            return [*script, "--url", url, "--browser", str(self.browser), "--out", out]
        if self.is_flow:
            return [sys.executable, str(_HERE / "ours_flow.py"), "--url", url, "--out", out]
        options = ["--dataset", "policies", "--param", f"from_date={BEGIN}", "--param", f"to_date={END}"]
        recipe = [sys.executable, "-m", "cli.main", "portal", "try", str(_write_recipe(self.folder))]
        return [*recipe, *options, "--base-url", url, "--out", out]

    def _environment(self) -> dict[str, str]:
        own = {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)} if not self.peer else {}
        if self.is_flow:
            hub = {"DATA_DIR": str(self.folder), "DATABASE_URL": f"sqlite:///{self.folder / 'hub.db'}"}
            own |= {f"BROKERFLOW_{name}": value for name, value in hub.items()}
            own |= {"BROKERFLOW_MASTER_KEY": "0123456789abcdef" * 2, "BROKERFLOW_LOOKUP_KEY": "5f" * 32}
        return process_environment() | own | _SECRETS


def hard_fault_rows(address: str, browser: Path, peers: Mapping[str, str]) -> list[list[str]]:
    """One row per fault, with a cell for ours and each peer."""
    table = []
    for name, happen in zip(HARD_FAULTS, _HAPPENINGS, strict=True):
        row = [name, str(len(truth()))]
        for peer in (None, *peers.values()):
            fetch(f"{address}/control/reset", {})
            row.append(" ".join(_outcome(happen, peer, address, browser).split()))
        table.append(row)
        print("  ".join(row), file=sys.stderr, flush=True)
    return table


def _outcome(happen: Callable[[Runner], str], peer: str | None, address: str, browser: Path) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        runner = Runner(peer, address, browser, Path(folder))
        try:
            found = happen(runner)
        except NotRun as reason:
            return f"not run: {reason}"
        else:
            has_happened = all(line.is_tripped for line in runner.lines)
            return found if has_happened else f"not run: nothing happened, {found}"
        finally:
            for line in runner.lines:
                line.close()
            for process in runner.started:
                kill_family(process.pid)


def _at_third_page(runner: Runner, deed: Callable[[int, TripLine], None]) -> subprocess.Popen[str]:
    """A run to which something happens when it asks for its third page."""
    line = runner.line({_THIRD_PAGE: lambda: deed(runner.started[-1].pid, line)})
    return runner.start(line.url)


def _killed(runner: Runner) -> str:
    runner.is_flow = runner.peer is None
    _at_third_page(runner, lambda pid, _: kill_process(pid)).communicate(timeout=_LONGEST_SECONDS)
    return runner.outcome(runner.start(runner.portal))


def _browser_killed(runner: Runner) -> str:
    return runner.outcome(_at_third_page(runner, lambda pid, _: kill_browser(pid)))


def _line_cut(runner: Runner) -> str:
    return runner.outcome(_at_third_page(runner, lambda _, line: line.cut()))


def _disk_full(runner: Runner) -> str:
    return runner.outcome(_at_third_page(runner, lambda pid, _: fill_disk(pid, _LEFT_BYTES)))


def _two_at_once(runner: Runner) -> str:
    """The second logs in when the first asks for its third page; the worse outcome of the two."""
    is_there, is_in = threading.Event(), threading.Event()

    def let_in() -> None:
        is_there.set()
        is_in.wait(_HELD_SECONDS)

    def wait_at_the_door() -> None:
        is_there.wait(_HELD_SECONDS)

    lines = (
        runner.line({_THIRD_PAGE: let_in}),
        runner.line({_LOGIN: wait_at_the_door, _QUERY: is_in.set}),
    )
    files = ("first.csv", "second.csv")
    both = [runner.start(line.url, out) for line, out in zip(lines, files, strict=True)]
    found = sorted((runner.outcome(each, out) for each, out in zip(both, files, strict=True)), key=_badness)
    return found[-1]


_HAPPENINGS = (_killed, _browser_killed, _line_cut, _disk_full, _two_at_once)


def _badness(outcome: str) -> int:
    """Right, then an error that is told, then rows that are wrong and nobody says so."""
    if outcome.startswith("error"):
        return 1
    return 0 if outcome.endswith(RIGHT) else 2


def _error_in(said: str, code: int) -> str:
    """The error as people read it; empty for a run that says it went well."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    named = next((line for line in lines if line.startswith("【")), "")
    if named:
        title, _, rest = named[1:].partition("】")
        return f"{title}：{rest.partition(' 处理办法：')[0]}"
    result = next((line for line in reversed(lines) if line.startswith('{"rows"')), "")
    if result:
        return str(json.loads(result).get("error") or "")
    return (
        next((line for line in reversed(lines) if "Error" in line), lines[-1] if lines else "killed")
        if code
        else ""
    )


def _write_recipe(folder: Path) -> Path:
    """The committed recipe with its list alone, as an author would keep a variant of it."""
    yaml, path = YAML(), folder / "kanghe.yaml"
    recipe = yaml.load((PROJECT_ROOT / "config" / "portals" / "kanghe.yaml").read_text("utf-8"))
    del recipe["datasets"]["policies"]["details"]
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(recipe, file)
    return path
