"""How long each dataset took and how often the browser was asked, without the time its reader took."""

import time
from collections.abc import Iterator, Sequence

from bots.portal.screen import Screen
from bots.portal.tally import Tally
from bots.records import DatasetReport, PortalPage


class Meter:
    """Counts rows, seconds, round trips and fallbacks by dataset; a login's go to the page after it."""

    def __init__(self, datasets: Sequence[str], screen: Screen) -> None:
        self._main = datasets[0]
        self._screen = screen
        self._fallbacks: dict[str, dict[str, None]] = {name: {} for name in datasets}
        self._rows = dict.fromkeys(datasets, 0)
        self._emptied = dict.fromkeys(datasets, 0)
        self._seconds = dict.fromkeys(datasets, 0.0)
        self._trips = dict.fromkeys(datasets, 0)

    def measure(self, pages: Iterator[PortalPage]) -> Iterator[PortalPage]:
        """The same pages; what it took to get each is added to its dataset."""
        while True:
            started, trips = time.perf_counter(), self._screen.round_trips
            page = next(pages, None)
            dataset = page.dataset if page else self._main
            self._seconds[dataset] += time.perf_counter() - started
            self._trips[dataset] += self._screen.round_trips - trips
            self._fallbacks[dataset] |= dict.fromkeys(self._screen.fallbacks.take())
            if page is None:
                return
            self._rows[dataset] += len(page.rows)
            self._emptied[dataset] += len(page.emptied)
            yield page

    def add_marked(self, dataset: str, rows: int, emptied: int) -> None:
        """Count what an earlier run read and saved; its time was that run's."""
        self._rows[dataset] += rows
        self._emptied[dataset] += emptied

    def report(self, dataset: str, tally: Tally) -> DatasetReport:
        """The figures of one dataset."""
        return DatasetReport(
            dataset=dataset,
            rows=self._rows[dataset],
            expected=tally.count,
            set_aside=tally.set_aside,
            seconds=self._seconds[dataset],
            round_trips=self._trips[dataset],
            emptied=self._emptied[dataset],
            filled=dict(tally.filled),
            fallbacks=list(self._fallbacks[dataset]),
        )
