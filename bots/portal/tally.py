"""Completeness of a list: keys once only, rows and sums as the portal prints them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bots.errors import ExtractionIncomplete, PageChanged
from bots.money import format_yuan
from bots.portal.claims import FileFooter
from bots.portal.datasets import DatasetRules
from bots.portal.marks import DatasetMark, count_filled
from bots.portal.printed import read_numbers, texts_that_fit
from bots.portal.readings import ListTotals
from bots.portal.sheet import Totals
from bots.portal.table import TableRow

_SHOWN_NUMBERS = 3
_REMEDY = "稍后重新采集；若仍不一致，请与保司核对页面上的合计"
_RANGE_REMEDY = "打开保司系统核对条数；确实有这么多时修改配方里的 rows_between"
_ASKED_REMEDY = "在保司系统里用同样的号码查一次：可能没有收全，或者一次收不下这么多"
_AMBIGUOUS_REMEDY = "对照页面，把配方里 completeness 的文字写长，只剩整个列表的那一处"
_ASIDE_REMEDY = "用 brokerflow portal aside 或 try --max-pages 1 看是哪一格，再修改配方或请保司更正"
_PATTERN_REMEDY = "对照页面修改配方里的 completeness 或 paging"


def read_totals(text: str, printed: ListTotals, place: str) -> Totals:
    """The printed count and sums. Raises PageChanged when a pattern is not on the page."""
    return Totals(
        count=_number(text, printed.count, "count", place) if printed.count else None,
        sums={name: _number(text, pattern, "amount", place) for name, pattern in printed.sums.items()},
    )


def read_footer(
    footer: Sequence[str],
    titles: Sequence[str],
    rules: DatasetRules,
    claim: FileFooter,
    place: str,
    *,
    remedy: str,
) -> Totals:
    """The count and the sums of a footer row, whose amounts stand below their titles.

    Raises ExtractionIncomplete with the remedy when one of them cannot be read.
    """
    count = _footer_count(footer, claim.count, place, remedy) if claim.count else None
    cells = dict(zip(titles, footer, strict=False))
    try:
        sums = {name: int(rules.column_names[name].parse(cells[rules.titles[name]])) for name in claim.sums}
    except (ValueError, TypeError, KeyError):
        what = f"{place} 合计行的金额无法识别：{'、'.join(filter(None, footer))}。"
        raise ExtractionIncomplete(what, remedy=remedy) from None
    return Totals(count, sums)


def _footer_count(footer: Sequence[str], pattern: str, place: str, remedy: str) -> int:
    numbers = read_numbers(pattern, " ".join(footer))
    if numbers is None:
        raise ExtractionIncomplete(f"{place} 合计行没有“{pattern}”。", remedy=remedy)
    return numbers["count"]


def _number(text: str, pattern: str, hole: str, place: str) -> int:
    said = texts_that_fit(pattern, text)
    if len(said) > 1:
        what = f"{place} 页面上有几处“{pattern}”，写的不同：{'、'.join(said)}。"
        raise PageChanged(what, remedy=_AMBIGUOUS_REMEDY)
    try:
        numbers = read_numbers(pattern, said[0]) if said else None
    except ValueError as error:
        raise PageChanged(f"{place} 页面上的“{said[0]}”读不懂：{error}。", remedy=_PATTERN_REMEDY) from None
    if numbers is None:
        raise PageChanged(f"{place} 页面上没有“{pattern}”。", remedy=_PATTERN_REMEDY)
    return numbers[hole]


@dataclass(slots=True)
class Tally:
    """Counts every row read, accepted or set aside."""

    rules: DatasetRules
    summed: Sequence[str]
    place: str
    count: int = 0
    set_aside: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    _keys: set[tuple[str, ...]] = field(default_factory=set)
    _aside: list[tuple[str, ...] | None] = field(default_factory=list)

    def add(self, rows: Sequence[TableRow]) -> None:
        """Count rows. Raises ExtractionIncomplete when a key comes twice."""
        accepted = [row.values for row in rows if row.values is not None]
        self.count += len(rows)
        self.set_aside += len(rows) - len(accepted)
        self._aside += [self._key_of(row) for row in rows if row.values is None]
        self._add_amounts(rows)
        for values in accepted:
            key = tuple(str(values[name]) for name in self.rules.key)
            if key in self._keys:
                named = "、".join(f"{name} {value}" for name, value in zip(self.rules.key, key, strict=True))
                what = f"{self.place} 读到两次同一条：{named}。"
                raise ExtractionIncomplete(what, remedy=_REMEDY)
            self._keys.add(key)
        self.filled.update(count_filled(accepted))

    def add_marked(self, mark: DatasetMark, sums: Mapping[str, int], unreadable: int) -> None:
        """Count what an earlier run read and saved."""
        self.count += mark.rows + mark.set_aside
        self.set_aside += mark.set_aside
        self.unreadable += unreadable
        self.filled.update(mark.filled)
        keys = {tuple(map(str, key)) for key in mark.rows_named(self.rules.key)}
        if len(keys) < mark.rows or keys & self._keys:
            raise ExtractionIncomplete(f"{self.place} 上次保存的页里有重复的行。", remedy=_REMEDY)
        self._keys |= keys
        for name, amount in sums.items():
            self.sums[name] = self.sums.get(name, 0) + amount

    def part(self, place: str) -> "Tally":
        """An empty tally of a part of the list: a key that another part has read comes twice there too."""
        return Tally(self.rules, self.summed, place, _keys=self._keys, _aside=self._aside)

    def absorb(self, part: "Tally") -> None:
        """Count a part that was proved."""
        self.count += part.count
        self.set_aside += part.set_aside
        self.unreadable += part.unreadable
        self.filled.update(part.filled)
        for name, amount in part.sums.items():
            self.sums[name] = self.sums.get(name, 0) + amount

    def clear(self) -> None:
        """As if nothing had been read, in this part or in any other."""
        self.count = self.set_aside = self.unreadable = 0
        self.sums.clear()
        self.filled.clear()
        self._keys.clear()
        self._aside.clear()

    def _key_of(self, row: TableRow) -> tuple[str, ...] | None:
        """The key of a row that was set aside; None where that is what cannot be read."""
        columns, titles = self.rules.column_names, self.rules.titles
        try:
            return tuple(str(columns[name].parse(row.raw[titles[name]])) for name in self.rules.key)
        except (ValueError, KeyError):
            return None

    def _add_amounts(self, rows: Sequence[TableRow]) -> None:
        """Amounts of set-aside rows count too, as far as they can be read."""
        columns, titles = self.rules.column_names, self.rules.titles
        for name in self.summed:
            column, title = columns[name], titles[name]
            for row in rows:
                try:
                    amount = column.parse(row.raw[title])
                except (ValueError, KeyError):
                    self.unreadable += 1
                    continue
                self.sums[name] = self.sums.get(name, 0) + (amount or 0)

    def disagreements(self, count: int | None, sums: Mapping[str, int]) -> list[str]:
        """Chinese sentences: where the rows at home differ from what is claimed."""
        said = [] if count in (None, self.count) else [f"应有 {count} 条，读到 {self.count} 条"]
        for name, claimed in sums.items():
            read = self.sums.get(name, 0)
            if read != claimed:
                title = self.rules.titles[name]
                said.append(
                    f"{title} 合计应为 {format_yuan(claimed)} 元，读到 {format_yuan(read)} 元，"
                    f"差 {format_yuan(read - claimed)} 元"
                )
        if said and self.unreadable:
            said.append(f"另有 {self.unreadable} 个金额无法识别")
        return said

    def prove(self, totals: Totals) -> None:
        """Raises ExtractionIncomplete unless rows and sums agree with what is claimed."""
        said = self.disagreements(totals.count, totals.sums)
        if said:
            raise ExtractionIncomplete(f"{self.place} {'；'.join(said)}。", remedy=_REMEDY)

    def prove_asked(self, asked: Collection[str]) -> None:
        """Raises ExtractionIncomplete unless each key that was asked about has come home, and no other.

        A row whose key cannot be read counts for one that is missing.
        """
        found = {key for (key,) in [*self._keys, *filter(None, self._aside)]}
        others, missing = sorted(found.difference(asked)), sorted(set(asked) - found)
        if self.count == len(asked) and not others and len(missing) == self._aside.count(None):
            return
        said = [f"{self.place} 问了 {len(asked)} 个号码，读到 {self.count} 条"]
        said += [f"没有读到 {'、'.join(missing[:_SHOWN_NUMBERS])}"] if missing else []
        said += [f"没有问过 {'、'.join(others[:_SHOWN_NUMBERS])}"] if others else []
        raise ExtractionIncomplete(f"{'；'.join(said)}。", remedy=_ASKED_REMEDY)

    def prove_none_aside(self) -> None:
        """Raises ExtractionIncomplete when the one row that there is was set aside."""
        if self.set_aside:
            what = f"{self.place} 唯一的一行有内容无法识别，已搁置，没有采到数据。"
            raise ExtractionIncomplete(what, remedy=_ASIDE_REMEDY)

    def prove_between(self, fewest: int, most: int) -> None:
        """Raises ExtractionIncomplete unless so many rows are at home as people expect."""
        if not fewest <= self.count <= most:
            what = f"{self.place} 应有 {fewest} 到 {most} 条，读到 {self.count} 条。"
            raise ExtractionIncomplete(what, remedy=_RANGE_REMEDY)
