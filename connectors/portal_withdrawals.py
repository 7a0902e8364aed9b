"""What an insurer no longer shows: rows inside a proved list's reach that its walk did not see."""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from bots.portal.marks import PageMark
from bots.records import PortalPage, SetAside
from connectors.database.columns import Base
from connectors.database.removal import Key, remove, unseen_keys
from connectors.database.tables import (
    Endorsement,
    Policy,
    PremiumDue,
    PremiumReceipt,
    Statement,
    StatementLine,
)

_log = logging.getLogger(__name__)

_KEYS = {
    "policies": ("policy_no",),
    "premiums": ("policy_no", "policy_year"),
    "endorsements": ("policy_no", "endorsement_no"),
    "statements": ("batch_no",),
    "statement_lines": ("batch_no", "line_no"),
}
_INSURER = ("insurer_slug",)


@dataclass(slots=True)
class Walk:
    """One walk of a list: what it asked the portal, and the keys of all rows it was shown.

    ``answers`` are the list's parameters: ``from_date`` and ``to_date`` reach policies by issue date and
    premiums by due date, ``period`` reaches statements.
    """

    insurer: str
    answers: Mapping[str, str]
    seen: defaultdict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    set_aside: Counter[str] = field(default_factory=Counter)

    def note(self, page: PortalPage, unfit: list[SetAside]) -> None:
        """Remember a saved page; ``unfit`` are its rows that the hub set aside."""
        names = _KEYS.get(page.dataset, ())
        self.seen[page.dataset].update(tuple(row[name] for name in names) for row in page.rows)
        self.set_aside[page.dataset] += len(page.set_aside) + len(unfit)

    def note_marked(self, mark: PageMark, unfit: Mapping[str, int]) -> None:
        """Remember a page that an earlier run saved."""
        for name, found in mark.datasets.items():
            self.seen[name].update(found.rows_named(_KEYS.get(name, ())))
            self.set_aside[name] += found.set_aside + unfit.get(name, 0)


def forget_unseen(session: Session, walk: Walk, dataset: str) -> int:
    """Take back what a walk, proved complete, reached and did not show any more; how many rows that are.

    A policy that vanished is alarming and only counted. Nothing is forgotten while rows of the dataset
    are set aside (one of them may be the missing one), nor for a list that was asked something else
    than its window or period: then nobody knows what it reached.
    """
    if dataset not in _FORGET:
        return 0
    if walk.set_aside[dataset]:
        _log.warning("%s %s: rows set aside, nothing is taken back", walk.insurer, dataset)
        return 0
    gone = _FORGET[dataset](session, walk)
    if gone:
        fate = "kept, look into it" if dataset == "policies" else "taken back"
        _log.warning("%s %s: %s rows no longer shown by the insurer, %s", walk.insurer, dataset, gone, fate)
    return gone


def _forget_statements(session: Session, walk: Walk) -> int:
    if walk.answers.keys() != {"period"}:
        return 0
    reach = Statement.period == walk.answers["period"]
    gone = _unseen(session, walk, "statements", Statement, reach)
    batch = (*_INSURER, *_KEYS["statements"])
    remove(session, StatementLine, batch, gone)
    remove(session, Statement, batch, gone)
    return len(gone)


def _forget_statement_lines(session: Session, walk: Walk) -> int:
    batches = [batch_no for (batch_no,) in walk.seen["statements"]]
    reach = StatementLine.batch_no.in_(batches)
    gone = _unseen(session, walk, "statement_lines", StatementLine, reach)
    remove(session, StatementLine, (*_INSURER, *_KEYS["statement_lines"]), gone)
    return len(gone)


def _forget_endorsements(session: Session, walk: Walk) -> int:
    """Endorsements of the policies that the walk saw; those of other policies were not asked for."""
    known = _unseen(session, walk, "endorsements", Endorsement)
    gone = [key for key in known if key[1:2] in walk.seen["policies"]]
    remove(session, Endorsement, (*_INSURER, *_KEYS["endorsements"]), gone)
    return len(gone)


def _forget_premiums(session: Session, walk: Walk) -> int:
    gone = _unseen_in_window(session, walk, "premiums", PremiumDue, PremiumDue.due_date)
    premium = (*_INSURER, *_KEYS["premiums"])
    remove(session, PremiumReceipt, premium, gone)
    remove(session, PremiumDue, premium, gone)
    return len(gone)


def _count_policies(session: Session, walk: Walk) -> int:
    return len(_unseen_in_window(session, walk, "policies", Policy, Policy.issue_date))


def _unseen_in_window(
    session: Session, walk: Walk, dataset: str, entity: type[Base], day: InstrumentedAttribute[date]
) -> list[Key]:
    if walk.answers.keys() != {"from_date", "to_date"}:
        return []
    first, last = (date.fromisoformat(walk.answers[name]) for name in ("from_date", "to_date"))
    return _unseen(session, walk, dataset, entity, day.between(first, last))


def _unseen(
    session: Session, walk: Walk, dataset: str, entity: type[Base], *reach: ColumnElement[bool]
) -> list[Key]:
    """Keys, insurer first, of the rows in reach that the walk did not see."""
    shown = {(walk.insurer, *key) for key in walk.seen[dataset]}
    own = entity.__table__.columns["insurer_slug"] == walk.insurer
    return unseen_keys(session, entity, (*_INSURER, *_KEYS[dataset]), shown, own, *reach)


_FORGET: dict[str, Callable[[Session, Walk], int]] = {
    "policies": _count_policies,
    "premiums": _forget_premiums,
    "endorsements": _forget_endorsements,
    "statements": _forget_statements,
    "statement_lines": _forget_statement_lines,
}
