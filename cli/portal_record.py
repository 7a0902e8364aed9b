"""`brokerflow portal record`: click through a portal once, get the steps of its recipe."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command(help="打开浏览器窗口录制操作，关窗后写出配方的步骤；密码不会写下来。")
def record(
    url: Annotated[str, typer.Argument(help="登录页的网址")],
    out: Annotated[Path | None, typer.Option(help="步骤写入这个文件；不写时打印出来")] = None,
) -> None:
    """Record by hand, translate into verbs."""
    from bots.portal.recording import translate_recording  # noqa: PLC0415 - keeps --help fast
    from config.settings import get_settings  # noqa: PLC0415
    from connectors.portal_recorder import record_actions  # noqa: PLC0415

    steps = translate_recording(record_actions(url, get_settings()))
    if out:
        out.write_text(steps, "utf-8")
        print(f"已写入 {out.name}；登录的几步放进 session.login，其余放进数据集的 steps")
    else:
        print(steps, end="")
