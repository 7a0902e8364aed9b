"""brokerflow desk: serve the desk, add its people."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

app = typer.Typer(help="工作台：启动服务、添加用户。", no_args_is_help=True, rich_markup_mode=None)

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


@app.command(help="启动工作台，按 Ctrl-C 停止。")
def serve() -> None:
    """Serve the desk at desk_host:desk_port until interrupted."""
    import uvicorn  # noqa: PLC0415 - heavy

    from config.settings import get_settings  # noqa: PLC0415 - heavy

    settings = get_settings()
    print(f"工作台 {settings.desk_url}")
    uvicorn.run(
        "web.app:desk_from_settings",
        factory=True,
        host=settings.desk_host,
        port=settings.desk_port,
        server_header=False,
        log_config=_log_config(),
    )


@app.command("add-user", help="添加用户；已存在时更新其密码、角色和姓名，并解除锁定。")
def add_user(
    name: Annotated[str, typer.Argument(help="用户名：小写字母、数字、点、下划线、短横线")],
    role: Annotated[str, typer.Option(help="角色：ops 运营、finance 财务、manager 管理层、admin 管理员")],
    display_name: Annotated[str, typer.Option(help="页面上显示的姓名")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码")] = False,
) -> None:
    """Add a person to the desk, or replace password, role and name and lift the lock."""
    from config.settings import get_settings  # noqa: PLC0415 - heavy
    from connectors.database.engine import open_hub, session  # noqa: PLC0415 - heavy
    from connectors.desk_accounts import Role, set_user  # noqa: PLC0415 - heavy

    if role not in set(Role):
        raise typer.BadParameter(f"没有角色 {role}，可选：{'、'.join(Role)}", param_hint="--role")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_password()
    with session(open_hub(get_settings().hub_url)) as hub:
        now = datetime.now(UTC)
        is_new = set_user(hub, name, password, role=Role(role), display_name=display_name, now=now)
    print(f"{'已添加' if is_new else '已更新'}用户 {name}（{display_name}）")


def _ask_password() -> str:
    answer: str = typer.prompt("密码", hide_input=True, confirmation_prompt="再输入一次")
    return answer


def _log_config() -> dict[str, Any]:
    """Uvicorn's and the desk's logs on stderr, every line masked."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"masked": {"()": "bots.masking.MaskingFormatter", "fmt": _LOG_FORMAT}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
    }
