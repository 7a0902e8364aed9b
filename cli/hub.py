"""`brokerflow hub`: the database and its keys."""

import secrets

import typer

from config.settings import get_settings
from connectors.database import engine as database
from connectors.database.crypto import KEY_BYTES, LOOKUP_KEY_BYTES

app = typer.Typer(help="中心数据库：建表与升级、生成密钥", no_args_is_help=True, rich_markup_mode=None)


@app.command(help="建表或升级到当前版本；可重复运行。")
def migrate() -> None:
    """Bring the hub's tables to the newest version."""
    hub = database.open_hub(get_settings().hub_url)
    database.migrate(hub)
    print(f"数据库已是最新版本：{hub.url.render_as_string(hide_password=True)}")


@app.command(help="打印两把新的随机密钥，写入 .env；已有数据时不可更换。")
def keys() -> None:
    """Print fresh random keys in the form of .env."""
    print(f"BROKERFLOW_MASTER_KEY={secrets.token_hex(KEY_BYTES)}")
    print(f"BROKERFLOW_LOOKUP_KEY={secrets.token_hex(LOOKUP_KEY_BYTES)}")
