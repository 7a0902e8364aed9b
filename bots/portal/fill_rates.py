"""How full each column came home, against the run before: a column that a page lost silently shows here."""

from collections.abc import Mapping

from bots.errors import ExtractionIncomplete
from bots.portal.datasets import DatasetRules
from bots.records import DatasetReport

FEWEST_ROWS = 50
"""Below so many rows a share says little."""


def prove_fill(report: DatasetReport, before: DatasetReport | None, rules: DatasetRules, place: str) -> None:
    """Raise ExtractionIncomplete when a column's share of filled cells moved too far.

    ``fill_within`` says how many points it may move. Compared are accepted rows of the last complete run of
    the same dataset; with fewer than FEWEST_ROWS on either side, and without a run before, nothing is said.
    """
    if before is None or min(report.rows, before.rows) < FEWEST_ROWS or not before.filled:
        return
    now, then = _shares(report), _shares(before)
    names = {column.name: title for title, column in rules.columns.items()}
    moved = [
        f"“{names.get(name, name)}”有内容的比例从 {then[name]:.0f}% 变为 {now.get(name, 0):.0f}%"
        for name in then
        if abs(now.get(name, 0) - then[name]) > rules.fill_within
    ]
    if moved:
        raise ExtractionIncomplete(
            f"{place} {'；'.join(moved)}。",
            remedy="打开保司系统核对这一栏；若确实如此，在配方的这个数据集里放宽 fill_within",
        )


def _shares(report: DatasetReport) -> Mapping[str, float]:
    """Percent of accepted rows that have something in the column."""
    return {name: 100 * count / report.rows for name, count in report.filled.items()}
