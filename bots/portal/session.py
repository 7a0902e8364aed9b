"""A logged-in portal: datasets in, pages of rows out."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from bots.errors import BrokerFlowError, BusinessError
from bots.portal.each_row import EachRowWalk
from bots.portal.evidence import EvidenceSink, keep_evidence
from bots.portal.listing import ListWalk
from bots.portal.login import Login
from bots.portal.meter import Meter
from bots.portal.recipe import Dataset, ListDataset, Recipe
from bots.portal.screen import Screen
from bots.records import DatasetReport, PortalPage

Walks = dict[str, ListWalk | EachRowWalk]


class ParameterInvalid(BusinessError):
    """A dataset or a parameter that the recipe does not know was asked for."""

    title = "参数有误"


def open_session(
    context: BrowserContext,
    recipe: Recipe,
    credentials: Mapping[str, str],
    base_url: str,
    evidence: EvidenceSink | None = None,
) -> "PortalSession":
    """Log in to a portal.

    ``credentials`` has one value per name in the recipe's ``secrets`` (``recipe.secret_names`` tells how
    the secret store calls them). Failures leave pictures and HTML in ``evidence``.
    Raises SecretMissing, LoginRefused (never try again by itself), PortalUnavailable, PageChanged.
    """
    session = PortalSession(context, recipe, credentials, base_url, evidence)
    try:
        session.enter()
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
    ) -> None:
        self._recipe = recipe
        self._evidence = evidence
        self._secrets = list(credentials.values())
        self._reports: dict[str, DatasetReport] = {}
        self._screen = Screen(context, recipe, base_url)
        self._login = Login(self._screen, recipe, credentials)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def enter(self) -> None:
        """Log in."""
        try:
            self._login.enter()
        except BrokerFlowError:
            self._keep_evidence("login")
            raise

    def extract(
        self, dataset: str, parameters: Mapping[str, str], *, with_children: bool = False
    ) -> Iterator[PortalPage]:
        """Pages of a dataset in order, none twice; complete when the iterator ends without an error.

        ``parameters`` are ISO dates (``2026-10-01``) and months (``2026-10``). ``with_children`` also follows
        the links of the list's rows in the same walk: pages of the datasets whose ``for_each`` names this one
        come between its own, told apart by ``page.dataset``.
        Raises ExtractionIncomplete, PageChanged, SourceFileInvalid, PortalUnavailable, LoginRefused, or
        SessionExpired when the recipe's budget of new logins is used up.
        """
        walks = self._walks(dataset, parameters, with_children=with_children)
        meter = Meter(list(walks), lambda: self._screen.round_trips)
        pages = meter.measure(self._pages(dataset, walks))
        try:
            self._login.begin()
            yield from pages
        except BrokerFlowError as error:
            self._note_failure(dataset, error)
            raise
        except PlaywrightError as error:
            failure = self._screen.translated(f"采集 {dataset}", error)
            self._note_failure(dataset, failure)
            raise failure from None
        for name, walk in walks.items():
            self._reports[name] = meter.report(name, walk.tally.count, walk.tally.set_aside)

    def _note_failure(self, dataset: str, error: BrokerFlowError) -> None:
        self._login.note_failure(error)
        self._keep_evidence(dataset)

    def report(self, dataset: str) -> DatasetReport:
        """What a dataset brought home; KeyError before its extraction has ended well."""
        return self._reports[dataset]

    def close(self) -> None:
        """Log out and close the page."""
        self._login.leave()
        self._screen.close()

    def _pages(self, dataset: str, walks: Walks) -> Iterator[PortalPage]:
        main, *children = walks.values()
        if isinstance(main, EachRowWalk):
            yield from main.pages()
            return
        for page in main.pages():
            raw, raw_name = main.raw_page(page.page_no)
            accepted = [row.values for row in page.rows if row.values is not None]
            aside = [row.set_aside for row in page.rows if row.set_aside is not None]
            emptied = [cell for row in page.rows for cell in row.emptied]
            yield PortalPage(
                dataset, page.page_no, accepted, aside, raw, raw_name, page.totals.count, emptied
            )
            for child in children:
                if isinstance(child, EachRowWalk):
                    yield from child.follow(page)

    def _walks(self, dataset: str, parameters: Mapping[str, str], *, with_children: bool) -> Walks:
        """The dataset's own walk first, then those of its children."""
        rules = self._rules(dataset)
        if not isinstance(rules, ListDataset):
            parent_name = rules.for_each.dataset
            parent = self._list_walk(parent_name, self._rules(parent_name), parameters)
            return {dataset: EachRowWalk(self._screen, self._login, dataset, rules, parent)}
        walk = self._list_walk(dataset, rules, parameters)
        walks: Walks = {dataset: walk}
        children = self._recipe.children_of(dataset) if with_children else {}
        for name, child in children.items():
            walks[name] = EachRowWalk(self._screen, self._login, name, child, walk)
        return walks

    def _list_walk(self, dataset: str, rules: Dataset, parameters: Mapping[str, str]) -> ListWalk:
        if not isinstance(rules, ListDataset):
            raise TypeError(f"{dataset} is no list")
        if set(parameters) != set(rules.parameters):
            asked, given = "、".join(rules.parameters) or "（无）", "、".join(parameters) or "（无）"
            what = f"{self._screen.place} {dataset} 需要参数 {asked}，收到 {given}。"
            raise ParameterInvalid(what, remedy="按配方里的 parameters 填写")
        try:
            values = {name: rules.parameters[name].write(text) for name, text in parameters.items()}
        except ValueError as error:
            raise ParameterInvalid(
                f"{self._screen.place} {dataset}：{error}", remedy="日期写 2026-10-01，月份写 2026-10"
            ) from None
        return ListWalk(self._screen, self._login, dataset, rules, values)

    def _rules(self, dataset: str) -> Dataset:
        rules = self._recipe.datasets.get(dataset)
        if rules is None:
            known = "、".join(self._recipe.datasets)
            raise ParameterInvalid(
                f"{self._screen.place} 没有数据集 {dataset}；有：{known}。", remedy="改用其中一个"
            )
        return rules

    def _keep_evidence(self, label: str) -> None:
        if self._evidence is not None:
            keep_evidence(self._screen, self._evidence, label, self._secrets)
