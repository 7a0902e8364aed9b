"""What one look at a page brought home: the table, the text around it, the labels of a sheet."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

_HERE = files(__package__ or "bots.portal")
READ_PAGE = _HERE.joinpath("read_page.js").read_text("utf-8")
FOLLOW_ROW = _HERE.joinpath("follow_row.js").read_text("utf-8")
SCRUB_PAGE = _HERE.joinpath("scrub_page.js").read_text("utf-8")
REPLACE_TEXTS = _HERE.joinpath("replace_texts.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Answer of read_page.js.

    ``rows`` are the table's rows as cleaned texts, ``headers`` tells which of them hold a <th>, ``text`` is
    the text outside the table, ``stop`` the marker of a lost session, ``labels`` the cells beside labels.
    """

    has_table: bool
    is_done: bool
    stop: str
    text: str
    labels: dict[str, str | None]
    headers: list[bool]
    rows: list[list[str]]

    @classmethod
    def from_json(cls, answer: str) -> "Snapshot":
        """Decode the script's answer."""
        found: dict[str, Any] = json.loads(answer)
        return cls(
            has_table=found["hasTable"],
            is_done=found["isDone"],
            stop=found["stop"],
            text=found["text"],
            labels=found["labels"],
            headers=found["headers"],
            rows=found["rows"],
        )
