"""Starts a new portal: a recipe to fill in, and the folder for its golden."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.errors import RecipeInvalid
from config.settings import PROJECT_ROOT
from connectors.portal_recipes import RECIPES, list_recipes

GOLDENS = PROJECT_ROOT / "tests" / "golden" / "portals"
_TEMPLATE = "_template.yaml.jinja"
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_README = (
    "`brokerflow portal golden {slug} --accept` 在这里存下网页原文和读到的行；"
    "重放：`brokerflow portal golden {slug}`。\n"
)


def write_draft(slug: str, family: str, recipes: Path = RECIPES, goldens: Path = GOLDENS) -> list[Path]:
    """Write ``<slug>.yaml`` with blanks and ``<slug>/README.md``; the files written.

    Raises RecipeInvalid for a name that is no slug, a family that is none, or files that are there already.
    """
    if not _SLUG.fullmatch(slug):
        raise RecipeInvalid(
            f"{slug} 不能作代码。", remedy="只用小写字母、数字和下划线，字母开头，例如 xinhe_life"
        )
    families = list_recipes(recipes / "_families")
    if family and family not in families:
        known = "、".join(families) or "（无）"
        raise RecipeInvalid(f"没有家族 {family}；有：{known}。", remedy="改用其中一个，或不写 --family")
    files = {
        recipes / f"{slug}.yaml": _fill_template(slug, family),
        goldens / slug / "README.md": _README.format(slug=slug),
    }
    taken = [path for path in files if path.exists()]
    if taken:
        raise RecipeInvalid(
            f"已经有 {'、'.join(path.name for path in taken)}（{slug}），没有覆盖。", remedy="换一个代码"
        )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(files)


def _fill_template(slug: str, family: str) -> str:
    templates = Environment(
        loader=FileSystemLoader(RECIPES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML, and both values are checked names
    )
    return templates.get_template(_TEMPLATE).render(slug=slug, family=family)
