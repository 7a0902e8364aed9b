"""Reads the settings and builds the real connectors; the only composition point."""

from functools import lru_cache

from sqlalchemy import Engine

from config.settings import CONFIG_ROOT, get_settings
from connectors.database.engine import open_hub
from connectors.messages.delivery import Transport
from connectors.messages.message_book import MessageBook, load_message_book
from connectors.messages.transports import build_transports
from connectors.secrets import read_secret


@lru_cache(maxsize=1)
def hub() -> Engine:
    """The hub of this process."""
    return open_hub(get_settings().hub_url)


def message_book() -> MessageBook:
    """Routes and templates of config/messages/."""
    return load_message_book(CONFIG_ROOT / "messages")


def transports() -> dict[str, Transport]:
    """Every message channel, with the gateways that the settings name."""
    settings = get_settings()
    return build_transports(
        wecom_base_url=settings.wecom_base_url, sms_base_url=settings.sms_base_url, read_secret=read_secret
    )
