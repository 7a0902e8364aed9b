"""The `brokerflow` command; what a command needs is imported when it runs, so that --help answers at once."""

import os
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bots.errors import BrokerFlowError
from config.errors import SettingsInvalid

NOUNS = {
    "portal": "保司网站：检查配方、试采一个数据集、查看搁置的行",
    "hub": "中心数据库：建表与升级、生成密钥",
    "commission": "佣金对账：用文件离线运行，生成对账工作簿",
    "messages": "消息：查看、发送待发消息，裁定结果未知的消息",
    "desk": "工作台：启动服务、添加用户。",
}


class LateNoun(TyperCommand):
    """Stands for the ``app`` of ``cli/<noun>.py``, which is imported when the noun is called."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Context of the real command, so that help and options are its own."""
        real = typer.main.get_group(import_module(f"cli.{self.name}").app)
        return real.make_context(info_name, args, parent=parent, **extra)


class Door(TyperGroup):
    """The root command: knows the nouns, and says a known error in one Chinese sentence."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for noun, sentence in NOUNS.items():
            self.add_command(LateNoun(noun, help=sentence, rich_markup_mode=None))

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; exit code 1 and no traceback for errors that speak to people.

        What it writes (hub, landing, logs, workbooks) is for its own user alone.
        """
        os.umask(0o077)
        try:
            return super().invoke(ctx)
        except (BrokerFlowError, SettingsInvalid) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Door,
    help="BrokerFlow 保经自动化：夜间采集、佣金对账、消息通知。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(help="检查运行环境，并说明如何修复；有“失败”时退出码为 1。")
def doctor(
    as_json: bool = typer.Option(False, "--json", help="输出 JSON，供监控程序读取"),
) -> None:
    """Check the installation."""
    from cli.doctor import run_doctor  # noqa: PLC0415 - keeps --help fast

    raise typer.Exit(run_doctor(as_json=as_json))


@app.command(help="在演示经纪公司上完整运行一个夜晚。")
def demo() -> None:
    """Run the demo night."""
    from cli.demo import run_demo  # noqa: PLC0415 - keeps --help fast

    run_demo()


@app.command(help="启动 Prefect、工作进程、工作台和模拟保司系统；按 Ctrl-C 全部停止。")
def up() -> None:
    """Start everything and stop it on Ctrl-C."""
    from cli.up import run_up  # noqa: PLC0415 - keeps --help fast

    run_up()


@app.command(help="把 prefect.yaml 中的流程和时间表登记到 Prefect 服务；可以重复运行。")
def deploy() -> None:
    """Register flows and timetable on the Prefect server."""
    from cli.deploy import run_deploy  # noqa: PLC0415 - keeps --help fast

    run_deploy()


@app.command(help="启动 Prefect 服务：网页界面、时间表、运行记录。")
def server(
    host: str = typer.Option("127.0.0.1", help="监听地址"),
    port: int = typer.Option(4200, help="端口"),
) -> None:
    """Serve Prefect."""
    from cli.server import run_server  # noqa: PLC0415 - keeps --help fast

    run_server(host, port)


@app.command(help="启动本机的工作进程；使用 SQLite 时只允许一个。")
def worker() -> None:
    """Run this machine's worker."""
    from cli.worker import run_worker  # noqa: PLC0415 - keeps --help fast

    run_worker()


if __name__ == "__main__":
    app()
