"""What a recipe may say: the models behind ``config/portals/<slug>.yaml``. Documented in docs/recipe.md."""

from pydantic import Field, model_validator

from bots.portal.datasets import ChildDataset, Dataset, Encoding
from bots.portal.interruptions import DialogRule, Overlay
from bots.portal.open_hours import Hours
from bots.portal.readings import Name, Text
from bots.portal.selectors import Element
from bots.portal.strict import Strict
from bots.portal.verbs import TOP, Step


class Marker(Strict):
    """What proves something in a frame: an element, a text that can be read, or a part of its address."""

    element: Element | None = None
    text: Text | None = None
    url: Text | None = None
    frame: str = TOP

    @model_validator(mode="after")
    def _one_proof(self) -> "Marker":
        if sum(proof is not None for proof in (self.element, self.text, self.url)) != 1:
            raise ValueError("element、text、url 必须写且只写一个；family 里写了的那个写成 null")
        return self


class SessionRules(Strict):
    """How to log in, and how the portal says that we are in, refused or out."""

    login: list[Step] = Field(min_length=1)
    logged_in: Marker
    login_form: Text
    refused: list[Text] = Field(min_length=1)
    expired: list[Text] = Field(min_length=1)
    expired_status: list[int] = Field(default_factory=list)
    expired_url: list[Text] = Field(default_factory=list)
    unavailable: list[Text] = Field(default_factory=list)
    password_expired: list[Text] = Field(default_factory=list)
    relogins: int = Field(default=2, ge=0, le=10)
    keep: bool = False
    logout: list[Step] = Field(default_factory=list)

    @property
    def judged(self) -> list[str]:
        """Texts that end or refuse the session."""
        return [*self.refused, *self.expired, *self.unavailable, *self.password_expired]


class Recipe(Strict):
    """One portal."""

    slug: Name
    name: Text
    family: Name | None = None
    base_url: Text
    encoding: Encoding = "utf-8"
    secrets: list[Name] = Field(min_length=1)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    pause_ms: int = Field(default=0, ge=0, le=60_000)
    rows_per_minute: int | None = Field(default=None, ge=60)
    too_fast_seconds: float = Field(default=60, gt=0, le=600)
    open_hours: Hours | None = None
    session: SessionRules
    dialogs: list[DialogRule] = Field(default_factory=list)
    overlays: list[Overlay] = Field(default_factory=list)
    datasets: dict[Name, Dataset] = Field(min_length=1)

    @property
    def secret_names(self) -> dict[str, str]:
        """The recipe's own names of its secrets -> their names in the secret store (``taian_user``)."""
        return {secret: f"{self.slug}_{secret}" for secret in self.secrets}

    def children_of(self, dataset: str) -> dict[str, ChildDataset]:
        """Datasets that are read from the rows of a list, in the recipe's order."""
        return {
            name: rules
            for name, rules in self.datasets.items()
            if isinstance(rules, ChildDataset) and rules.for_each.dataset == dataset
        }
