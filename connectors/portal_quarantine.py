"""Portal rows that were set aside, for people to read: where, why, and the refused text, masked."""

from collections.abc import Callable, Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from bots.errors import RecipeInvalid
from bots.masking import mask_name, mask_text
from bots.portal.recipe import Recipe
from connectors.database.tables import LandingFile, QuarantinedRow


def read_set_aside(current: Session, insurer: str | None = None) -> Sequence[QuarantinedRow]:
    """Rows set aside in the newest landing of each dataset, of one insurer or of all.

    Newest is the latest business date, and on it the latest of files of one name: what an earlier night set
    aside and a later one accepted is not open any more.
    """
    other = aliased(LandingFile)
    dated = select(func.max(other.business_date)).where(
        other.source == LandingFile.source, other.dataset == LandingFile.dataset
    )
    again = aliased(LandingFile)
    newer = select(again.id).where(
        and_(
            again.source == LandingFile.source,
            again.dataset == LandingFile.dataset,
            again.business_date == LandingFile.business_date,
            again.name == LandingFile.name,
            again.id > LandingFile.id,
        )
    )
    statement = (
        select(QuarantinedRow)
        .join(LandingFile, LandingFile.id == QuarantinedRow.landing_id)
        .where(LandingFile.business_date == dated.scalar_subquery(), ~newer.exists())
        .order_by(
            QuarantinedRow.insurer_slug, QuarantinedRow.dataset, QuarantinedRow.page_no, QuarantinedRow.row_no
        )
    )
    if insurer:
        statement = statement.where(QuarantinedRow.insurer_slug == insurer)
    return current.scalars(statement).all()


def refused_text(row: QuarantinedRow, load_recipe: Callable[[str], Recipe]) -> str:
    """The text that was refused, masked; of a column that the recipe does not know as harmless, one sign."""
    text = str((row.raw_row or {}).get(row.column, ""))
    try:
        dataset = load_recipe(row.insurer_slug).datasets.get(row.dataset)
    except RecipeInvalid:
        dataset = None
    columns = {**dataset.columns, **dataset.column_names} if dataset else {}
    column = columns.get(row.column)
    is_harmless = column is not None and not column.is_personal
    return mask_text(text) if is_harmless else mask_name(text)
