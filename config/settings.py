"""Every setting of BrokerFlow; the only file that reads the environment."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from config.errors import SettingsInvalid

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CONFIG_ROOT = Path(__file__).resolve().parent
TIME_ZONE = "Asia/Shanghai"
# For every process that imports Prefect. Without heartbeats the automation would take healthy runs for dead;
# without internet, telemetry delays each run by half a minute; an ephemeral server forgets its timetable.
PREFECT_PROCESS = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "DO_NOT_TRACK": "1",
}


class Settings(BaseSettings):
    """Settings from the environment (``BROKERFLOW_*``) and from ``.env`` in the project's root."""

    model_config = SettingsConfigDict(
        env_prefix="BROKERFLOW_", env_file=PROJECT_ROOT / ".env", env_file_encoding="utf-8", extra="ignore"
    )

    data_dir: Path = Field(
        default=PROJECT_ROOT / "data", description="landing/, evidence/, out/, inbox/, hub.db"
    )
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: SQLite in data_dir")
    master_key: SecretStr | None = Field(default=None, description="SM4 key, 32 hexadecimal digits")
    lookup_key: SecretStr | None = Field(default=None, description="HMAC-SM3 key, 64 hexadecimal digits")
    browser_path: Path | None = Field(
        default=None, description="Chrome, Chromium or Edge; found by itself if empty"
    )
    portal_base_urls: dict[str, str] = Field(
        default_factory=dict,
        description="JSON object slug -> address, replaces a recipe's base_url (sandbox)",
    )
    portals: list[str] | None = Field(
        default=None, description="JSON list of the slugs that nights collect; default: every recipe"
    )
    ignore_open_hours: bool = Field(
        default=False, description="rehearsals: runs go to a portal outside its open_hours too"
    )
    evidence_days: int = Field(
        default=30, ge=1, description="evidence of failures is removed after so many days"
    )
    wecom_base_url: str = Field(default="https://qyapi.weixin.qq.com", description="WeCom host")
    sms_base_url: str = Field(default="https://dysmsapi.aliyuncs.com", description="SMS gateway host")
    desk_host: str = "127.0.0.1"
    desk_port: int = 8600
    desk_url: str = Field(
        default="http://127.0.0.1:8600", description="address of the desk as people type it"
    )
    desk_session_key: SecretStr | None = Field(default=None, description="signs the desk's session cookie")

    prefect_api_url: str | None = Field(
        default=None, validation_alias="PREFECT_API_URL", description="Prefect reads this name itself"
    )

    prefect_auth: SecretStr | None = Field(
        default=None,
        validation_alias="PREFECT_API_AUTH_STRING",
        description="user:password that a protected Prefect server asks for; Prefect reads this name itself",
    )

    @property
    def hub_url(self) -> str:
        """SQLAlchemy URL of the hub."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hub.db'}"

    @property
    def landing_dir(self) -> Path:
        """Sealed raw bytes as they came from outside."""
        return self.data_dir / "landing"

    @property
    def evidence_dir(self) -> Path:
        """Screenshots and scrubbed pages of failures."""
        return self.data_dir / "evidence"

    @property
    def out_dir(self) -> Path:
        """Workbooks for people."""
        return self.data_dir / "out"

    @property
    def inbox_dir(self) -> Path:
        """Files that people drop in (``bank/``)."""
        return self.data_dir / "inbox"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Settings of this process, read once; raises SettingsInvalid naming the variable."""
    try:
        return Settings()
    except (ValidationError, SettingsError) as error:
        raise SettingsInvalid(
            f"【设置有误】{_describe(error)} 处理办法：改正环境变量或 .env 中的这一项。"
        ) from None


def _describe(error: ValidationError | SettingsError) -> str:
    """Names of the wrong settings; their values may be secrets."""
    if isinstance(error, SettingsError):
        return str(error)
    wrong = [
        f"BROKERFLOW_{'_'.join(map(str, part['loc'])).upper()}：{part['msg']}" for part in error.errors()
    ]
    return "；".join(wrong)


def read_environment_secret(name: str) -> SecretStr | None:
    """Secret ``name`` (lower snake case) from the environment or ``.env``; None when absent."""
    variable = f"BROKERFLOW_SECRET_{name.upper()}"
    value = os.environ.get(variable) or dotenv_values(PROJECT_ROOT / ".env").get(variable)
    return SecretStr(value) if value else None


def has_display() -> bool:
    """Whether a window can be shown: always on macOS and Windows, elsewhere on an X or Wayland screen."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


@contextmanager
def adopted_environment(values: Mapping[str, str]) -> Iterator[Settings]:
    """This process and its children see ``values`` inside the block, and settings read from them."""
    before = dict(os.environ)
    os.environ.update(values)
    get_settings.cache_clear()
    try:
        yield get_settings()
    finally:
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()


def process_environment() -> dict[str, str]:
    """A copy of this process's environment, for the child processes we start."""
    return dict(os.environ)
