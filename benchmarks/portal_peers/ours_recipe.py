"""The committed recipe of 康禾人寿 as it is compared: the list alone."""

from bots.portal.recipe import Recipe
from connectors.portal_recipes import load_recipe


def list_recipe() -> Recipe:
    """Without the windows behind the rows: the scripts read the list, what is behind it is another task."""
    recipe = load_recipe("kanghe")
    listed = recipe.datasets["policies"].model_copy(update={"details": None})
    return recipe.model_copy(update={"datasets": {"policies": listed}})
