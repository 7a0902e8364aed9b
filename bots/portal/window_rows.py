"""The table in a window that a row opened: it is the row's own, and as whole as the window says."""

from collections.abc import Mapping
from typing import Any

from bots.errors import ExtractionIncomplete
from bots.portal.claims import AtLeast, FileFooter
from bots.portal.datasets import PopupDataset
from bots.portal.snapshot import Snapshot
from bots.portal.table import TableRow, check_titles, decode_row, find_body
from bots.portal.tally import Tally, read_footer
from bots.portal.verbs import filled

_OPEN_IT = "打开这一条核对"
_AGAIN = "稍后重新采集；若仍不一致，请打开这一条与保司核对"


def own_texts(rules: PopupDataset, carried: Mapping[str, Any]) -> dict[str, str]:
    """What the window must say to be the row's own, by label, or by the text that names the record."""
    values = {name: str(value) for name, value in carried.items()}
    return {said: filled(said, values) if "{" in said else values[name] for name, said in rules.same.items()}


def prove_own(snapshot: Snapshot, wanted: Mapping[str, str], place: str) -> None:
    """Raise ExtractionIncomplete when the window is another row's."""
    for said, text in wanted.items():
        found = snapshot.labels[said]
        if found != text:
            what = f"没有写“{text}”" if found is None else f"{said} 写着 {found}"
            raise ExtractionIncomplete(f"{place} 打开的窗口不是这一条：{what}。", remedy="稍后重新采集")


def read_window(
    snapshot: Snapshot,
    rules: PopupDataset,
    place: str,
    carried: Mapping[str, Any],
    parent: Mapping[str, Any],
) -> list[TableRow]:
    """Rows of the window; ``parent`` is the list's row that opened it.

    Raises PageChanged for columns, ExtractionIncomplete when rows, count or sums are not those it claims.
    """
    found, body = find_body(snapshot.rows, snapshot.headers, place, rules.summary_rows)
    titles, lines = check_titles(found, rules, place), list(body)
    claim = rules.completeness
    footer = _cut_footer(lines, claim, place) if isinstance(claim, FileFooter) else []
    rows = [
        decode_row(cells, titles, rules, row_no=row_no, index=index, carried=carried)
        for row_no, (index, cells) in enumerate(lines, 1)
    ]
    if isinstance(claim, AtLeast):
        _prove_least(len(rows), claim, place)
    else:
        totals = read_footer(footer, titles, rules, claim, place, remedy=_OPEN_IT)
        tally = Tally(rules, claim.sums, place)
        tally.add(rows)
        tally.prove(totals)
        _prove_listed(len(rows), claim, place, parent)
    return rows


def _prove_least(count: int, claim: AtLeast, place: str) -> None:
    if count < claim.rows_at_least:
        what = f"{place} 至少应有 {claim.rows_at_least} 条，读到 {count} 条。"
        raise ExtractionIncomplete(what, remedy=_OPEN_IT)


def _cut_footer(lines: list[tuple[int, list[str]]], claim: FileFooter, place: str) -> list[str]:
    """Take the footer off the end; it must be there."""
    if not lines or not next(filter(None, lines[-1][1])).startswith(claim.footer):
        what = f"{place} 窗口里最后一行不是“{claim.footer}”，读到 {len(lines)} 行。"
        raise ExtractionIncomplete(what, remedy=_OPEN_IT)
    return lines.pop()[1]


def _prove_listed(count: int, claim: FileFooter, place: str, parent: Mapping[str, Any]) -> None:
    listed = parent[claim.parent_count] if claim.parent_count else count
    if listed != count:
        what = f"{place} 列表写 {listed} 条，窗口里有 {count} 条。"
        raise ExtractionIncomplete(what, remedy=_AGAIN)
