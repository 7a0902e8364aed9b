"""How a pretend portal misbehaves: one object per portal, turned by ``/control/portals/<slug>``."""

import asyncio
from random import Random
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

MAINTENANCE = "系统维护中，请稍后再试"


class PortalFaults(BaseModel):
    """What is wrong with one portal just now; the default is a good day.

    ``page`` counts the pages (or batches) of rows that a list has sent, from 1.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    down: bool = Field(default=False, description="every answer is 503")
    maintenance: bool = Field(default=False, description="every answer is the maintenance page")
    expire_after_requests: int | None = Field(
        default=None, ge=1, description="all sessions are forgotten once, at this request from now"
    )
    expire_at_page: int | None = Field(
        default=None, ge=1, description="asked for this page, the session is forgotten, once"
    )
    error_rate: float = Field(default=0, ge=0, le=1, description="share of answers that are HTTP 500")
    error_seed: int = Field(default=1, description="which answers they are")
    errors_sent: int = Field(default=0, ge=0, description="how many such answers there were, counted here")
    short_page: int | None = Field(default=None, ge=1, description="this page lacks its last row")
    wrong_total: Literal["", "count", "amount"] = Field(default="", description="the printed total lies")
    renamed_class: bool = Field(default=False, description="the data table's own class or id has a new name")
    renamed_column: str = Field(default="", description="this title has a new name")
    missing_column: str = Field(default="", description="this title and its cells are gone")
    extra_column: bool = Field(default=False, description="a column nobody knows stands at the end")
    moved_at_page: int | None = Field(
        default=None, ge=2, description="asked for this page, a new row stands first, for good"
    )
    too_fast_at_page: int | None = Field(
        default=None, ge=1, description="asked for this page, the portal says 429 (康禾, 明德)"
    )
    too_fast_times: int = Field(default=1, ge=1, description="how often it says so before it is good again")
    retry_after: str = Field(default="1", description="when it wants to be asked again; may be empty")
    slow_page: int | None = Field(default=None, ge=1, description="this page waits")
    slow_seconds: float = Field(default=5, ge=0, le=120, description="how long the slow page waits")
    alerts_refusals: bool = Field(default=False, description="alert() alone says that a login is refused")
    survey_at_page: int | None = Field(
        default=None, ge=1, description="with this page's rows a survey comes and lies over everything, once"
    )
    half_download: bool = Field(default=False, description="the file breaks off half-way")

    _chance: Random | None = PrivateAttr(default=None)
    _has_moved: bool = PrivateAttr(default=False)

    def change(self, values: dict[str, Any]) -> None:
        """Set some; pydantic's ValidationError for unknown ones or wrong values."""
        checked = PortalFaults.model_validate(self.model_dump() | values)
        for name in values:
            setattr(self, name, getattr(checked, name))
        self._chance = None
        if "moved_at_page" in values:
            self._has_moved = False

    def reset(self) -> None:
        """A good day again."""
        self.change(PortalFaults().model_dump())

    def refusal(self) -> Response | None:
        """The answer to any request on a bad day; None lets it through."""
        if self.down:
            return Response("503 Service Unavailable", status_code=503)
        if self.maintenance:
            page = f"<html><meta charset='utf-8'><body><h1>{MAINTENANCE}</h1></body></html>"
            return Response(page, media_type="text/html; charset=utf-8")
        if self._draws_an_error():
            return Response("500 Internal Server Error", status_code=500)
        return None

    def takes_session(self, page: int) -> bool:
        """Whether the session is forgotten now that this page is asked for; once."""
        if self.expire_at_page != page:
            return False
        self.expire_at_page = None
        return True

    def wish_to_wait(self, page: int) -> Response | None:
        """The answer to whoever asks for this page too fast; None lets it through."""
        if self.too_fast_at_page != page:
            return None
        if self.too_fast_times > 1:
            self.too_fast_times -= 1
        else:
            self.too_fast_at_page = None
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return Response("429 Too Many Requests", status_code=429, headers=headers)

    def shows_survey(self, page: int) -> bool:
        """Whether the survey comes with this page's rows; once."""
        if self.survey_at_page != page:
            return False
        self.survey_at_page = None
        return True

    def ends_sessions(self) -> bool:
        """Whether all sessions are forgotten now that something is asked for; once."""
        if self.expire_after_requests is None:
            return False
        left = self.expire_after_requests - 1
        self.expire_after_requests = left or None
        return left == 0

    def has_moved(self, page: int) -> bool:
        """Whether the new row stands there now that this page is asked for; from then on it does."""
        self._has_moved = self._has_moved or (self.moved_at_page is not None and page >= self.moved_at_page)
        return self._has_moved

    async def wait(self, page: int) -> None:
        """Be as slow as asked."""
        if self.slow_page == page:
            await asyncio.sleep(self.slow_seconds)

    def _draws_an_error(self) -> bool:
        if not self.error_rate:
            return False
        if self._chance is None:
            self._chance = Random(self.error_seed)
        is_error = self._chance.random() < self.error_rate
        self.errors_sent += is_error
        return is_error
