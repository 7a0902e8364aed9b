"""The five pretend portals at full size, each dataset by `brokerflow portal try`; recipes and goldens."""

import csv
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.portal_recipes import list_recipes
from sandbox.portals import PORTALS
from sandbox.scene import SEED
from tests.acceptance.check import PORTALS_DONE, Check
from tests.acceptance.clone import Clone
from tests.acceptance.phone import run_with_phone
from tests.acceptance.portal_truth import Truth, all_truths

SIZE = f"seed {SEED}, full size"
FEWEST_LINES, MOST_LINES = 40, 120
MOST_GOLDEN_SECONDS = 20
_LONGEST_SECONDS = 1_800


def try_portals(clone: Clone) -> Iterator[Check]:
    """Every dataset of every portal, then what the issue says of recipes and goldens."""
    clone.set_up()
    with _sandbox(clone) as address:
        for slug, truths in all_truths().items():
            yield _try_portal(clone, slug, truths, f"{address}/{slug}/")
    yield _recipes_are_short(clone.folder / "config" / "portals")
    yield _goldens_are_quick(clone)


@contextmanager
def _sandbox(clone: Clone) -> Iterator[str]:
    """The pretend outside world as the demo shows it; its address."""
    command = [clone.python, "-m", "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, cwd=clone.folder, env=clone.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip().removeprefix("sandbox ready ")
        finally:
            process.terminate()


def _try_portal(clone: Clone, slug: str, truths: list[Truth], address: str) -> Check:
    said = [_try_dataset(clone, slug, truth, address) for truth in truths]
    return Check(
        PORTALS_DONE,
        f"{slug} comes home whole: rows, keys and sums are those of the records behind it",
        f"brokerflow portal try {slug} --dataset {'|'.join(each.dataset for each in truths)} --out rows.csv",
        SIZE,
        "; ".join(figure for figure, _ in said),
        all(is_whole for _, is_whole in said),
    )


def _try_dataset(clone: Clone, slug: str, truth: Truth, address: str) -> tuple[str, bool]:
    """How one dataset came home, and whether it is whole."""
    out = clone.scratch / "rows.csv"
    out.unlink(missing_ok=True)
    account = PORTALS[slug].account
    secrets = {
        f"BROKERFLOW_SECRET_{slug.upper()}_USER": account.user,
        f"BROKERFLOW_SECRET_{slug.upper()}_PASSWORD": account.password,
    }
    options = [f"--param={name}={value}" for name, value in truth.question.items()]
    where = ["--dataset", truth.dataset, "--base-url", address, "--out", str(out)]
    command = [clone.python, "-m", "cli.main", "portal", "try", slug, *where, *options]
    environment = clone.environment(PYTHONUTF8="1", **secrets)
    done = run_with_phone(command, clone.folder, environment, address, _LONGEST_SECONDS)
    if done.code != 0 or not out.is_file():
        return f"{truth.dataset}: exit {done.code}: {done.last_line[:200]}", False
    wrong = find_differences(truth, out)
    figure = f"{truth.dataset} {len(truth.keys):,} rows in {done.seconds:.0f} s"
    return f"{figure}{': ' if wrong else ''}{', '.join(wrong)}", not wrong


def find_differences(truth: Truth, out: Path) -> list[str]:
    """What a CSV of rows lacks, has twice or too much, and sums that differ."""
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = Counter(tuple(row[name] for name in truth.key_columns) for row in rows)
    wanted = Counter(truth.keys)
    said = {"missing": (wanted - found).total(), "too many": (found - wanted).total()}
    sums = {name: sum(int(row[name] or 0) for row in rows) for name in truth.sums}
    said |= {f"fen off in {name}": sums[name] - fen for name, fen in truth.sums.items()}
    return [f"{count} {what}" for what, count in said.items() if count]


def _recipes_are_short(folder: Path) -> Check:
    lines = {path.stem: path.read_text("utf-8").count("\n") for path in sorted(folder.glob("*.yaml"))}
    figure = ", ".join(f"{slug} {count}" for slug, count in lines.items())
    is_passed = all(FEWEST_LINES <= count <= MOST_LINES for count in lines.values())
    promise = f"Recipes are {FEWEST_LINES}-{MOST_LINES} lines"
    return Check(PORTALS_DONE, promise, "wc -l config/portals/*.yaml", "every recipe", figure, is_passed)


def _goldens_are_quick(clone: Clone) -> Check:
    """By the documented command, with nothing to reach."""
    done = clone.run(clone.python, "-m", "cli.main", "portal", "golden")
    return judge_goldens(done.code, done.output, done.seconds, list_recipes())


def judge_goldens(code: int, output: str, seconds: float, slugs: list[str]) -> Check:
    """Whether every portal agrees with its golden, in time by the clock outside."""
    told = {
        slug: float(took) for slug, took in re.findall(r"^✓ (\w+)：.*，([\d.]+) 秒$", output, re.MULTILINE)
    }
    failed = [line for line in output.splitlines() if line.startswith("✗")]
    failed += [f"{slug}: no word of it" for slug in slugs if slug not in told and f"✗ {slug}" not in output]
    rows = sum(map(int, re.findall(r"共 (\d+) 行", output)))
    parts = ", ".join([*(f"{slug} {took:.1f} s" for slug, took in told.items()), *failed])
    promise = f"Golden replay of all portals runs offline in < {MOST_GOLDEN_SECONDS} s"
    is_passed = code == 0 and not failed and seconds < MOST_GOLDEN_SECONDS
    figure = f"{seconds:.1f} s for {rows:,} rows: {parts}"
    return Check(PORTALS_DONE, promise, "brokerflow portal golden", "every portal", figure, is_passed)
