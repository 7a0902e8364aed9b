"""A whole list in one downloaded file: the steps lead to it, its footer proves it."""

from collections.abc import Iterator, Mapping

from bots.portal.file_rows import read_file
from bots.portal.hands import run_steps
from bots.portal.login import Login
from bots.portal.recipe import FileDataset
from bots.portal.screen import Screen
from bots.portal.tally import Tally
from bots.portal.verbs import filled
from bots.portal.windows import take_download
from bots.records import PortalPage


class FileWalk:
    """One download; ``values`` are the parameters in the portal's spelling."""

    def __init__(
        self, screen: Screen, login: Login, name: str, rules: FileDataset, values: Mapping[str, str]
    ) -> None:
        self.tally = Tally(rules, rules.completeness.summed, f"{screen.place} {name}")
        self._screen = screen
        self._login = login
        self._name = name
        self._rules = rules
        self._values = values

    def pages(self) -> Iterator[PortalPage]:
        """One page: all rows of the file, or SourceFileInvalid and none."""
        raw = self._login.attempt(self._fetch, self._fetch)
        place = f"{self._screen.place} {self._name}"
        file = read_file(raw, self._rules, self._screen.recipe.encoding, place, self._values)
        self.tally.add(file.rows)
        self.tally.prove(file.totals)
        accepted = [row.values for row in file.rows if row.values is not None]
        aside = [row.set_aside for row in file.rows if row.set_aside is not None]
        emptied = [cell for row in file.rows for cell in row.emptied]
        name = filled(self._rules.file_name, self._values)
        yield PortalPage(self._name, 1, accepted, aside, raw, name, len(file.rows), emptied)

    def _fetch(self) -> bytes:
        self._screen.pause()
        self._screen.downloads.clear()
        run_steps(self._screen, self._rules.steps, self._values)
        return take_download(self._screen, f"{self._screen.place} {self._name}")
