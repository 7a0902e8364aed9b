"""A portal's pages in the hub: which dataset feeds which table."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from bots.errors import RecipeInvalid, SetupInvalid
from bots.portal.datasets import DatasetRules, DownloadDataset, ListDataset, PopupDataset
from bots.portal.recipe import Recipe
from bots.records import PortalPage, Row, SetAside
from connectors.database.columns import Base
from connectors.database.crypto import current_keys
from connectors.database.removal import remove, unseen_keys
from connectors.database.store import replace as replace_rows
from connectors.database.store import upsert
from connectors.database.tables import (
    Endorsement,
    Insurer,
    Policy,
    PortalRow,
    PremiumDue,
    PremiumReceipt,
    QuarantinedRow,
    Statement,
    StatementLine,
)

_CHUNK_ROWS = 1_000
RECEIPT_INCOMPLETE = "RECEIPT_INCOMPLETE"
_RECEIPT_PARTS = {"receipt_no": "收据号", "received_date": "实收日期", "premium_received_fen": "实收保费"}
_DUE_COLUMNS = ("policy_no", "policy_year", "due_date", "currency")
_RECEIPT_COLUMNS = ("receipt_no", "policy_no", "policy_year", "received_date", "currency")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """Where a page came from: portal and landed raw bytes; ``key`` are the columns that name a row of it."""

    insurer_slug: str
    landing_id: int
    key: tuple[str, ...]
    business_date: date


def save_page(session: Session, page: PortalPage, origin: PageOrigin) -> list[SetAside]:
    """Upsert a page's rows by natural key and keep what it set aside; same page again changes nothing.

    Returns the rows that the bot accepted and the hub cannot hold, because they contradict themselves;
    they are quarantined like those that the page itself set aside.
    """
    rows, unfit = _fit_rows(_completed(page))
    if rows and page.dataset in DATASETS:
        DATASETS[page.dataset](session, rows, origin)
    elif rows:
        _save_sealed(session, page.dataset, rows, origin)
    if unfit:
        places = [item.row_no for item in unfit]
        _log.warning(
            "%s %s page %s: rows %s set aside, %s",
            origin.insurer_slug, page.dataset, page.page_no, places, unfit[0].code,
        )  # fmt: skip
    _quarantine(session, page, [*page.set_aside, *unfit], origin)
    return unfit


def require_insurer(current: Session, insurer_slug: str) -> None:
    """Rows of a portal belong to an insurer of the firm's master data; SetupInvalid when it is unknown."""
    if current.get(Insurer, insurer_slug) is None:
        raise SetupInvalid(
            f"中心数据库里没有保司 {insurer_slug}。",
            remedy="把它写进收件目录 inbox/master/insurers.csv，运行一次“夜间批处理”，再采集。",
        )


def check_datasets(recipe: Recipe, file_name: str) -> None:
    """Raise RecipeInvalid naming file and column where a dataset and its own table do not fit.

    Datasets of other names go into the general table, whatever their columns.
    """
    faults = []
    for name, rules in recipe.datasets.items():
        if name not in COLUMNS:
            continue
        has, place = set(all_columns(rules)), f"{file_name}: datasets.{name}.columns"
        faults += [f"{place}.{column}: 数据库里没有对应的栏目" for column in sorted(has - COLUMNS[name])]
        faults += [f"{place}: 缺少栏目 {column}" for column in sorted(NEEDED[name] - has)]
    if faults:
        raise RecipeInvalid(
            "；".join(faults), remedy="按 docs/recipe.md 的栏目名改写，多出的栏目写进 ignore。"
        )


def needs_insurer(recipe: Recipe) -> bool:
    """Whether rows of the recipe belong to an insurer; a CRM's do not."""
    return any(name in DATASETS for name in recipe.datasets)


def all_columns(rules: DatasetRules) -> list[str]:
    """Every hub column that a dataset's rows hold."""
    carried = rules.for_each.carry if isinstance(rules, PopupDataset | DownloadDataset) else []
    details = rules.details.columns.values() if isinstance(rules, ListDataset) and rules.details else []
    return [*rules.column_names, *(column.name for column in details), *carried]


def _completed(page: PortalPage) -> PortalPage:
    """Columns that this portal does not show are empty."""
    empty = dict.fromkeys(COLUMNS.get(page.dataset, frozenset()))
    return replace(page, rows=[empty | row for row in page.rows]) if empty else page


def _fit_rows(page: PortalPage) -> tuple[list[Row], list[SetAside]]:
    """Rows to store, and premiums called received that lack date, amount or number of their receipt."""
    if page.dataset != "premiums":
        return page.rows, []
    refused = {item.row_no for item in page.set_aside}
    numbers = (number for number in count(1) if number not in refused)
    fit, unfit = [], []
    for row_no, row in zip(numbers, page.rows, strict=False):
        missing = [name for name in _RECEIPT_PARTS if row[name] is None]
        if row["is_received"] and missing:
            reason = f"收费状态为已收，但没有{'、'.join(_RECEIPT_PARTS[name] for name in missing)}"
            unfit.append(SetAside(row, row_no, missing[0], RECEIPT_INCOMPLETE, reason))
        else:
            fit.append(row)
    return fit, unfit


def _quarantine(session: Session, page: PortalPage, aside: list[SetAside], origin: PageOrigin) -> None:
    rows = [
        {
            "insurer_slug": origin.insurer_slug,
            "dataset": page.dataset,
            "landing_id": origin.landing_id,
            "page_no": page.page_no,
            "row_no": item.row_no,
            "column": item.column,
            "code": item.code,
            "reason": item.reason,
            "raw_row": item.row,
        }
        for item in aside
    ]
    if rows:
        upsert(session, QuarantinedRow, rows)


def _save_sealed(session: Session, dataset: str, rows: list[Row], origin: PageOrigin) -> None:
    keys = current_keys()
    sealed = [
        {
            "source_slug": origin.insurer_slug,
            "dataset": dataset,
            "row_key": keys.digest("\x1f".join(str(row[name]) for name in origin.key)),
            "landing_id": origin.landing_id,
            "first_seen_date": origin.business_date,
            "row": row,
        }
        for row in rows
    ]
    upsert(session, PortalRow, sealed)


def _save_batches(session: Session, rows: list[Row], origin: PageOrigin) -> None:
    """An insurer that issues a batch again may drop lines: the batch is replaced whole."""
    own = {"insurer_slug": origin.insurer_slug, "landing_id": origin.landing_id}
    for batch_no in {row["batch_no"] for row in rows}:
        lines = [row | own for row in rows if row["batch_no"] == batch_no]
        replace_rows(session, StatementLine, lines, insurer_slug=origin.insurer_slug, batch_no=batch_no)


def _save_premiums(session: Session, rows: list[Row], origin: PageOrigin) -> None:
    insurer = {"insurer_slug": origin.insurer_slug}
    dues = [
        insurer | {key: row[key] for key in _DUE_COLUMNS} | {"premium_fen": row["premium_due_fen"]}
        for row in rows
    ]
    receipts = [
        insurer | {key: row[key] for key in _RECEIPT_COLUMNS} | {"premium_fen": row["premium_received_fen"]}
        for row in rows
        if row["is_received"]
    ]
    upsert(session, PremiumDue, dues)
    upsert(session, PremiumReceipt, receipts)
    for start in range(0, len(rows), _CHUNK_ROWS):
        _take_back_receipts(session, rows[start : start + _CHUNK_ROWS], origin.insurer_slug)


def _take_back_receipts(session: Session, rows: list[Row], insurer_slug: str) -> None:
    """A bounced premium is 未收 again, a corrected one has another receipt: the portal's row is the truth."""
    names = ("policy_no", "policy_year", "receipt_no")
    asked = {(row["policy_no"], row["policy_year"]) for row in rows}
    shown = {tuple(row[name] for name in names) for row in rows if row["is_received"]}
    in_rows = PremiumReceipt.policy_no.in_({policy_no for policy_no, _ in asked})
    known = unseen_keys(
        session, PremiumReceipt, names, shown, PremiumReceipt.insurer_slug == insurer_slug, in_rows
    )
    gone = [(insurer_slug, key[2]) for key in known if key[:2] in asked]
    if gone:
        _log.warning("%s: %s premium receipts taken back by the insurer", insurer_slug, len(gone))
        remove(session, PremiumReceipt, ("insurer_slug", "receipt_no"), gone)


def _plain(table: type[Base]) -> Callable[[Session, list[Row], PageOrigin], None]:
    def save(session: Session, rows: list[Row], origin: PageOrigin) -> None:
        upsert(session, table, [row | {"insurer_slug": origin.insurer_slug} for row in rows])

    return save


def _landed(table: type[Base]) -> Callable[[Session, list[Row], PageOrigin], None]:
    def save(session: Session, rows: list[Row], origin: PageOrigin) -> None:
        own = {"insurer_slug": origin.insurer_slug, "landing_id": origin.landing_id}
        upsert(session, table, [row | own for row in rows])

    return save


DATASETS: dict[str, Callable[[Session, list[Row], PageOrigin], None]] = {
    "policies": _landed(Policy),
    "premiums": _save_premiums,
    "endorsements": _plain(Endorsement),
    "statements": _landed(Statement),
    "statement_lines": _save_batches,
}

_FILLED_HERE = {"insurer_slug", "landing_id", "sealed_digest", "updated_at", "first_seen_date"}


def _names(table: type[Base], *, needed: bool = False) -> frozenset[str]:
    """Columns of a table that a portal fills; ``needed`` are those that cannot be empty."""
    columns = [column for column in table.__table__.columns if column.name not in _FILLED_HERE]
    return frozenset(
        column.name
        for column in columns
        if not column.name.endswith("_lookup") and not (needed and column.nullable)
    )


_PLAIN_TABLES: dict[str, type[Base]] = {
    "policies": Policy,
    "endorsements": Endorsement,
    "statements": Statement,
    "statement_lines": StatementLine,
}
_PREMIUM_NEEDS = frozenset({*_DUE_COLUMNS, "premium_due_fen", "is_received"})
COLUMNS: dict[str, frozenset[str]] = {
    "premiums": _PREMIUM_NEEDS | {*_RECEIPT_COLUMNS, "premium_received_fen"},
    **{name: _names(table) for name, table in _PLAIN_TABLES.items()},
}
"""Columns that the rows of each dataset may hold."""
NEEDED: dict[str, frozenset[str]] = {
    "premiums": _PREMIUM_NEEDS,
    **{name: _names(table, needed=True) for name, table in _PLAIN_TABLES.items()},
}
"""Columns that the rows of each dataset must hold."""
