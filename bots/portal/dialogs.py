"""alert(), confirm() and their like: answered as the recipe declares, else declined and told."""

import logging
from collections import deque

from playwright.sync_api import BrowserContext, Dialog

from bots.portal.interruptions import DialogRule
from bots.portal.recipe import Recipe

_log = logging.getLogger(__name__)
_KEPT = 8
_ASKS_TO_LEAVE = "浏览器询问是否离开此页面"


class DialogWatch:
    """Answers the dialogs of all windows and remembers the last ones that nobody declared.

    What ends or refuses the session is never answered as declared, whatever else its message says.
    """

    def __init__(self, context: BrowserContext, recipe: Recipe) -> None:
        self._context, self._slug = context, recipe.slug
        self._rules = recipe.dialogs
        self._judged = recipe.session.judged
        self._stray: str | None = None
        self._heard: deque[str] = deque(maxlen=_KEPT)
        context.on("dialog", self._answer)

    def take_stray(self) -> str | None:
        """What a dialog that nobody declared said since the last call."""
        said, self._stray = self._stray, None
        return said

    def heard(self) -> list[str]:
        """What all dialogs that nobody declared said since ``forget``, oldest first."""
        return list(self._heard)

    def forget(self) -> None:
        """What was said before is about something else."""
        self._heard.clear()

    def stop(self) -> None:
        """Stop listening to the context."""
        self._context.remove_listener("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        rule = self._rule_for(dialog)
        if rule is None:
            self._stray = dialog.message or _ASKS_TO_LEAVE
            self._heard.append(self._stray)
        else:
            _log.info("%s: dialog answered as declared: %s", self._slug, rule.says or _ASKS_TO_LEAVE)
        if rule is None or rule.answer == "cancel":
            dialog.dismiss()
        elif rule.type:
            dialog.accept(rule.type)
        else:
            dialog.accept()

    def _rule_for(self, dialog: Dialog) -> DialogRule | None:
        if any(text in dialog.message for text in self._judged):
            return None
        return next((rule for rule in self._rules if rule.fits(dialog.type, dialog.message)), None)
