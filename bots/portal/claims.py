"""How files and windows prove that they are whole: models of recipes."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from bots.portal.readings import Name, Text
from bots.portal.strict import Strict


class AtLeast(Strict):
    """Completeness of a pop-up: so many rows in each."""

    rows_at_least: int = Field(ge=0)


class FileFooter(Strict):
    """Completeness of a file or a window: its footer row, and the count that the list printed for it."""

    footer: Text
    count: Text | None = None
    sums: list[Name] = Field(default_factory=list)
    parent_count: Name | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "FileFooter":
        if not (self.count or self.sums):
            raise ValueError("count 和 sums 至少写一个")
        return self

    @property
    def summed(self) -> list[str]:
        """Columns whose sums are proved."""
        return self.sums


class ControlFile(Strict):
    """A file in the same zip that says how many rows there are and what they add up to.

    ``file`` is its name, with the values that the zip was asked with; ``count`` and ``sums`` are whole lines
    of it, as printed.
    """

    file: Text
    count: Text | None = None
    sums: dict[Name, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_something(self) -> "ControlFile":
        if not (self.count or self.sums):
            raise ValueError("count 和 sums 至少写一个")
        return self


class FileControl(Strict):
    """Completeness of a file without a footer: the control file beside it, and the list's own count."""

    control: ControlFile
    parent_count: Name | None = None

    @property
    def summed(self) -> list[str]:
        """Columns whose sums are proved."""
        return list(self.control.sums)


def _claim_kind(claim: Any) -> str:
    has_footer = "footer" in claim if isinstance(claim, dict) else isinstance(claim, FileFooter)
    return "footer" if has_footer else "rows"


WindowClaim = Annotated[
    Annotated[AtLeast, Tag("rows")] | Annotated[FileFooter, Tag("footer")], Discriminator(_claim_kind)
]


def _file_claim_kind(claim: Any) -> str:
    has_control = "control" in claim if isinstance(claim, dict) else isinstance(claim, FileControl)
    return "file control" if has_control else "file footer"


FileClaim = Annotated[
    Annotated[FileFooter, Tag("file footer")] | Annotated[FileControl, Tag("file control")],
    Discriminator(_file_claim_kind),
]
