"""Being logged in, and becoming so again within the recipe's budget."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from playwright.sync_api import Error as PlaywrightError

from bots.errors import (
    ApplicationError,
    BrokerFlowError,
    LoginRefused,
    PageChanged,
    PasswordExpired,
    SecretMissing,
    SessionExpired,
)
from bots.portal.entry_marks import prove_mark, shows_mark
from bots.portal.hands import Hands, run_steps
from bots.portal.patience import pause_as_asked
from bots.portal.people import AnswerMissing
from bots.portal.recipe import Recipe
from bots.portal.refusals import Refusals
from bots.portal.screen import Screen
from bots.portal.step_trace import StepTrace
from bots.portal.too_fast import TooFast
from bots.portal.verbs import TOP, Fill, Open

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_POLL_MS = 50
_MOMENT_MS = 5_000


class Login:
    """The one session of an account."""

    def __init__(
        self, screen: Screen, recipe: Recipe, credentials: Mapping[str, str], trace: StepTrace
    ) -> None:
        missing = [name for key, name in recipe.secret_names.items() if not credentials.get(key)]
        if missing:
            remedy = "设置环境变量 " + "、".join(f"BROKERFLOW_SECRET_{name.upper()}" for name in missing)
            raise SecretMissing(f"{screen.place} 缺少密钥：{'、'.join(missing)}。", remedy=remedy)
        self._screen = screen
        self._refusals = Refusals(screen)
        self._trace = trace
        self._rules = recipe.session
        self._credentials = credentials
        self._left = recipe.session.relogins
        self._refusal: BrokerFlowError | None = None
        self.may_be_in = False
        self.is_kept = False
        self._is_page_spoilt = False

    @property
    def is_in(self) -> bool:
        """Whether the login is through, as far as anybody has said; the portal's words then mean more."""
        return self._screen.words.is_in

    @is_in.setter
    def is_in(self, value: bool) -> None:
        self._screen.words.is_in = value

    def enter(self) -> None:
        """Log in, unless a kept session still holds.

        Raises LoginRefused when the portal says no, AnswerMissing, PasswordExpired, TooFast; from then on
        without asking it or anybody again.
        """
        if self._refusal:
            raise self._refusal
        self._trace.drop()
        self.is_in = self._is_page_spoilt = False
        self._screen.start_over()
        try:
            if not (self.may_be_in and self._rules.keep and self._is_still_in()):
                self._go_in()
        except (LoginRefused, AnswerMissing, PasswordExpired) as error:
            self._refusal = error
            raise
        except TooFast as error:
            error.is_final, self._refusal = True, error
            raise
        self.is_in = self.may_be_in = True

    def _go_in(self) -> None:
        """Do the steps of the recipe; an answer to one of them that refuses ends them at once.

        Notices on the login page, or in answers to its own scripts, may speak of wrong passwords too.
        """
        self._refusals.begin()
        self.is_kept = False
        try:
            for step in self._rules.login:
                run_steps(self._screen, [step], {}, self._credentials)
                if isinstance(step, Fill) and step.secret:
                    self._refusals.listen()
                if isinstance(step, Open):
                    self._screen.documents.forget()
                self._refusals.judge(self._screen.newest_answer)
            self._refusals.judge_page()
            self._await_entry()
        except (LoginRefused, AnswerMissing, PasswordExpired):
            raise
        except (BrokerFlowError, PlaywrightError):
            self._refusals.judge_everything()
            raise

    def _is_still_in(self) -> bool:
        """Whether the portal's first page shows the mark of a login before its form; no step is done."""
        screen = self._screen
        deadline = time.monotonic() + screen.recipe.timeout_seconds
        try:
            Hands(screen).open("")
            while time.monotonic() < deadline and not screen.shows(TOP, self._rules.login_form):
                if shows_mark(screen, self._rules.logged_in):
                    return True
                screen.words.raise_password_expired(screen.shown_text())
                screen.page.wait_for_timeout(_POLL_MS)
        except (SessionExpired, PageChanged):
            _log.info("%s: the kept session is over", screen.recipe.slug)
        return False

    def _await_entry(self) -> None:
        """Whichever comes first: the proof that we are in, or a page that says no."""
        mark = self._rules.logged_in
        deadline = time.monotonic() + self._screen.recipe.timeout_seconds
        while not shows_mark(self._screen, mark) and time.monotonic() < deadline:
            self._refusals.judge_page()
            self._screen.words.raise_password_expired(self._screen.shown_text())
            self._screen.page.wait_for_timeout(_POLL_MS)
        if mark.element:
            Hands(self._screen).wait_for(mark.frame, mark.element, within_ms=_MOMENT_MS)
        else:
            prove_mark(self._screen, mark, within_ms=_MOMENT_MS)

    def begin(self) -> None:
        """A new dataset has a new budget of logins and pauses; after a failure it starts with a login."""
        self._left = self._rules.relogins
        self._screen.pace.begin()
        if not self.is_in or self._is_page_spoilt:
            self.enter()

    def note_failure(self, error: BrokerFlowError) -> None:
        """The next dataset must not trust the page; a portal that cannot be reached is not logged out of.

        One that is to be left alone is not asked for other datasets either.
        """
        self._is_page_spoilt = True
        if isinstance(error, TooFast) and error.is_final:
            self._refusal = error
        if isinstance(error, ApplicationError | PasswordExpired):
            self.is_in = False

    def attempt(self, first: Callable[[], _Result], again: Callable[[], _Result]) -> _Result:
        """Do ``first``; when the session is lost, log in and do ``again``, which finds its own way back.

        So too after the pause that a portal wants which is asked too fast. Every second try is traced.
        """
        pauses = 0
        try:
            return first()
        except SessionExpired as error:
            self._enter_again(error)
        except TooFast as error:
            pause_as_asked(self._screen, error, pauses)
            pauses += 1
        while True:
            self._trace.start()
            try:
                result = again()
            except SessionExpired as error:
                self._enter_again(error)
            except TooFast as error:
                pause_as_asked(self._screen, error, pauses)
                pauses += 1
            else:
                self._trace.drop()
                return result

    def _enter_again(self, error: SessionExpired) -> None:
        self.is_in = False
        if self._left == 0:
            what = f"{error.what}已重新登录 {self._rules.relogins} 次。"
            raise SessionExpired(what, remedy="确认没有别人在用这个账号，再重新运行") from error
        self._left -= 1
        _log.warning("%s: session lost, logging in again (%d left)", self._screen.recipe.slug, self._left)
        self.enter()

    def leave(self) -> None:
        """Log out, unless the session is kept; a portal that cannot be reached is left as it is."""
        if not self.is_in:
            return
        self.is_in = False
        if self.is_kept:
            return
        try:
            run_steps(self._screen, self._rules.logout, {}, self._credentials)
        except BrokerFlowError as error:
            _log.warning("%s: not logged out: %s", self._screen.recipe.slug, type(error).__name__)
