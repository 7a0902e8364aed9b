"""The base of every recipe model."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen; a key that the model does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
