"""`brokerflow doctor` on sound machines and on machines with one real fault each."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import inspect, text

from cli import checks, doctor
from cli.checks import Level
from cli.services import free_port
from config.settings import PROJECT_ROOT, Settings
from connectors.database.engine import open_hub

GOOD_KEYS = {"master_key": "5a" * 16, "lookup_key": "6b" * 32, "desk_session_key": "7c" * 32}
EXAMPLE_MASTER_KEY = "00112233445566778899aabbccddeeff"


def settings_with(**values) -> Settings:
    return Settings(_env_file=None, **(GOOD_KEYS | values))


@pytest.fixture
def answering_server():
    """Starts an HTTP server that answers every GET; its clock is off by the seconds asked for."""
    servers = []

    def start(clock_off_seconds: float = 0.0) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()

            def date_time_string(self, _timestamp=None):
                return format_datetime(datetime.now(UTC) + timedelta(seconds=clock_off_seconds), usegmt=True)

            def log_message(self, *_arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/api"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def no_fonts(tmp_path, monkeypatch):
    """A machine without any font."""
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><cachedir>{tmp_path}/cache</cachedir></fontconfig>", "utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))


@pytest.mark.parametrize(
    ("version", "level"),
    [((3, 10), Level.FAILED), ((3, 11), Level.PASSED), ((3, 13), Level.PASSED), ((3, 14), Level.FAILED)],
)
def test_python_version(version, level):
    """Python 3.11 to 3.13 pass, older and newer ones fail."""
    assert checks.check_python(version).level is level


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({}, "都已设置"),
        ({"master_key": None}, "BROKERFLOW_MASTER_KEY 没有设置"),
        ({"master_key": EXAMPLE_MASTER_KEY}, "BROKERFLOW_MASTER_KEY 还是示例中的公开值"),
        ({"lookup_key": "5a" * 16}, "BROKERFLOW_LOOKUP_KEY 应为 64 位十六进制，现在是 32 位"),
        ({"desk_session_key": "not hexadecimal"}, "BROKERFLOW_DESK_SESSION_KEY 不是十六进制"),
    ],
)
def test_keys(fault, words):
    """A missing, public, short or garbled key fails and is named; its value is not shown."""
    finding = checks.check_keys(settings_with(**fault))
    assert words in finding.what
    assert finding.level is (Level.FAILED if fault else Level.PASSED)
    assert bool(finding.remedy) is bool(fault)
    assert not [value for value in fault.values() if value and value in finding.what]


def test_migrated_database_passes_and_keeps_no_trace(hub_url):
    """On SQLite and PostgreSQL the probe writes, and nothing of it stays."""
    before = inspect(open_hub(hub_url)).get_table_names()
    assert checks.check_database(hub_url).level is Level.PASSED
    assert inspect(open_hub(hub_url)).get_table_names() == before


def test_database_without_tables_is_a_warning(tmp_path):
    """An empty database can be written, and the remedy is the command that makes the tables."""
    finding = checks.check_database(f"sqlite:///{tmp_path / 'hub.db'}")
    assert finding.level is Level.WARNING
    assert "brokerflow hub migrate" in finding.remedy


def test_database_of_another_version_fails(hub_url):
    """Tables of a version that the program does not want are a failure that names both versions."""
    engine = open_hub(hub_url)
    with engine.begin() as connection:
        wanted = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        finding = checks.check_database(hub_url)
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :wanted"), {"wanted": wanted})
    assert finding.level is Level.FAILED
    assert "older" in finding.what
    assert wanted in finding.what


@pytest.mark.parametrize(
    "url",
    ["postgresql://nobody:secret-word@127.0.0.1:{port}/hub", "sqlite:///{file}/hub.db", "nonsense"],
)
def test_unreachable_database_fails(url, tmp_path):
    """A silent server, an impossible path and a garbled URL fail with a remedy and without the password."""
    (tmp_path / "file").write_text("in the way", "utf-8")
    finding = checks.check_database(url.format(port=free_port(), file=tmp_path / "file"))
    assert finding.level is Level.FAILED
    assert "BROKERFLOW_DATABASE_URL" in finding.remedy
    assert "secret-word" not in finding.what


def test_prefect_answering(answering_server):
    """A server that answers its health address passes."""
    assert checks.check_prefect(answering_server()).level is Level.PASSED


def test_prefect_not_running_is_a_warning():
    """No server is a warning that says how to start one."""
    finding = checks.check_prefect(f"http://127.0.0.1:{free_port()}/api")
    assert finding.level is Level.WARNING
    assert "brokerflow server" in finding.remedy


def test_data_dir(tmp_path):
    """A writable directory with room passes, and the probe file is gone."""
    finding = checks.check_data_dir(tmp_path / "data", wanted_bytes=1)
    assert finding.level is Level.PASSED
    assert list((tmp_path / "data").iterdir()) == []


def test_data_dir_that_cannot_be_written_fails(tmp_path):
    """A path below a plain file fails, for root too."""
    (tmp_path / "file").write_text("in the way", "utf-8")
    finding = checks.check_data_dir(tmp_path / "file" / "data")
    assert finding.level is Level.FAILED
    assert "BROKERFLOW_DATA_DIR" in finding.remedy


def test_full_disk_is_a_warning(tmp_path):
    """Less room than wanted is a warning that says how much to free."""
    finding = checks.check_data_dir(tmp_path, wanted_bytes=2**62)
    assert finding.level is Level.WARNING
    assert "清理磁盘" in finding.remedy


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.PASSED), (-20, Level.WARNING), (20, Level.WARNING), (-90, Level.FAILED)]
)
def test_clock_against_the_server(answering_server, tmp_path, seconds, level):
    """The clock is compared with the server's; seconds are a warning, minutes a failure."""
    finding = checks.check_clock("sqlite://", answering_server(seconds), tmp_path)
    assert finding.level is level
    assert "Prefect" in finding.what


def test_clock_against_the_file_system(tmp_path):
    """Without any server the file system's time is the other clock."""
    finding = checks.check_clock("sqlite://", f"http://127.0.0.1:{free_port()}/api", tmp_path)
    assert finding.level is Level.PASSED
    assert "文件系统" in finding.what


@pytest.mark.postgresql
def test_clock_against_postgresql(migrated_postgresql, tmp_path):
    """The database server's clock comes first."""
    finding = checks.check_clock(migrated_postgresql, "http://127.0.0.1:9/api", tmp_path)
    assert finding.level is Level.PASSED
    assert "数据库服务器" in finding.what


def test_time_zone():
    """The zone of the schedules is known; one that does not exist fails."""
    assert checks.check_time_zone().level is Level.PASSED
    assert checks.check_time_zone("Asia/Nowhere").level is Level.FAILED


def test_fonts_missing(no_fonts):
    """A system without Chinese fonts fails and names the package."""
    finding = checks.check_fonts()
    assert finding.level is Level.FAILED
    assert "fonts-noto-cjk" in finding.remedy


@pytest.mark.browser
def test_browser_renders_chinese():
    """The real browser starts and draws two different characters differently."""
    finding = checks.check_browser(settings_with())
    assert finding.level is Level.PASSED, finding.what


@pytest.mark.browser
def test_browser_without_fonts_shows_boxes(no_fonts):
    """A browser that draws every character alike fails."""
    finding = checks.check_browser(settings_with())
    assert finding.level is Level.FAILED
    assert "fonts-noto-cjk" in finding.remedy


def test_examination_survives_every_fault(tmp_path):
    """With everything broken at once each check still answers for itself, with a remedy."""
    (tmp_path / "file").write_text("in the way", "utf-8")
    broken = settings_with(
        master_key=None,
        data_dir=tmp_path / "file" / "data",
        database_url="mysql://somewhere/hub",
        browser_path=tmp_path / "file",
    )
    findings = doctor.examine(broken, "http://127.0.0.1:9/api")
    failed = {finding.name for finding in findings if finding.level is Level.FAILED}
    assert failed == {"密钥", "数据目录", "数据库", "时钟", "浏览器"}
    assert all(finding.remedy for finding in findings if finding.level is not Level.PASSED)


@pytest.mark.parametrize(("key", "exit_code"), [("5a" * 16, 0), (EXAMPLE_MASTER_KEY, 1)])
@pytest.mark.browser
def test_command_line(tmp_path, key, exit_code):
    """`brokerflow doctor --json` lists every check for a monitor; one failure makes the exit code 1."""
    environment = {f"BROKERFLOW_{name.upper()}": value for name, value in GOOD_KEYS.items()} | {
        "BROKERFLOW_MASTER_KEY": key,
        "BROKERFLOW_DATA_DIR": str(tmp_path),
        "BROKERFLOW_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--json"],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == exit_code, done.stderr
    levels = {finding["name"]: finding["level"] for finding in json.loads(done.stdout)}
    assert levels["密钥"] == ("failed" if exit_code else "passed")
    assert len(levels) == 10


def test_text_puts_the_remedy_under_the_fact():
    """People read level, name and fact, and below it what to do."""
    finding = checks.Finding("时区", Level.FAILED, "找不到时区。", "安装 tzdata。")
    assert doctor.to_text([finding]) == "[失败] 时区：找不到时区。\n       处理办法：安装 tzdata。"
