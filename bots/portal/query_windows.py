"""A list asked window by window, oldest first, where the portal answers only so many days at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from bots.dates import parse_date
from bots.portal.datasets import ListDataset
from bots.portal.listing import ListPage, ListWalk
from bots.portal.marks import PageMark
from bots.portal.tally import Tally

_ONE_DAY = timedelta(days=1)


def cut_windows(parameters: Mapping[str, str], days: int | None) -> dict[str, dict[str, str]]:
    """A list's question cut into windows of at most so many days: first day -> what is asked.

    Without ``days`` it is one question without a name. ValueError for a range that ends before it begins.
    """
    if days is None:
        return {"": dict(parameters)}
    first, last = (parse_date(parameters[name]) for name in ("from_date", "to_date"))
    if last < first:
        raise ValueError(f"{first} 到 {last} 不是一段日期")
    return {
        begin.isoformat(): {
            **parameters,
            "from_date": begin.isoformat(),
            "to_date": min(begin + (days - 1) * _ONE_DAY, last).isoformat(),
        }
        for begin in _beginnings(first, last, days)
    }


def _beginnings(first: date, last: date, days: int) -> Iterator[date]:
    while first <= last:
        yield first
        first += days * _ONE_DAY


class QueryWalk:
    """The walks over all windows as one list: pages are numbered through, no key comes twice.

    Each window is proved by its own claims before the next is asked; ``tally`` holds those that are.
    ``asked`` are the keys that the question itself asks for.
    """

    def __init__(
        self, rules: ListDataset, tally: Tally, walks: Mapping[str, ListWalk], asked: Collection[str] = ()
    ) -> None:
        self.rules = rules
        self._asked = asked
        self.tally = tally
        self._walks = walks
        self._current = next(iter(walks.values()))
        self._pages_before = 0

    def begin(self, marks: Sequence[PageMark]) -> Sequence[PageMark]:
        """Prove that no marked window has moved since the run before, and stand behind the last marked page.

        Returns the marks that still hold, all or none: their pages are not read again.
        """
        windows = [(name, list(own)) for name, own in groupby(marks, lambda mark: mark.window)]
        for name, own in windows:
            walk = self._walks.get(name)
            is_last = name == windows[-1][0]
            if walk is None or not walk.begin(own) or not (is_last or walk.is_at_end):
                self._start_over()
                return []
        return marks

    def pages(self) -> Iterator[ListPage]:
        """All pages from where ``begin`` stands on; ExtractionIncomplete unless they add up at the end."""
        for name, walk in self._walks.items():
            self._current = walk
            for page in walk.pages():
                yield replace(page, page_no=self._pages_before + page.page_no, window=name)
            self._pages_before += walk.page_count
            self.tally.absorb(walk.tally)
        if self.rules.completeness.rows_between:
            self.tally.prove_between(*self.rules.completeness.rows_between)
        if self._asked:
            self.tally.prove_asked(self._asked)

    def return_to(self, page_no: int) -> None:
        """From anywhere in the portal back to a page of the window being read."""
        self._current.return_to(page_no - self._pages_before)

    def raw_page(self, page_no: int) -> tuple[bytes, str]:
        """The bytes of the page just read and a name for them without the portal's slug."""
        return self._current.raw_page(page_no - self._pages_before)

    def _start_over(self) -> None:
        """Windows that were begun behind their marks forget them; a single one has done so by itself."""
        if len(self._walks) > 1:
            for walk in self._walks.values():
                walk.start_over()
