"""Reads the recipes in config/portals/."""

from pathlib import Path

from bots.errors import RecipeInvalid
from bots.portal.recipe import Recipe
from bots.portal.recipe_file import parse_recipe
from config.settings import CONFIG_ROOT, get_settings

RECIPES = CONFIG_ROOT / "portals"


def list_recipes(folder: Path = RECIPES) -> list[str]:
    """Slugs of all portals, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def nightly_portals() -> list[str]:
    """Slugs that a night collects: the setting ``portals``, or every recipe where it is not set.

    A slug without a recipe is not left out here; its own collection fails and says so.
    """
    chosen = get_settings().portals
    return list_recipes() if chosen is None else chosen


def load_recipe(slug: str, folder: Path = RECIPES) -> Recipe:
    """The recipe of one portal. Raises RecipeInvalid naming file, line and key."""
    path = folder / f"{slug}.yaml"
    if not path.is_file():
        known = "、".join(list_recipes(folder)) or "（无）"
        raise RecipeInvalid(f"没有配方 {path.name}；有：{known}。", remedy=f"在 {folder.name}/ 里新建它")
    return load_recipe_file(path)


def find_recipe(name: str) -> Recipe:
    """The recipe of a slug (``taian``) or in a file (``drafts/new.yaml``)."""
    return load_recipe_file(Path(name)) if name.endswith((".yaml", ".yml")) else load_recipe(name)


def load_recipe_file(path: Path) -> Recipe:
    """The recipe in any file; families come from ``_families`` beside it, else from config/portals."""
    text = _read(path)
    beside = path.parent / "_families"
    folder = beside if beside.is_dir() else RECIPES / "_families"
    families = {family.stem: _read(family) for family in sorted(folder.glob("*.yaml"))}
    recipe = parse_recipe(text, _shown_name(path), families)
    if recipe.slug != path.stem and path.parent == RECIPES:
        raise RecipeInvalid(
            f"{_shown_name(path)}: slug 写着 {recipe.slug}。", remedy="slug 与文件名取同一个名字"
        )
    return recipe


def _shown_name(path: Path) -> str:
    return (
        path.resolve().relative_to(CONFIG_ROOT.parent).as_posix()
        if path.is_relative_to(CONFIG_ROOT)
        else path.name
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeInvalid(f"{path.name} 无法读取：{error}", remedy="检查路径，文件须为 UTF-8") from error
