"""The verbs of a recipe's steps: one class each, told apart by its key in YAML."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BeforeValidator, Field, model_validator

from bots.portal.strict import Strict

TOP = "top"


class Screen(Protocol):
    """What a verb may do to the page; ``frame`` is a frame's name, ``top`` the page itself."""

    def open(self, path: str) -> None:
        """Load an address relative to the portal's base."""

    def click(self, frame: str, element: str, answer_in: str | None) -> None:
        """Click, and wait for a new document in the frame ``answer_in``."""

    def fill(self, frame: str, element: str, text: str) -> None:
        """Replace the text of an input."""

    def choose(self, frame: str, element: str, option: str) -> None:
        """Choose the option with that value or label."""


class Verb(Strict):
    """A step; ``short`` names the key that a plain string stands for."""

    short: ClassVar[str]
    verb: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that may hold ``{parameter}`` placeholders."""
        return ()

    def run(self, screen: Screen, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Do the step; ``values`` fill placeholders, ``secrets`` are looked up by name."""
        raise NotImplementedError


class Open(Verb):
    """Load an address relative to the portal's base address."""

    short = "path"
    verb: Literal["open"] = "open"
    path: str

    def run(self, screen: Screen, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Load it."""
        screen.open(self.path)


class Click(Verb):
    """Click an element; ``answer_in`` names the frame whose new document is waited for."""

    short = "element"
    verb: Literal["click"] = "click"
    element: str = Field(min_length=1)
    frame: str = TOP
    answer_in: str | None = None

    def run(self, screen: Screen, _values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Click it."""
        screen.click(self.frame, self.element, self.answer_in)


class Fill(Verb):
    """Type into an input: a text with placeholders, or a secret by name."""

    short = "element"
    verb: Literal["fill"] = "fill"
    element: str = Field(min_length=1)
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

    def run(self, screen: Screen, values: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Type it."""
        text = secrets[self.secret] if self.secret else (self.value or "").format_map(values)
        screen.fill(self.frame, self.element, text)


class Choose(Verb):
    """Choose an option of a select by its value or label."""

    short = "element"
    verb: Literal["choose"] = "choose"
    element: str = Field(min_length=1)
    frame: str = TOP
    option: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The option to choose."""
        return (self.option,)

    def run(self, screen: Screen, values: Mapping[str, str], _secrets: Mapping[str, str]) -> None:
        """Choose it."""
        screen.choose(self.frame, self.element, self.option.format_map(values))


VERBS: dict[str, type[Verb]] = {"open": Open, "click": Click, "fill": Fill, "choose": Choose}


def _single_key(value: Any) -> Any:
    """``{click: "#go"}`` -> ``{element: "#go", verb: click}``."""
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"一个步骤只写一个动词：{'、'.join(VERBS)}")
    verb, body = next(iter(value.items()))
    if verb not in VERBS:
        raise ValueError(f"没有动词 {verb}；可用：{'、'.join(VERBS)}")
    return {**(body if isinstance(body, dict) else {VERBS[verb].short: body}), "verb": verb}


Step = Annotated[Open | Click | Fill | Choose, Field(discriminator="verb"), BeforeValidator(_single_key)]
