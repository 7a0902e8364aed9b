"""`brokerflow portal golden`: keep what a portal answered, and read it again without the portal."""

import time
from typing import Annotated

import typer

from cli.ask_person import TerminalAsker

app = typer.Typer(rich_markup_mode=None)


@app.command(help="重放一家保司的样本（不联网）并逐行比较；--accept 从网站重新录制。")
def golden(
    slug: Annotated[str, typer.Argument(help="保司代码，例如 taian")],
    *,
    accept: Annotated[bool, typer.Option("--accept", help="登录网站，存下原文和读到的行")] = False,
    base_url: Annotated[str, typer.Option(help="录制时的网站地址，代替配方里的 base_url")] = "",
    invented: Annotated[
        bool, typer.Option("--invented", help="确认不在本机的这个网站里全是虚构的人")
    ] = False,
) -> None:
    """Replay a golden, or accept what a portal says now; exit code 0 when all rows agree."""
    from config.settings import get_settings  # noqa: PLC0415 - keeps --help fast
    from connectors.browser import open_browser  # noqa: PLC0415
    from connectors.portal_goldens import accept_golden, replay_golden  # noqa: PLC0415
    from connectors.portal_recipes import load_recipe  # noqa: PLC0415
    from connectors.secrets import read_secret  # noqa: PLC0415

    started, recipe = time.perf_counter(), load_recipe(slug)
    with open_browser(get_settings()) as browser:
        if accept:
            rows = accept_golden(
                recipe,
                browser,
                lambda name: read_secret(name).get_secret_value(),
                base_url or recipe.base_url,
                asker=TerminalAsker(None),
                is_invented=invented,
            )
        else:
            rows = replay_golden(recipe, browser)
    said = "、".join(f"{name} {count} 行" for name, count in rows.items())
    print(
        f"{slug} {'已存为样本' if accept else '与样本一致'}：{said}，{time.perf_counter() - started:.1f} 秒"
    )
