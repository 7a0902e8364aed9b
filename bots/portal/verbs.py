"""The verbs of a recipe's steps: one class each, told apart by its key in YAML."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BeforeValidator, Field, model_validator

from bots.portal.calendars import Calendar
from bots.portal.selectors import Element, in_order
from bots.portal.strict import Strict

TOP = "top"


HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """``{from_date}`` replaced by its value; KeyError for a name that has none."""
    return HOLE.sub(lambda hole: values[hole[1]], text)


def filled_element(element: Element, values: Mapping[str, str]) -> Element:
    """The same in each of an element's selectors."""
    return filled(element, values) if isinstance(element, str) else [filled(way, values) for way in element]


class Hands(Protocol):
    """What a verb may do to the page; ``frame`` is a frame's name, ``top`` the page itself."""

    def open(self, path: str) -> None:
        """Load an address relative to the portal's base."""

    def click(self, frame: str, element: Element, answer_in: str | None, times: int) -> None:
        """Click so many times, and wait for a new document in the frame ``answer_in``."""

    def send(self, frame: str, element: Element, answer_from: str) -> str:
        """Click, and wait for what an address answers to the page's own request."""

    def fill(self, frame: str, element: Element, text: str) -> None:
        """Replace the text of an input."""

    def choose(self, frame: str, element: Element, option: str, answer_in: str | None) -> None:
        """Choose an option of a select or a radio group, and wait for a new document in ``answer_in``."""

    def choose_item(self, frame: str, element: Element, items: str, option: str) -> None:
        """Open a list that the page draws itself and click one of its items."""

    def hover(self, frame: str, element: Element) -> None:
        """Move the mouse over an element."""

    def wait_for(self, frame: str, element: Element) -> None:
        """Wait until an element can be seen."""

    def wait_gone(self, frame: str, element: Element) -> None:
        """Wait until no such element can be seen."""

    def dismiss(self, frame: str, element: Element, within_ms: int) -> None:
        """Click an element if it shows in time."""

    def set_value(self, frame: str, element: Element, text: str) -> None:
        """Write into an input by script and tell the page that it changed."""

    def pick_day(self, frame: str, element: Element, text: str, opens: str, calendar: Calendar) -> None:
        """Click through a calendar to a date."""

    def upload(self, frame: str, element: Element, file_name: str, text: str) -> None:
        """Put a file with this text into a file input."""

    def ask_person(self, question: "Ask") -> None:
        """Type a person's answer into an input."""


class Verb(Strict):
    """A step; ``short`` names the key that a plain string stands for."""

    short: ClassVar[str]
    verb: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that may hold ``{parameter}`` placeholders."""
        return ()

    def run(self, hands: Hands, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Do the step; ``values`` fill placeholders, ``secrets`` are looked up by name."""
        raise NotImplementedError


class Open(Verb):
    """Load an address relative to the portal's base address."""

    short = "path"
    verb: Literal["open"] = "open"
    path: str

    def run(self, hands: Hands, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Load it."""
        hands.open(self.path)


class Click(Verb):
    """Click an element, ``times`` 2 for a double click.

    ``answer_in`` names the frame whose new document is waited for, ``answer_from`` a part of the address that
    a page asks by itself, staying where it is.
    """

    short = "element"
    verb: Literal["click"] = "click"
    element: Element
    frame: str = TOP
    answer_in: str | None = None
    answer_from: str | None = Field(default=None, min_length=1)
    times: Literal[1, 2] = 1

    @model_validator(mode="after")
    def _one_answer(self) -> "Click":
        if self.answer_from and (self.answer_in or self.times > 1):
            raise ValueError("answer_from 不能和 answer_in、times 一起写")
        return self

    @property
    def is_answered(self) -> bool:
        """Whether it waits for what the server answers."""
        return bool(self.answer_in or self.answer_from)

    @property
    def texts(self) -> tuple[str, ...]:
        """The element to click."""
        return tuple(in_order(self.element))

    def run(self, hands: Hands, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Click it."""
        element = filled_element(self.element, values)
        if self.answer_from:
            hands.send(self.frame, element, self.answer_from)
        else:
            hands.click(self.frame, element, self.answer_in, self.times)


class Fill(Verb):
    """Type into an input: a text with placeholders, or a secret by name."""

    short = "element"
    verb: Literal["fill"] = "fill"
    element: Element
    frame: str = TOP
    value: str | None = None
    secret: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Fill":
        if (self.value is None) == (self.secret is None):
            raise ValueError("value 和 secret 必须写且只写一个")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The value to type."""
        return (self.value,) if self.value is not None else ()

    def run(self, hands: Hands, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Type it."""
        text = secrets[self.secret] if self.secret else filled((self.value or ""), values)
        hands.fill(self.frame, self.element, text)


class Choose(Verb):
    """Choose an option of a select by its value or label, or a radio button by its label.

    ``items`` are the entries of a list that the page draws itself and opens on a click on the element.
    ``answer_in`` as for a click.
    """

    short = "element"
    verb: Literal["choose"] = "choose"
    element: Element
    frame: str = TOP
    option: str
    items: str | None = Field(default=None, min_length=1)
    answer_in: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Choose":
        if self.items and self.answer_in:
            raise ValueError("items 不能和 answer_in 一起写")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The option to choose."""
        return (self.option,)

    def run(self, hands: Hands, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Choose it."""
        option = filled(self.option, values)
        if self.items:
            hands.choose_item(self.frame, self.element, self.items, option)
        else:
            hands.choose(self.frame, self.element, option, self.answer_in)


class Hover(Verb):
    """Move the mouse over an element: menus and buttons that show themselves only then."""

    short = "element"
    verb: Literal["hover"] = "hover"
    element: Element
    frame: str = TOP

    @property
    def texts(self) -> tuple[str, ...]:
        """The element to hover over."""
        return tuple(in_order(self.element))

    def run(self, hands: Hands, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Hover over it."""
        hands.hover(self.frame, filled_element(self.element, values))


class WaitFor(Verb):
    """Wait until an element can be seen, or with ``gone`` until it cannot."""

    short = "element"
    verb: Literal["wait_for"] = "wait_for"
    element: Element
    frame: str = TOP
    gone: bool = False

    def run(self, hands: Hands, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Wait for it."""
        if self.gone:
            hands.wait_gone(self.frame, self.element)
        else:
            hands.wait_for(self.frame, self.element)


class Dismiss(Verb):
    """Close what sometimes lies over the page (notices, cookie banners), if it comes at all."""

    short = "element"
    verb: Literal["dismiss"] = "dismiss"
    element: Element
    frame: str = TOP
    within_ms: int = Field(default=1_500, ge=1, le=30_000)

    def run(self, hands: Hands, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Click its close button when it shows in time."""
        hands.dismiss(self.frame, self.element, self.within_ms)


class PickDate(Verb):
    """Write a date into a field that cannot be typed into: readonly, behind a calendar.

    Where the page takes a date from its calendar alone, ``opens`` shows that, and it is clicked through.
    """

    short = "element"
    verb: Literal["pick_date"] = "pick_date"
    element: Element
    frame: str = TOP
    value: str
    opens: str | None = Field(default=None, min_length=1)
    calendar: Calendar | None = None

    @model_validator(mode="after")
    def _opens_a_calendar(self) -> "PickDate":
        if (self.opens is None) != (self.calendar is None):
            raise ValueError("opens 和 calendar 要写在一起")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The date to write."""
        return (self.value,)

    def run(self, hands: Hands, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Click through the calendar to it, or write it and tell the page."""
        text = filled(self.value, values)
        if self.opens and self.calendar:
            hands.pick_day(self.frame, self.element, text, self.opens, self.calendar)
        else:
            hands.set_value(self.frame, self.element, text)


class Upload(Verb):
    """Put a file into a file input: ``value`` is its text, in the portal's encoding."""

    short = "element"
    verb: Literal["upload"] = "upload"
    element: Element
    frame: str = TOP
    value: str
    file_name: str = Field(min_length=1)

    @property
    def texts(self) -> tuple[str, ...]:
        """The file's text."""
        return (self.value,)

    def run(self, hands: Hands, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Choose the file."""
        hands.upload(self.frame, self.element, self.file_name, filled(self.value, values))


class Ask(Verb):
    """Have a person answer what only a person may: a one-time code, a captcha's picture.

    ``shown`` is the text on the page that tells this code from others, ``picture`` the captcha's element,
    ``remember`` the box that makes the portal know this browser, ``submit`` the button that sends the answer
    to ``answer_from``. Does nothing when ``element`` does not show ``within_ms``.
    """

    short = "element"
    verb: Literal["ask"] = "ask"
    element: str = Field(min_length=1)
    frame: str = TOP
    shown: str = ""
    picture: str = ""
    seconds: int = Field(default=120, ge=10, le=1_800)
    remember: str = ""
    submit: str = Field(min_length=1)
    answer_from: str = Field(min_length=1)
    wrong_answer: list[str] = Field(min_length=1)
    late_answer: list[str] = Field(default_factory=list)
    within_ms: int = Field(default=2_000, ge=0, le=30_000)

    def run(self, hands: Hands, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Ask, wait, type the answer."""
        hands.ask_person(self)


VERBS: dict[str, type[Verb]] = {
    "open": Open,
    "click": Click,
    "fill": Fill,
    "choose": Choose,
    "hover": Hover,
    "wait_for": WaitFor,
    "dismiss": Dismiss,
    "pick_date": PickDate,
    "upload": Upload,
    "ask": Ask,
}


def _single_key(value: Any) -> Any:
    """``{click: "#go"}`` -> ``{element: "#go", verb: click}``."""
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"一个步骤只写一个动词：{'、'.join(VERBS)}")
    verb, body = next(iter(value.items()))
    if verb not in VERBS:
        raise ValueError(f"没有动词 {verb}；可用：{'、'.join(VERBS)}")
    return {**(body if isinstance(body, dict) else {VERBS[verb].short: body}), "verb": verb}


Step = Annotated[
    Open | Click | Fill | Choose | Hover | WaitFor | Dismiss | PickDate | Upload | Ask,
    Field(discriminator="verb"),
    BeforeValidator(_single_key),
]
