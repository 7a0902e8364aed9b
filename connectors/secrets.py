"""Secrets by name: environment first, then a Prefect Secret block; never from YAML."""

from pydantic import SecretStr

from bots.errors import SecretMissing
from config.settings import get_settings, read_environment_secret


def read_secret(name: str) -> SecretStr:
    """Secret ``name`` (lower snake case, ``taian_password``); raises SecretMissing when nowhere set."""
    found = read_environment_secret(name)
    if found:
        return found
    block = _read_block(name)
    if block:
        return SecretStr(block)
    raise SecretMissing(
        f"没有找到密钥 {name}。",
        remedy=f"在 .env 中设置 BROKERFLOW_SECRET_{name.upper()}，或在 Prefect 界面新建名为 "
        f"{name.replace('_', '-')} 的 Secret 块。",
    )


def _read_block(name: str) -> str | None:
    """A block from the server this process talks to; without one prefect would start a server of its own."""
    if get_settings().prefect_api_url is None:
        return None
    from connectors.prefect_api import read_secret_block  # noqa: PLC0415 - importing prefect takes seconds

    return read_secret_block(name)
