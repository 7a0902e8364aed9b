"""alert(), confirm() and their like: the expected one is answered, others are declined and told."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Dialog

_KEPT = 8


class DialogWatch:
    """Answers the dialogs of all windows and remembers the last ones that nobody expected."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._confirm: str | None = None
        self._stray: str | None = None
        self._heard: deque[str] = deque(maxlen=_KEPT)
        context.on("dialog", self._answer)

    @contextmanager
    def expecting(self, confirm: str | None) -> Iterator[None]:
        """Answer a confirm() that contains this text with OK."""
        self._confirm = confirm
        try:
            yield
        finally:
            self._confirm = None

    def take_stray(self) -> str | None:
        """What a dialog that nobody expected said since the last call."""
        said, self._stray = self._stray, None
        return said

    def heard(self) -> list[str]:
        """What all dialogs that nobody expected said since ``forget``, oldest first."""
        return list(self._heard)

    def forget(self) -> None:
        """What was said before is about something else."""
        self._heard.clear()

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        if self._confirm and self._confirm in dialog.message:
            dialog.accept()
            return
        self._stray = dialog.message
        self._heard.append(dialog.message)
        dialog.dismiss()
