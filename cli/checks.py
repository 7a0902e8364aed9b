"""What `brokerflow doctor` looks at: one small function per thing, each answering with a Finding."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from cli.setup import KEY_BYTES, KEY_LINE, find_office, has_chinese_fonts
from config.settings import PROJECT_ROOT, TIME_ZONE, Settings
from connectors.browser import open_context
from connectors.database.engine import alembic_config, open_hub

GIBIBYTE = 1024**3
CLOCK_WARNING_SECONDS = 5.0
CLOCK_FAILURE_SECONDS = 60.0
PROBE_PAGE = """<meta charset="utf-8">
<style>b {display: inline-block; width: 60px; height: 60px; font-size: 40px}</style>
<b id="one">保</b><b id="two">险</b>"""


class Level(StrEnum):
    """How a check ended, as people read it."""

    PASSED = "通过"
    WARNING = "警告"
    FAILED = "失败"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer; ``remedy`` is empty when nothing is to be done."""

    name: str
    level: Level
    what: str
    remedy: str = ""


def check_python(version: tuple[int, int]) -> Finding:
    """Python 3.11 to 3.13, as pyproject.toml asks."""
    said = f"Python {version[0]}.{version[1]}（{sys.executable}）"
    if (3, 11) <= version <= (3, 13):
        return Finding("Python", Level.PASSED, said)
    return Finding("Python", Level.FAILED, said, "安装 Python 3.11–3.13，运行 make clean 后重新安装。")


def check_browser(settings: Settings) -> Finding:
    """Start the browser and render two Chinese characters; the same picture twice means boxes, not glyphs."""
    with open_context(settings) as context:
        page = context.new_page()
        page.set_content(PROBE_PAGE)
        one, two = (page.locator(place).screenshot() for place in ("#one", "#two"))
        version = context.browser.version if context.browser else ""
    if one == two:
        remedy = "安装中文字体（Debian/Ubuntu：sudo apt install fonts-noto-cjk）。"
        return Finding("浏览器", Level.FAILED, f"浏览器 {version} 把汉字显示成方框。", remedy)
    return Finding("浏览器", Level.PASSED, f"浏览器 {version} 已启动，汉字显示正常。")


def check_fonts() -> Finding:
    """Fonts with Chinese characters are known to the system."""
    if has_chinese_fonts():
        return Finding("中文字体", Level.PASSED, "系统有中文字体。")
    remedy = "安装字体（Debian/Ubuntu：sudo apt install fontconfig fonts-noto-cjk）。"
    return Finding("中文字体", Level.FAILED, "系统没有中文字体，截图中的汉字会变成方框。", remedy)


def check_database(url: str) -> Finding:
    """Connect, compare the tables' version with ours, and write in a transaction that is rolled back."""
    try:
        engine = open_hub(url)
        current, wanted = _probe_database(engine)
    except SQLAlchemyError as error:
        said = str(error).splitlines()[0]
        remedy = "检查 BROKERFLOW_DATABASE_URL、数据库服务、账号的建表与写入权限。"
        return Finding("数据库", Level.FAILED, f"无法使用：{said}", remedy)
    place = engine.url.render_as_string(hide_password=True)
    if current == wanted:
        return Finding("数据库", Level.PASSED, f"{place} 可读写，表结构为最新版本。")
    if not current:
        return Finding(
            "数据库", Level.WARNING, f"{place} 可读写，还没有建表。", "运行 brokerflow hub migrate。"
        )
    said = f"{place} 的表结构版本是 {'、'.join(current)}，程序需要 {'、'.join(wanted)}。"
    return Finding("数据库", Level.FAILED, said, "备份数据库后运行 brokerflow hub migrate。")


def _probe_database(engine: Engine) -> tuple[list[str], list[str]]:
    with engine.connect() as connection:
        with connection.begin() as transaction:
            connection.execute(text("CREATE TABLE brokerflow_doctor (probe INTEGER)"))
            connection.execute(text("INSERT INTO brokerflow_doctor VALUES (1)"))
            transaction.rollback()
        with connection.begin():
            current = MigrationContext.configure(connection).get_current_heads()
        wanted = ScriptDirectory.from_config(alembic_config(connection)).get_heads()
    return sorted(current), sorted(wanted)


def check_keys(settings: Settings) -> Finding:
    """Every key is there, in hexadecimal of its length, and is not the example's."""
    example = (PROJECT_ROOT / ".env.example").read_text("utf-8")
    examples = {line[1]: line[0].split("=", 1)[1] for line in KEY_LINE.finditer(example)}
    present: Mapping[str, SecretStr | None] = {
        "BROKERFLOW_MASTER_KEY": settings.master_key,
        "BROKERFLOW_LOOKUP_KEY": settings.lookup_key,
        "BROKERFLOW_DESK_SESSION_KEY": settings.desk_session_key,
    }
    faults = [
        f"{name} {fault}"
        for name, value in present.items()
        if (fault := _key_fault(value.get_secret_value() if value else "", examples[name], KEY_BYTES[name]))
    ]
    if not faults:
        return Finding("密钥", Level.PASSED, "三个密钥都已设置。")
    remedy = "在 .env 中填写（还没有数据时，删除 .env 后运行 make doctor 会生成新的随机密钥）。"
    return Finding("密钥", Level.FAILED, "；".join(faults) + "。", remedy)


def _key_fault(value: str, example: str, size: int) -> str:
    if not value:
        return "没有设置"
    if value == example:
        return "还是示例中的公开值"
    try:
        length = len(bytes.fromhex(value))
    except ValueError:
        return "不是十六进制"
    return "" if length == size else f"应为 {size * 2} 位十六进制，现在是 {length * 2} 位"


def check_prefect(api_url: str) -> Finding:
    """The Prefect server answers; one that is not running is a warning, because it is started at will."""
    answer = _ask_prefect(api_url)
    if answer is not None and answer.status_code == httpx.codes.OK:
        return Finding("Prefect", Level.PASSED, f"{api_url} 运行正常。")
    remedy = "运行 brokerflow server 启动；服务在别的机器上时，在 .env 中设置 PREFECT_API_URL。"
    return Finding("Prefect", Level.WARNING, f"{api_url} 没有应答，流程不会按时运行。", remedy)


def _ask_prefect(api_url: str) -> httpx.Response | None:
    try:
        return httpx.get(f"{api_url}/health", timeout=5, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


def check_data_dir(path: Path, *, wanted_bytes: int = 2 * GIBIBYTE) -> Finding:
    """The data directory takes a file, and its disk has room for landing files and workbooks."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path) as probe:
            probe.write(b"brokerflow")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        remedy = "检查目录的属主、权限和磁盘，或在 .env 中把 BROKERFLOW_DATA_DIR 指向可写的目录。"
        return Finding("数据目录", Level.FAILED, f"{path} 无法写入：{error.strerror}。", remedy)
    free = shutil.disk_usage(path).free
    said = f"{path} 可写，剩余空间 {free / GIBIBYTE:.1f} GB。"
    if free >= wanted_bytes:
        return Finding("数据目录", Level.PASSED, said)
    return Finding("数据目录", Level.WARNING, said, f"清理磁盘，至少留出 {wanted_bytes / GIBIBYTE:.0f} GB。")


def check_clock(hub_url: str, api_url: str, data_dir: Path) -> Finding:
    """This machine's clock against the database server, else the Prefect server, else the file system."""
    other, seconds = _clock_offset(hub_url, api_url, data_dir)
    said = f"本机时钟与{other}相差 {abs(seconds):.1f} 秒。"
    if abs(seconds) <= CLOCK_WARNING_SECONDS:
        return Finding("时钟", Level.PASSED, said)
    level = Level.WARNING if abs(seconds) <= CLOCK_FAILURE_SECONDS else Level.FAILED
    return Finding("时钟", level, said, "开启网络对时（Linux：sudo timedatectl set-ntp true）。")


def _clock_offset(hub_url: str, api_url: str, data_dir: Path) -> tuple[str, float]:
    if moment := _database_time(hub_url):
        return "数据库服务器", (datetime.now(UTC) - moment).total_seconds()
    if moment := _server_time(api_url):
        return " Prefect 服务器", (datetime.now(UTC) - moment).total_seconds()
    with tempfile.NamedTemporaryFile(dir=data_dir) as probe:
        return "文件系统", time.time() - Path(probe.name).stat().st_mtime


def _database_time(hub_url: str) -> datetime | None:
    if not hub_url.startswith("postgresql"):
        return None
    try:
        with open_hub(hub_url).connect() as connection:
            moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    except SQLAlchemyError:
        return None
    return moment


def _server_time(api_url: str) -> datetime | None:
    answer = _ask_prefect(api_url)
    stamp = answer.headers.get("date") if answer is not None else None
    return parsedate_to_datetime(stamp) if stamp else None


def check_time_zone(name: str = TIME_ZONE) -> Finding:
    """The time zone of all schedules is known to Python."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return Finding("时区", Level.FAILED, f"找不到时区 {name}。", "运行 sudo apt install tzdata。")
    return Finding("时区", Level.PASSED, f"时区 {name} 可用。")


def check_office() -> Finding:
    """LibreOffice is wanted by one test alone."""
    command = find_office()
    if command:
        return Finding("LibreOffice", Level.PASSED, f"{command}")
    remedy = "只有 make test 的工作簿重算测试需要：sudo apt install libreoffice-calc。"
    return Finding("LibreOffice", Level.WARNING, "没有安装（可选）。", remedy)
