"""One stay at a portal: page after page into the hub, with checkpoints to go on from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from prefect import get_run_logger

from bots.portal.marks import PageMark
from bots.portal.recipe import Recipe
from bots.portal.session import PortalSession
from bots.records import PortalPage, SetAside
from connectors.collection_log import AccountLease, VisitKey, forget_marks, read_marks, write_mark
from connectors.files import land
from connectors.portal_accounts import keep_session
from connectors.portal_store import PageOrigin, save_page
from connectors.portal_withdrawals import Walk
from flows.house import flow_run_id


class Visit:
    """One logged-in stay at a portal; a plain class, so that Prefect passes it on untouched."""

    def __init__(self, portal: PortalSession, lease: AccountLease, recipe: Recipe, day: date) -> None:
        self.portal, self.lease, self.recipe, self.day = portal, lease, recipe, day
        self.insurer = recipe.slug
        self.keys = {name: tuple(rules.key) for name, rules in recipe.datasets.items()}

    def save(self, page: PortalPage, key: VisitKey, dataset: str, unfit: Counter[str]) -> list[SetAside]:
        """Land the raw bytes, store rows and checkpoint in one transaction, as long as the account is ours.

        ``unfit`` counts what the hub set aside since the last checkpoint of the list ``dataset``.
        Returns the rows that the hub set aside. Raises LeaseLost with nothing saved.
        """
        with self.lease.saving() as current:
            landed = land(
                current,
                page.raw,
                source=self.insurer,
                dataset=page.dataset,
                name=page.raw_name,
                business_date=self.day,
                flow_run_id=flow_run_id(),
            )
            origin = PageOrigin(self.insurer, landed.id, self.keys[page.dataset], self.day)
            aside = save_page(current, page, origin)
            unfit[page.dataset] += len(aside)
            if page.mark:
                write_mark(current, key, dataset, page.mark, unfit)
        if page.mark:
            unfit.clear()
        return aside


@contextmanager
def kept_for_the_next_run(visit: Visit) -> Iterator[None]:
    """Keep the session where the recipe says so, else log out; whatever happened.

    It is kept from the login on: a browser that dies must not cost the account another one.
    """
    try:
        keep(visit)
        yield
        keep(visit)
    finally:
        visit.portal.close()


def keep(visit: Visit) -> None:
    """Store the session as it stands, if there is one to keep."""
    kept = visit.portal.keep()
    with visit.lease.saving() as current:
        keep_session(current, visit.insurer, kept.to_json() if kept else None, datetime.now(UTC))


def walk_list(visit: Visit, walk: Walk, key: VisitKey, dataset: str) -> Counter[str]:
    """Save page after page, from where an earlier run was killed; rows that the hub set aside, by dataset."""
    logger = get_run_logger()
    known, marks = read_known(visit, key, dataset)
    unfit: Counter[str] = Counter()
    since_mark: Counter[str] = Counter()
    is_first = True
    for page in visit.portal.extract(dataset, key.answers, with_children=True, marks=marks):
        if is_first:
            unfit += resume(visit, walk, known)
            is_first = False
            if known and not visit.portal.went_on_after:
                distrust(visit, key, dataset)
        aside = visit.save(page, key, dataset, since_mark)
        walk.note(page, aside)
        unfit[page.dataset] += len(aside)
        rows, set_aside = len(page.rows) - len(aside), len(page.set_aside) + len(aside)
        logger.info("%s 第 %s 页：%s 行，搁置 %s 行", page.dataset, page.page_no, rows, set_aside)
    return unfit + resume(visit, walk, known) if is_first else unfit


def read_known(visit: Visit, key: VisitKey, dataset: str) -> tuple[list[dict[str, Any]], list[PageMark]]:
    """Checkpoints of a run that did not end, and their marks; none that another version wrote."""
    with visit.lease.saving() as current:
        known = read_marks(current, key, dataset)
    try:
        return known, [PageMark.from_json(checkpoint["mark"]) for checkpoint in known]
    except (KeyError, TypeError):
        distrust(visit, key, dataset)
        return [], []


def distrust(visit: Visit, key: VisitKey, dataset: str) -> None:
    """What was seen contradicts itself or the list has moved: no later run must build on it."""
    with visit.lease.saving() as current:
        forget_marks(current, key, dataset)


def resume(visit: Visit, walk: Walk, known: Sequence[dict[str, Any]]) -> Counter[str]:
    """Count in what an earlier run saved, where the portal took its marks; what the hub set aside of it."""
    unfit: Counter[str] = Counter()
    went_on = visit.portal.went_on_after
    for mark, checkpoint in zip(went_on, known, strict=False):
        walk.note_marked(mark, checkpoint["unfit"])
        unfit += Counter(checkpoint["unfit"])
    if went_on:
        get_run_logger().info("上次运行已保存到第 %s 页，列表没有变化，从下一页继续", went_on[-1].page_no)
    return unfit
