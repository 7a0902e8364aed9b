"""`brokerflow portal new` and `schema`: what an author of recipes starts with."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command(help="新建一家保司：写出带〔填写〕空格的配方和样本文件夹；已有的不覆盖。")
def new(
    slug: Annotated[str, typer.Argument(help="保司代码：小写字母、数字、下划线，例如 xinhe_life")],
    family: Annotated[str, typer.Option(help="同一套软件的家族，见 config/portals/_families/")] = "",
) -> None:
    """Write a recipe to fill in and its golden folder."""
    from config.settings import PROJECT_ROOT  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_drafts import write_draft  # noqa: PLC0415

    for path in write_draft(slug, family):
        print(f"已写入 {path.relative_to(PROJECT_ROOT).as_posix()}")
    print(
        f"把〔填写〕处换掉，运行 brokerflow portal check {slug} 直到通过；在那之前每晚会报告这一家配置有误。"
    )


@app.command(help="写出配方的 JSON Schema：编辑器据此补全和划线。")
def schema(
    out: Annotated[Path | None, typer.Option(help="写入这个文件，代替随程序提供的那一份")] = None,
) -> None:
    """Write config/portals/recipe.schema.json."""
    from bots.portal.recipe_schema import write_schema  # noqa: PLC0415 - keeps --help fast
    from connectors.portal_recipes import RECIPES  # noqa: PLC0415

    path = out or RECIPES / "recipe.schema.json"
    path.write_text(write_schema(), "utf-8")
    print(f"已写入 {path.name}")
