"""A page of labels and values: one row, whose columns are named by the labels."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Frame

from bots.errors import ExtractionIncomplete, PageChanged
from bots.portal.datasets import ListDataset
from bots.portal.hands import run_steps
from bots.portal.label_sheet import LabelSheet, read_sheet
from bots.portal.readings import Fields
from bots.portal.screen import Screen
from bots.portal.sheet import Sheet
from bots.portal.table import plain_title
from bots.portal.tally import read_totals

_REMEDY = "对照页面修改配方里的 fields，再用 brokerflow portal try 试跑"


class FieldSheet:
    """Reads the whole sheet in one call; ``values`` are the parameters in the portal's spelling."""

    def __init__(
        self, screen: Screen, name: str, rules: ListDataset, fields: Fields, values: Mapping[str, str]
    ) -> None:
        self._screen, self._rules, self._fields, self._values = screen, rules, fields, values
        self._place = f"{screen.place} {name}"
        self._html = ""

    def first(self) -> Sheet:
        """Do the steps, read the sheet."""
        self._screen.pause()
        run_steps(self._screen, self._rules.steps, self._values)
        found = read_sheet(
            self._screen,
            self._frame,
            self._fields.within,
            self._place,
            doing="读取内容",
            remedy=_REMEDY,
            same={label: self._values[name] for name, label in self._fields.same.items()},
        )
        self._html = found.html
        self._prove_asked(found)
        return Sheet(
            titles=[label for label, _ in found.pairs],
            body=[(0, [value for _, value in found.pairs])],
            totals=read_totals(found.text, self._rules.completeness, self._place),
            is_last=True,
        )

    def turn(self, page_no: int) -> Sheet:
        """There is one sheet: whoever asks for another one has a fault."""
        raise AssertionError(f"{self._place} has no page {page_no}")

    def back_to(self, page_no: int) -> Sheet:  # noqa: ARG002 - there is one
        """By the steps."""
        return self.first()

    def go_on_after(self, rows: Sequence[int]) -> bool:  # noqa: ARG002 - there is one
        """It is found again."""
        return True

    def raw(self) -> tuple[bytes, str]:
        """As the server sent it; where that was not captured, the HTML as read."""
        body = self._screen.documents.body_of(self._frame.url)
        return (body, ".html") if body else (self._html.encode("utf-8"), ".as-read.html")

    @property
    def _frame(self) -> Frame:
        return self._screen.frame(self._rules.frame)

    def _prove_asked(self, found: LabelSheet) -> None:
        """The sheet must say what was asked for: a page may go on showing what it showed before."""
        said = {plain_title(label): value for label, value in found.pairs}
        for name, label in self._fields.same.items():
            shown, asked = said.get(plain_title(label)), self._values[name]
            if shown != asked:
                self._screen.raise_known_trouble()
                self._screen.raise_script_trouble()
                raise self._not_asked(label, asked, shown)

    def _not_asked(self, label: str, asked: str, shown: str | None) -> PageChanged | ExtractionIncomplete:
        seconds = f"{self._screen.recipe.timeout_seconds:g}"
        if shown is None:
            what = f"{self._place} {seconds} 秒内没有出现“{label}”，无法证明是所问的。"
            return PageChanged(what, remedy=_REMEDY)
        what = (
            f"{self._place} {seconds} 秒后显示的仍不是所问的：问 {asked}，{label} 写着 {shown or '（空）'}。"
        )
        return ExtractionIncomplete(what, remedy="稍后重新采集；仍然如此时对照页面修改配方里的 steps")
