"""The five pretend portals, each with a list to walk by its committed recipe, impatiently."""

from contextlib import contextmanager
from dataclasses import dataclass

from bots.portal.recipe import Recipe
from bots.portal.recipe_file import parse_recipe
from bots.portal.session import open_session
from sandbox.portals import PORTALS as KINDS
from tests.portal.kanghe_portal import SMALL_PAGES
from tests.portal.kehutong_visit import WITHOUT_DETAILS, Person
from tests.portal.recipes import FAMILIES, PORTALS

ALWAYS = {"from_date": "2000-01-01", "to_date": "2030-12-31"}
YEARS = {"from_date": "2023-09-01", "to_date": "2026-10-31"}
AUTUMN = {"from_date": "2026-08-05", "to_date": "2026-10-31"}
SECONDS = 5


@dataclass(frozen=True)
class Walkable:
    """A list of more than one page, its questions, and changes of its recipe to be quick."""

    dataset: str
    parameters: dict[str, str]
    changes: tuple[tuple[str, str], ...] = ()


LISTS = {
    "taian": Walkable("premiums", ALWAYS),
    "kanghe": Walkable("policies", AUTUMN, (SMALL_PAGES,)),
    "ruixiang": Walkable("premiums", YEARS),
    "mingde": Walkable("premiums", YEARS, (("batch: 400", "batch: 50"),)),
    "kehutong": Walkable("customers", {}, (WITHOUT_DETAILS,)),
}


def quick_recipe(slug: str) -> Recipe:
    """The committed recipe, patient for a few seconds, with what is left out to be quick."""
    text = (PORTALS / f"{slug}.yaml").read_text("utf-8").replace("timeout_seconds: 20\n", "")
    for old, new in LISTS[slug].changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_recipe(f"{text}\ntimeout_seconds: {SECONDS}\n", f"{slug}.yaml", FAMILIES)


def credentials_of(slug: str) -> dict[str, str]:
    """User and password of the one account."""
    account = KINDS[slug].account
    return {"user": account.user, "password": account.password}


@contextmanager
def logged_in(context, sandbox, slug, evidence=None, url=""):
    """A session by the quick recipe; ``url`` stands between browser and sandbox."""
    address = f"{url or sandbox.url}/{slug}/"
    recipe, person = quick_recipe(slug), Person(sandbox, context)
    with open_session(context, recipe, credentials_of(slug), address, evidence, asker=person) as session:
        yield session
