"""A whole list in downloaded files: the steps lead to each, its footer or control file proves it."""

from collections.abc import Iterator, Mapping
from functools import partial

from bots.portal.datasets import FileDataset
from bots.portal.file_rows import read_file
from bots.portal.hands import run_steps
from bots.portal.login import Login
from bots.portal.screen import Screen
from bots.portal.tally import Tally
from bots.portal.verbs import filled
from bots.portal.windows import take_download
from bots.records import PortalPage


class FileWalk:
    """One download per window, oldest first; no key comes twice.

    ``windows`` are the parameters in the portal's spelling by the name of the question: the dataset's, with
    its days where a range is asked for in parts.
    """

    def __init__(
        self,
        screen: Screen,
        login: Login,
        name: str,
        rules: FileDataset,
        windows: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.tally = Tally(rules, rules.completeness.summed, f"{screen.place} {name}")
        self._screen = screen
        self._login = login
        self._name = name
        self._rules = rules
        self._windows = windows

    def pages(self) -> Iterator[PortalPage]:
        """One page per window: all rows of its file, or SourceFileInvalid and none."""
        for page_no, (named, values) in enumerate(self._windows.items(), 1):
            yield self._page(page_no, f"{self._screen.place} {named}", values)

    def _page(self, page_no: int, place: str, values: Mapping[str, str]) -> PortalPage:
        fetch = partial(self._fetch, place, values)
        raw = self._login.attempt(fetch, fetch)
        file = read_file(raw, self._rules, self._screen.recipe.encoding, place, values)
        self._screen.pace.note(len(file.rows))
        part = self.tally.part(place)
        part.add(file.rows)
        self.tally.absorb(part)
        accepted = [row.values for row in file.rows if row.values is not None]
        aside = [row.set_aside for row in file.rows if row.set_aside is not None]
        emptied = [cell for row in file.rows for cell in row.emptied]
        name = filled(self._rules.file_name, values)
        return PortalPage(self._name, page_no, accepted, aside, raw, name, len(file.rows), emptied)

    def _fetch(self, place: str, values: Mapping[str, str]) -> bytes:
        self._screen.pause()
        self._screen.downloads.clear()
        run_steps(self._screen, self._rules.steps, values)
        return take_download(self._screen, place)
