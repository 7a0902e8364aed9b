"""Playwright's trace of a step that is done again, from behind the login until the step has succeeded."""

import logging
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from bots.portal.deadlines import within

_log = logging.getLogger(__name__)
_SAVING_SECONDS = 30


class StepTrace:
    """Costs 300-500 ms a click, so no first try is traced; nor a login, whose passwords would stand in it."""

    def __init__(self, context: BrowserContext, *, is_wanted: bool) -> None:
        self._tracing, self._is_wanted = context.tracing, is_wanted
        self._is_on = False

    def start(self) -> None:
        """Trace from here on, unless nobody wants it or a trace runs already."""
        if not self._is_wanted or self._is_on:
            return
        try:
            self._tracing.start(screenshots=True, snapshots=True)
        except PlaywrightError as error:
            _log.warning("no trace: %s", error.message.splitlines()[0])
        else:
            self._is_on = True

    def drop(self) -> None:
        """The step has succeeded, or somebody logs in: what was traced is forgotten."""
        if self._is_on:
            self._stop(None)

    def take(self) -> bytes | None:
        """The trace as a zip file that Playwright's viewer opens; None when none runs or it is lost."""
        if not self._is_on:
            return None
        with tempfile.TemporaryDirectory(prefix="brokerflow-trace-") as folder:
            path = Path(folder, "trace.zip")
            self._stop(path)
            return path.read_bytes() if path.is_file() else None

    def _stop(self, path: Path | None) -> None:
        self._is_on = False
        try:
            within(_SAVING_SECONDS, self._tracing, "stop", path)
        except PlaywrightError as error:
            _log.warning("trace lost: %s", error.message.splitlines()[0])
