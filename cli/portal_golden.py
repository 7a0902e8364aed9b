"""`brokerflow portal golden`: keep what a portal answered, and read it again without the portal."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from bots.errors import BrokerFlowError
from cli.ask_person import TerminalAsker

if TYPE_CHECKING:
    from connectors.golden_lanes import Replayed

app = typer.Typer(rich_markup_mode=None)


@app.command(help="重放样本（不联网）并逐行比较；不写名字时重放全部保司的样本。--accept 从一家网站重新录制。")
def golden(
    slug: Annotated[str, typer.Argument(help="保司代码，例如 taian；不写时是全部")] = "",
    *,
    accept: Annotated[bool, typer.Option("--accept", help="登录网站，存下原文和读到的行")] = False,
    base_url: Annotated[str, typer.Option(help="录制时的网站地址，代替配方里的 base_url")] = "",
    invented: Annotated[
        bool, typer.Option("--invented", help="确认不在本机的这个网站里全是虚构的人")
    ] = False,
) -> None:
    """Replay one golden or all of them, or accept what a portal says now; exit code 0 when all rows agree."""
    if accept and not slug:
        raise typer.BadParameter("--accept 一次录制一家：写上保司代码")
    if not slug:
        raise typer.Exit(_replay_all())
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
    done = "已存为样本" if accept else "与样本一致"
    print(f"{slug} {done}：{_counted(rows)}，{time.perf_counter() - started:.1f} 秒")


def _replay_all() -> int:
    """One line a portal and a sum; 1 when one differs from its golden or has none."""
    from config.settings import get_settings  # noqa: PLC0415 - keeps --help fast
    from connectors.golden_lanes import replay_all  # noqa: PLC0415
    from connectors.portal_recipes import list_recipes  # noqa: PLC0415

    started = time.perf_counter()
    found = replay_all(list_recipes(), get_settings(), _tell)
    agreeing = sum(each.failure is None for each in found)
    rows = sum(sum(each.rows.values()) for each in found)
    seconds = time.perf_counter() - started
    print(f"{len(found)} 家保司，{agreeing} 家与样本一致，共 {rows} 行，{seconds:.1f} 秒")
    return int(not found or agreeing < len(found))


def _tell(replayed: "Replayed") -> None:
    failure, seconds = replayed.failure, f"{replayed.seconds:.1f} 秒"
    if failure is None:
        print(f"✓ {replayed.slug}：{_counted(replayed.rows)}，{seconds}", flush=True)
    elif isinstance(failure, BrokerFlowError):
        print(f"✗ {replayed.slug}：{failure.what}处理办法：{failure.remedy}，{seconds}", flush=True)
    else:
        print(f"✗ {replayed.slug}：{type(failure).__name__}：{failure}，{seconds}", flush=True)


def _counted(rows: Mapping[str, int]) -> str:
    return "、".join(f"{name} {count} 行" for name, count in rows.items())
