"""The committed recipe of 泰安人寿 and variations of it, for tests."""

from bots.portal.recipe import Recipe
from bots.portal.recipe_file import parse_recipe
from config.settings import CONFIG_ROOT

PORTALS = CONFIG_ROOT / "portals"
TAIAN = (PORTALS / "taian.yaml").read_text("utf-8")
FAMILIES = {path.stem: path.read_text("utf-8") for path in (PORTALS / "_families").glob("*.yaml")}


def parse_taian(*changes: tuple[str, str]) -> Recipe:
    """The recipe after replacing texts in its YAML, each of which must be there."""
    text = TAIAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_recipe(text, "taian.yaml", FAMILIES)
