"""A logged-in portal: datasets in, pages of rows out."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from bots.errors import BrokerFlowError
from bots.portal.datasets import Dataset, DownloadDataset, PopupDataset
from bots.portal.each_row import EachRowWalk
from bots.portal.evidence import EvidenceSink, keep_evidence
from bots.portal.file_walk import FileWalk
from bots.portal.kept import KeptSession, put_back, take_session
from bots.portal.listing import ListPage
from bots.portal.login import Login
from bots.portal.marks import DatasetMark, PageMark, add_page
from bots.portal.meter import Meter
from bots.portal.people import Asker
from bots.portal.query_windows import QueryWalk
from bots.portal.recipe import Recipe
from bots.portal.screen import Screen
from bots.portal.session_client import SessionClient
from bots.portal.step_trace import StepTrace
from bots.portal.walks import WalkOpener, Walks
from bots.records import DatasetReport, PortalPage

_log = logging.getLogger(__name__)


def open_session(
    context: BrowserContext,
    recipe: Recipe,
    credentials: Mapping[str, str],
    base_url: str,
    evidence: EvidenceSink | None = None,
    *,
    asker: Asker | None = None,
    kept: KeptSession | None = None,
    client: SessionClient | None = None,
) -> "PortalSession":
    """Log in to a portal.

    ``credentials`` has one value per name in the recipe's ``secrets`` (``recipe.secret_names`` tells how
    the secret store calls them). Failures leave pictures, HTML and the last answers in ``evidence``, and
    the trace of a step that failed again; ``asker`` gets a person's answer to a one-time code or a captcha.
    ``kept`` is what ``keep`` gave at the end of an earlier run: it is used as long as the portal takes it,
    and where the recipe says ``keep``. ``client`` asks addresses in place of the context's own.
    Raises SecretMissing, LoginRefused (never try again by itself), AnswerMissing, PasswordExpired,
    PortalUnavailable, PageChanged.
    """
    session = PortalSession(context, recipe, credentials, base_url, evidence, asker=asker, client=client)
    try:
        session.enter(kept)
    except BaseException:
        session.close()
        raise
    return session


class PortalSession:
    """One account in one portal, one page of one browser. Also a context manager that logs out."""

    def __init__(
        self,
        context: BrowserContext,
        recipe: Recipe,
        credentials: Mapping[str, str],
        base_url: str,
        evidence: EvidenceSink | None,
        *,
        asker: Asker | None,
        client: SessionClient | None = None,
    ) -> None:
        self._recipe = recipe
        self._evidence = evidence
        self._secrets = list(credentials.values())
        self._reports: dict[str, DatasetReport] = {}
        self.went_on_after: Sequence[PageMark] = []
        self._screen = Screen(context, recipe, base_url, asker)
        self._screen.client = client or context.request
        self._trace = StepTrace(context, is_wanted=evidence is not None)
        self._login = Login(self._screen, recipe, credentials, self._trace)
        self._opener = WalkOpener(self._screen, self._login, recipe)
        self._failed: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def enter(self, kept: KeptSession | None = None) -> None:
        """Log in, or go on with a session that was kept."""
        try:
            if kept and self._recipe.session.keep:
                self._login.may_be_in = put_back(self._screen, kept)
            self._login.enter()
        except BrokerFlowError:
            self._keep_evidence("login")
            raise
        except PlaywrightError as error:
            self._keep_evidence("login")
            raise self._screen.translated("登录", error) from None

    def extract(
        self,
        dataset: str,
        parameters: Mapping[str, str],
        *,
        with_children: bool = False,
        marks: Sequence[PageMark] = (),
    ) -> Iterator[PortalPage]:
        """Pages of a dataset in order, none twice; complete when the iterator ends without an error.

        ``parameters`` are ISO dates (``2026-10-01``) and months (``2026-10``). ``with_children`` also follows
        the links of the list's rows in the same walk: pages of the datasets whose ``for_each`` names this one
        come between its own, told apart by ``page.dataset``. ``marks`` are those of an earlier run's pages,
        from the first on without a gap: where the list has not moved, the walk goes on behind them
        (``went_on_after`` tells), and their rows count as read.
        Raises ExtractionIncomplete, PageChanged, SourceFileInvalid, PortalUnavailable, LoginRefused, or
        SessionExpired when the recipe's budget of new logins is used up.
        """
        walks = self._opener.open(dataset, parameters, with_children=with_children)
        meter = Meter(list(walks), self._screen)
        self.went_on_after = []
        try:
            self._login.begin()
            if dataset in self._failed:
                self._trace.start()
            for page in meter.measure(self._pages(dataset, walks, meter, marks)):
                if page.mark:
                    self._trace.drop()
                yield page
        except BrokerFlowError as error:
            self._note_failure(dataset, error)
            raise
        except PlaywrightError as error:
            failure = self._screen.translated(f"采集 {dataset}", error)
            self._note_failure(dataset, failure)
            raise failure from None
        self._trace.drop()
        self._failed.discard(dataset)
        for name, walk in walks.items():
            self._reports[name] = meter.report(name, walk.tally)

    def _note_failure(self, dataset: str, error: BrokerFlowError) -> None:
        self._login.note_failure(error)
        self._failed.add(dataset)
        self._keep_evidence(dataset)

    def report(self, dataset: str) -> DatasetReport:
        """What a dataset brought home; KeyError before its extraction has ended well."""
        return self._reports[dataset]

    def keep(self) -> KeptSession | None:
        """The session for the next run as it stands; unless a new login follows, ``close`` does not log out.

        None when the recipe keeps none or nobody is logged in. It is as good as a login: store it encrypted.
        """
        if not self._recipe.session.keep or not self._login.is_in:
            return None
        try:
            kept = take_session(self._screen, self._secrets)
        except (BrokerFlowError, PlaywrightError) as error:
            _log.warning("%s: session not kept: %s", self._recipe.slug, type(error).__name__)
            return None
        self._login.is_kept = True
        return kept

    def close(self) -> None:
        """Log out and close the page; a kept session stays logged in."""
        self._login.leave()
        self._screen.close()

    def _pages(
        self, dataset: str, walks: Walks, meter: Meter, marks: Sequence[PageMark]
    ) -> Iterator[PortalPage]:
        main, *others = walks.values()
        if isinstance(main, EachRowWalk | FileWalk):
            yield from main.pages()
            return
        children = [walk for walk in others if isinstance(walk, EachRowWalk)]
        self.went_on_after = main.begin(marks)
        for mark in self.went_on_after:
            _count_marked(mark, dataset, walks, meter)
        for page in main.pages():
            yield from self._with_mark(page, self._group(dataset, main, page, children))

    def _group(
        self, dataset: str, main: QueryWalk, page: ListPage, children: Sequence[EachRowWalk]
    ) -> Iterator[PortalPage]:
        """A list page, then what is behind its rows."""
        raw, raw_name = main.raw_page(page.page_no)
        accepted = [row.values for row in page.rows if row.values is not None]
        aside = [row.set_aside for row in page.rows if row.set_aside is not None]
        emptied = [cell for row in page.rows for cell in row.emptied]
        name = f"{self._recipe.slug}-{raw_name}"
        yield PortalPage(dataset, page.page_no, accepted, aside, raw, name, page.totals.count, emptied)
        for child in children:
            yield from child.follow(page)

    def _with_mark(self, page: ListPage, group: Iterator[PortalPage]) -> Iterator[PortalPage]:
        """The group, its last page marked: one page waits until the next shows whether it is the last."""
        keys = {name: _naming_columns(rules) for name, rules in self._recipe.datasets.items()}
        marks: dict[str, DatasetMark] = {}
        waiting = next(group)
        while True:
            marks = add_page(marks, waiting, keys)
            following = next(group, None)
            if following is None:
                break
            yield waiting
            waiting = following
        mark = PageMark(
            page.page_no, page.window, page.digest, page.claims, page.sums, page.unreadable, marks
        )
        yield replace(waiting, mark=mark.to_json())

    def _keep_evidence(self, label: str) -> None:
        if self._evidence is not None:
            keep_evidence(self._screen, self._evidence, label, self._secrets, self._trace)


def _naming_columns(rules: Dataset) -> list[str]:
    """The key, with what rows behind a list's row carry of it."""
    carried = rules.for_each.carry if isinstance(rules, PopupDataset | DownloadDataset) else []
    return list(dict.fromkeys([*carried, *rules.key]))


def _count_marked(mark: PageMark, dataset: str, walks: Walks, meter: Meter) -> None:
    """Put into the meter and the children's proofs what an earlier run read; the list has done so itself."""
    for name, walk in walks.items():
        found = mark.datasets.get(name)
        if found is None:
            continue
        if name != dataset:
            walk.tally.add_marked(found, {}, 0)
        meter.add_marked(name, found.rows, found.emptied)
