"""Misbehaviour of the gateways that tests switch on: one object, read by every mounted part."""

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """What is wrong with the outside world just now; the default is a good day."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    wecom_errcode: int = Field(default=0, description="the next robot message gets this errcode")
    sms_code: str = Field(default="", description="the next SMS gets this Code instead of OK")
    slow_seconds: float = Field(
        default=0, ge=0, le=120, description="every answer waits; messages count first"
    )

    def change(self, values: dict[str, Any]) -> None:
        """Set some switches; pydantic's ValidationError for unknown ones or wrong values."""
        checked = Switches.model_validate(self.model_dump() | values)
        for name in values:
            setattr(self, name, getattr(checked, name))

    def reset(self) -> None:
        """A good day again."""
        self.change(Switches().model_dump())

    def take_wecom_errcode(self) -> int:
        """The errcode for this message; the next one is fine again."""
        errcode, self.wecom_errcode = self.wecom_errcode, 0
        return errcode

    def take_sms_code(self) -> str:
        """The code for this SMS; the next one is fine again."""
        code, self.sms_code = self.sms_code, ""
        return code

    async def wait(self) -> None:
        """Be as slow as asked."""
        if self.slow_seconds:
            await asyncio.sleep(self.slow_seconds)
