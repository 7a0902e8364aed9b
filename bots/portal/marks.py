"""Where a walk stands: what a later run needs to go on behind a page that is safely home."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from bots.portal.sheet import Sheet
from bots.records import PortalPage


@dataclass(frozen=True, slots=True)
class DatasetMark:
    """What a page brought to a dataset: rows accepted and set aside, cells left empty, cells filled.

    ``keys`` holds what names each accepted row: the values of the columns ``key_names``.
    """

    rows: int
    set_aside: int
    emptied: int
    filled: dict[str, int]
    key_names: list[str]
    keys: list[list[Any]] = field(repr=False)

    def rows_named(self, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """What these columns hold in each accepted row; ValueError for one that names no row."""
        places = [self.key_names.index(name) for name in names]
        return (tuple(key[place] for place in places) for key in self.keys)


@dataclass(frozen=True, slots=True)
class PageMark:
    """One list page with everything behind its rows.

    ``digest`` tells its texts from any other's, ``claims`` what the source claimed about the whole, ``sums``
    and ``unreadable`` what the page added to the list's proof. ``window`` names its query window by its first
    day, empty where the list is asked for at once.
    """

    page_no: int
    window: str
    digest: str
    claims: list[Any]
    sums: dict[str, int]
    unreadable: int
    datasets: dict[str, DatasetMark]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a checkpoint."""
        return json.loads(json.dumps(self, default=_plain))  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PageMark":
        """What ``to_json`` gave."""
        datasets = {name: DatasetMark(**mark) for name, mark in values["datasets"].items()}
        return cls(**{**values, "datasets": datasets})


def _plain(value: Any) -> Any:
    """What JSON has no name for: a mark as its parts, a date as text."""
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    return str(value)


def digest_of(sheet: Sheet) -> str:
    """Tells a page's titles and cells from others'."""
    cells = [list(sheet.titles), *(row for _, row in sheet.body)]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def claims_of(sheet: Sheet) -> list[Any]:
    """What a page claims about the whole list, as it comes back from JSON."""
    return [sheet.totals.count, dict(sorted(sheet.totals.sums.items())), sheet.last_page]


def count_filled(rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Cells that hold something, by column."""
    return Counter([name for row in rows for name, value in row.items() if value is not None])


def add_page(
    marks: Mapping[str, DatasetMark], page: PortalPage, keys: Mapping[str, Sequence[str]]
) -> dict[str, DatasetMark]:
    """The marks with one page more; ``keys`` are the columns that name a dataset's rows."""
    before = marks.get(page.dataset, DatasetMark(0, 0, 0, {}, [*keys[page.dataset]], []))
    after = DatasetMark(
        rows=before.rows + len(page.rows),
        set_aside=before.set_aside + len(page.set_aside),
        emptied=before.emptied + len(page.emptied),
        filled=dict(Counter(before.filled) + count_filled(page.rows)),
        key_names=before.key_names,
        keys=[*before.keys, *([row[name] for name in before.key_names] for row in page.rows)],
    )
    return {**marks, page.dataset: after}
