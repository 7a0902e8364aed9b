"""A form that comes back: which control raised it, and the state that it brought along."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request

from sandbox.kanghe.viewstate import InvalidViewState, StateSeal, generator_of

CONTENT = "ctl00$MainContent$"


class InvalidPostback(ValueError):
    """The event belongs to no control of the page, or the validation field is not the page's own."""


@dataclass(frozen=True, slots=True)
class Postback:
    """``control`` is the raising control without ``ctl00$MainContent$``, empty for a bare submit."""

    control: str
    argument: str
    fields: dict[str, str]
    state: dict[str, Any]

    def field(self, control: str) -> str:
        """What the browser sent for a control of the page."""
        return self.fields.get(CONTENT + control, "")


async def read_postback(request: Request, page: str, user_key: str, seal: StateSeal) -> Postback | None:
    """The postback of a request; None for one that is none (a form without ``__VIEWSTATE`` is a first visit).

    Raises InvalidViewState or InvalidPostback.
    """
    if request.method != "POST":
        return None
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        fields = await _parts(request)
    else:
        fields = _fields(await request.body())
    if "__VIEWSTATE" not in fields:
        return None
    viewstate = fields["__VIEWSTATE"]
    state = seal.read(page, user_key, viewstate)
    if fields.get("__VIEWSTATEGENERATOR") != generator_of(page):
        raise InvalidViewState(page)
    if fields.get("__EVENTVALIDATION") != seal.events(viewstate):
        raise InvalidPostback(page)
    # A pressed button goes before __EVENTTARGET, which may still hold the last link's name.
    pressed = next((name for name in fields if name.startswith(f"{CONTENT}btn")), "")
    control = pressed or fields.get("__EVENTTARGET", "")
    argument = "" if pressed else fields.get("__EVENTARGUMENT", "")
    return Postback(control.removeprefix(CONTENT), argument, fields, state)


async def _parts(request: Request) -> dict[str, str]:
    """A form with a file in it: the file's text stands for it."""
    form = await request.form()
    return {
        name: part if isinstance(part, str) else (await part.read()).decode("utf-8", "replace")
        for name, part in form.items()
    }


def _fields(body: bytes) -> dict[str, str]:
    parsed = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True, encoding="utf-8")
    return {name: values[-1] for name, values in parsed.items()}
