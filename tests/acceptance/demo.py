"""`make demo` in a fresh clone, twice: what it prints, what it leaves in the hub, how long and how large."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bots.money import format_yuan
from cli.night_report import CONTROLS
from connectors.commission_rules import load_rules
from connectors.portal_recipes import load_recipe
from sandbox.scene import INSURER, POLICIES, SEED
from tests.acceptance.check import DONE_WHEN, SPEED, Check
from tests.acceptance.clone import Clone, Finished
from tests.acceptance.demo_files import try_files
from tests.acceptance.hub_content import (
    read_breaks,
    read_content,
    read_figures,
    read_settlements,
    true_breaks,
)
from tests.acceptance.printed_night import PrintedNight, read_printed_night

SIZE = f"seed {SEED}, {POLICIES:,} policies"
FIRST = "make demo (fresh clone, no .venv)"
SECOND = "make demo (the same clone again)"
MOST_SECONDS = 90
MOST_MEGABYTES = 1_500
ERROR_LINE = re.compile(r".*(?:\bERROR\b|\bCRITICAL\b|Traceback).*")


def try_demo(clone: Clone) -> Iterator[Check]:
    """Two demo nights and everything that can be read off them."""
    first = clone.run("make", "demo")
    yield _exits_zero("In a fresh clone without the venv `make demo` exits 0", FIRST, first)
    night = read_printed_night(first.output)
    truth = json.loads((clone.folder / "data" / "demo" / "truth.json").read_text("utf-8"))
    yield from _prints(clone, night, truth)
    yield from _equals_truth(clone.demo_home / "hub.db", truth)
    yield from _is_quick_and_small(night)
    yield from try_files(clone, Path(night.workbook), SIZE)
    yield from _second_night(clone, night)


def _exits_zero(promise: str, command: str, done: Finished) -> Check:
    figure = f"exit {done.code} after {done.seconds:.0f} s"
    return Check(DONE_WHEN, promise, command, SIZE, figure, done.code == 0)


def _prints(clone: Clone, night: PrintedNight, truth: dict[str, Any]) -> Iterator[Check]:
    def check(promise: str, figure: str, *, is_passed: bool) -> Check:
        return Check(DONE_WHEN, promise, FIRST, SIZE, figure, is_passed)

    rows = "; ".join(f"{title} {read}/{due}" for title, (read, due) in night.rows.items())
    yield check(
        "It prints rows/expected per portal, all home", rows, is_passed=night.rows == _true_rows(truth)
    )
    wordings = load_rules().wordings
    planted: dict[str, int] = {}
    for row in truth["breaks"]:
        label = wordings[row["break_class"]].label
        planted[label] = planted.get(label, 0) + 1
    figure = f"{sum(night.breaks.values())} breaks in {len(night.breaks)} classes"
    yield check("It prints breaks by class, as planted", figure, is_passed=night.breaks == planted)
    totals = {title: truth[name] for name, title in CONTROLS.items()}
    figure = "; ".join(f"{title} {format_yuan(fen)}" for title, fen in night.totals.items())
    yield check("It prints the totals in yuan, equal to the truth", figure, is_passed=night.totals == totals)
    workbook = Path(night.workbook)
    size = workbook.stat().st_size if workbook.is_file() else 0
    figure = f"{workbook.name}, {size:,} bytes"
    is_inside = workbook.is_relative_to(clone.demo_home)
    yield check("It prints the workbook's path", figure, is_passed=size > 0 and is_inside)
    sent = night.message_states.count("sent")
    figure = f"{sent} of {len(night.message_states)} sent, {night.received} received by the gateways"
    is_sent = 0 < sent == len(night.message_states) == night.received
    yield check("It prints the messages sent", figure, is_passed=is_sent)


def _true_rows(truth: dict[str, Any]) -> dict[str, tuple[int, int]]:
    counts = {
        "policies": truth["policies"],
        "endorsements": truth["endorsements"],
        "premiums": truth["premium_rows"],
        "statements": len(truth["batches"]),
        "statement_lines": truth["statement_lines"],
    }
    datasets = load_recipe(INSURER).datasets
    return {datasets[name].title: (count, count) for name, count in counts.items()}


def _equals_truth(hub: Path, truth: dict[str, Any]) -> Iterator[Check]:
    def check(promise: str, command: str, figure: str, *, is_passed: bool) -> Check:
        return Check(DONE_WHEN, promise, command, SIZE, figure, is_passed)

    found, planted = read_breaks(hub), true_breaks(truth)
    missed, invented = (planted - found).total(), (found - planted).total()
    yield check(
        "Every break equals truth.json: class, place and four amounts in fen",
        "hub.db: breaks against data/demo/truth.json, one by one",
        f"{(found & planted).total()} of {planted.total()} equal, {missed} missed, {invented} invented",
        is_passed=found == planted,
    )
    settled = read_settlements(hub)
    owed = {row["agent_no"]: (row["payable_fen"], row["held_fen"]) for row in truth["agents"]}
    equal = sum(settled.get(agent) == amounts for agent, amounts in owed.items())
    yield check(
        "Payable and held of every agent equal truth.json to the fen",
        "hub.db: settlements against data/demo/truth.json",
        f"{equal} of {len(owed)} equal",
        is_passed=settled == owed,
    )
    tie_outs = read_figures(hub)["tie_outs"]
    yield check(
        "The tie-outs are 0",
        "hub.db: workbooks.figures",
        ", ".join(f"{name} {fen}" for name, fen in tie_outs.items()),
        is_passed=bool(tie_outs) and not any(tie_outs.values()),
    )


def _is_quick_and_small(night: PrintedNight) -> Iterator[Check]:
    def check(promise: str, figure: str, *, is_passed: bool) -> Check:
        return Check(SPEED, promise, FIRST, SIZE, figure, is_passed)

    ready = night.start_seconds
    preparing = ready.get("收件目录", 0.0) - ready.get("Prefect 服务", 0.0)
    whole = preparing + night.night_seconds
    yield check(
        f"The night ends within {MOST_SECONDS} s of a healthy server",
        f"{whole:.1f} s: deploy, worker and inbox {preparing:.1f}, trigger to end {night.night_seconds}",
        is_passed=night.state == "COMPLETED" and preparing > 0 and whole <= MOST_SECONDS,
    )
    yield check(
        f"Under {MOST_MEGABYTES} MB at the peak (sum of PSS over all processes, sampled each second)",
        f"{night.peak_mb} MB",
        is_passed=0 < night.peak_mb < MOST_MEGABYTES,
    )
    starts = "; ".join(f"{name} {seconds}" for name, seconds in night.start_seconds.items())
    yield check("Start-up is printed apart", f"{starts} s", is_passed=len(night.start_seconds) > len(_STARTS))
    steps = "; ".join(f"{name} {seconds}" for name, seconds in night.steps.items())
    yield check("The time of each step is printed", f"{steps} s", is_passed=len(night.steps) > len(_STEPS))


_STARTS = ("模拟保司系统", "工作台", "Prefect 服务", "部署流程")
_STEPS = ("导入公司资料", "登录", "读取银行流水", "三方核对", "生成工作簿", "发送消息")


def _second_night(clone: Clone, first: PrintedNight) -> Iterator[Check]:
    hub = clone.demo_home / "hub.db"
    rows, figures = read_content(hub), read_figures(hub)
    again = clone.run("make", "demo")
    yield _exits_zero("A second `make demo` exits 0", SECOND, again)
    night = read_printed_night(again.output)
    now = read_content(hub)
    changed = [table for table in rows if rows[table] != now[table]]
    total = sum(content.rows for content in now.values())
    figure = f"{len(now)} tables, {total:,} rows, changed: {', '.join(changed) or 'none'}"
    promise = "Twice leaves the same rows, value by value"
    yield Check(DONE_WHEN, promise, SECOND, SIZE, figure, not changed)
    figure = f"{night.received} received by the gateways"
    yield Check(DONE_WHEN, "Twice sends no second message", SECOND, SIZE, figure, night.received == 0)
    is_same = read_figures(hub) == figures and (night.totals, night.breaks) == (first.totals, first.breaks)
    verdict = "same" if is_same else "not the same"
    figure = f"{len(figures)} stored figures, {len(night.totals)} printed totals: {verdict}"
    yield Check(DONE_WHEN, "Twice leaves a workbook with the same figures", SECOND, SIZE, figure, is_same)
    log = (clone.demo_home / "logs" / "prefect-server.log").read_text("utf-8", errors="replace")
    errors = ERROR_LINE.findall(log)
    figure = f"{len(errors)} of {len(log.splitlines())} lines" + "".join(
        f": {line[:150]}" for line in errors[:1]
    )
    yield Check(DONE_WHEN, "The demo's server log holds no error line", SECOND, SIZE, figure, not errors)
