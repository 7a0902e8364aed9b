"""A failed part of a run in words for people."""

from pydantic import BaseModel

from bots.errors import BrokerFlowError
from bots.masking import mask_text


class Failure(BaseModel):
    """What failed where, in the words of its error class."""

    place: str
    title: str
    what: str
    remedy: str
    who: str


def describe_failure(place: str, error: object) -> Failure:
    """``place`` is an insurer's slug or a step; a foreign exception is named as it is. All of it masked."""
    if isinstance(error, BrokerFlowError):
        return Failure(
            place=place,
            title=error.title,
            what=mask_text(error.what),
            remedy=mask_text(error.remedy),
            who=error.who,
        )
    return Failure(
        place=place,
        title=BrokerFlowError.title,
        what=mask_text(f"{type(error).__name__}：{error}"),
        remedy="查看这次运行的日志，修复后重新运行。",
        who=BrokerFlowError.who,
    )
