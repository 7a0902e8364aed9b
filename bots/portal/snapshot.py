"""What one look at a page brought home: the table, the text around it, the labels of a sheet."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

_HERE = files(__package__ or "bots.portal")


def _reading(name: str, known: str = "page_look.js") -> str:
    """One of our scripts, with what all of its kind know in front of it."""
    look, script = (_HERE.joinpath(file).read_text("utf-8") for file in (known, name))
    return f"(question) => {{\n{look}\nreturn ({script.strip()})(question);\n}}"


READ_PAGE, READ_CARDS, READ_GRID = map(_reading, ("read_page.js", "read_cards.js", "read_grid.js"))
READ_SHEET = _reading("read_sheet.js")
FOLLOW_ROW, LINK_ADDRESS = (_reading(name, "row_link.js") for name in ("follow_row.js", "link_address.js"))
SCRUB_PAGE = _HERE.joinpath("scrub_page.js").read_text("utf-8")
REPLACE_TEXTS = _HERE.joinpath("replace_texts.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Answer of read_page.js.

    ``table`` and ``header`` are the selectors that found them, empty for none; ``is_busy`` tells that the
    mask still lies over the page, ``pages`` is the number of pages where an element holds it. ``rows`` are
    the table's rows as cleaned texts, ``headers`` tells which of them hold a <th>, ``above`` how many of them
    come from a separate header, ``text`` is the text outside the table, ``stop`` the marker of a lost
    session, ``labels`` the cells beside labels, ``html`` the page or layer as it was read, where it was asked
    for.
    """

    has_table: bool
    table: str
    header: str
    is_page: bool
    is_busy: bool
    pages: int | None
    stop: str
    text: str
    labels: dict[str, str | None]
    headers: list[bool]
    rows: list[list[str]]
    above: int
    html: str

    @classmethod
    def from_json(cls, answer: str) -> "Snapshot":
        """Decode the script's answer."""
        found: dict[str, Any] = json.loads(answer)
        return cls(
            has_table=found["hasTable"],
            table=found["table"],
            header=found["header"],
            is_page=found["isPage"],
            is_busy=found["isBusy"],
            pages=found["pages"],
            stop=found["stop"],
            text=found["text"],
            labels=found["labels"],
            headers=found["headers"],
            rows=found["rows"],
            above=found["above"],
            html=found["html"],
        )
