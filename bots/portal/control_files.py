"""A file in a zip with a control file beside it, which says how many rows it has and what they add up to."""

from collections.abc import Mapping
from typing import Any

from bots.errors import SourceFileInvalid
from bots.masking import mask_text
from bots.portal.archives import file_beside
from bots.portal.claims import ControlFile
from bots.portal.file_grids import AGAIN, Grid, decode_text, read_grid
from bots.portal.printed import read_line_numbers
from bots.portal.sheet import Totals
from bots.portal.verbs import filled

_ZIP = b"PK\x03\x04"
_SHOWN_TEXT = 80


def read_controlled(
    raw: bytes, control: ControlFile, encoding: str, place: str, asked: Mapping[str, Any]
) -> tuple[Grid, Totals]:
    """The rows of texts of the zip's file, and what its control file claims.

    ``asked`` fills the control file's name. Raises SourceFileInvalid when either is missing or unreadable.
    """
    wanted = filled(control.file, {name: str(value) for name, value in asked.items()})
    if not raw.startswith(_ZIP):
        what = f"{place} 不是压缩包，没有控制文件 {wanted}：可能没有下载成功。"
        raise SourceFileInvalid(what, remedy=AGAIN)
    name, content, claim = file_beside(raw, wanted, place)
    totals = _read_claim(claim, control, encoding, f"{place}（{wanted}）")
    return read_grid(content, encoding, f"{place}（{name}）", in_archive=True), totals


def _read_claim(raw: bytes, control: ControlFile, encoding: str, place: str) -> Totals:
    text = decode_text(raw, encoding, place)
    count = _number(control.count, "count", text, place) if control.count else None
    sums = {name: _number(line, "amount", text, place) for name, line in control.sums.items()}
    return Totals(count, sums)


def _number(line: str, hole: str, text: str, place: str) -> int:
    """The number in the one line that the recipe describes."""
    try:
        numbers = read_line_numbers(line, text)
    except ValueError as error:
        raise SourceFileInvalid(f"{place} 控制文件的{error}。", remedy=AGAIN) from None
    if numbers is None:
        shown = mask_text("、".join(text.split()))[:_SHOWN_TEXT]
        what = f"{place} 控制文件里应当正好有一行“{line}”，写的是：{shown}。"
        raise SourceFileInvalid(what, remedy=AGAIN)
    return numbers[hole]
