"""Set-up on machines that lack things: real programs, a PATH that holds only what the test grants."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

KEY = re.compile(r"^BROKERFLOW_(MASTER|LOOKUP|DESK_SESSION)_KEY=([0-9a-f]+)$", re.MULTILINE)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def granted(tmp_path):
    """A PATH with nothing but the programs granted; returns ``grant(name, script=None)``."""
    folder = tmp_path / "granted"
    folder.mkdir()

    def grant(name: str, script: str | None = None) -> Path:
        path = folder / name
        if script is not None:
            path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
            path.chmod(0o755)
        else:
            path.symlink_to(shutil.which(name))
        return path

    return grant


def set_up(house: Path, *parts: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the parts with this test's interpreter and its packages, on the granted PATH."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BROKERFLOW_")}
    own = {
        "PATH": str(house / "granted"),
        "PLAYWRIGHT_BROWSERS_PATH": str(house / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": NOWHERE,
    }
    return subprocess.run(
        [sys.executable, "-m", "cli.setup", *parts],
        cwd=house,
        env=inherited | own | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def bootstrap(house: Path, *parts: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "cli/bootstrap.sh", *parts],
        cwd=house,
        env=environment or {"PATH": str(house / "granted")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.setup
def test_bootstrap_takes_the_first_python_that_runs(copied_house, granted):
    """A shim that exists and does not work is passed over; a second run makes nothing anew."""
    granted("python3.11", "echo 'python3.11: command not found' >&2; exit 127")
    granted("python3.12", f'exec "{sys.executable}" "$@"')
    for name in ("dirname", "rm", "sh"):
        granted(name)
    first = bootstrap(copied_house, "keys")
    assert first.returncode == 0, first.stderr
    assert "创建虚拟环境" in first.stdout
    assert (copied_house / ".venv" / "bin" / "pip").exists()
    second = bootstrap(copied_house, "keys")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_bootstrap_without_python_says_what_to_install(copied_house, granted):
    """No usable interpreter ends with exit code 1 and the command that mends it."""
    granted("python3.11", "exit 127")
    granted("python3", "exit 1")
    granted("dirname")
    done = bootstrap(copied_house, "keys")
    assert done.returncode == 1
    assert "没有可用的 Python 3.11–3.13" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr
    assert not (copied_house / ".venv").exists()


def test_keys_are_random_private_and_written_once(copied_house, granted):
    """The .env has fresh keys of the right length, is readable by its owner alone, and is never rewritten."""
    assert set_up(copied_house, "keys").returncode == 0
    path = copied_house / ".env"
    written = path.read_text("utf-8")
    keys = dict(KEY.findall(written))
    assert {name: len(value) for name, value in keys.items()} == {
        "MASTER": 32,
        "LOOKUP": 64,
        "DESK_SESSION": 64,
    }
    examples = dict(KEY.findall((copied_house / ".env.example").read_text("utf-8")))
    assert not set(keys.values()) & set(examples.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set_up(copied_house, "keys").stdout == ""
    assert path.read_text("utf-8") == written


def test_browser_on_the_machine_is_taken_and_remembered(copied_house, granted):
    """The first browser that answers is remembered; once it is gone, it is looked for again."""
    found = granted("google-chrome", "exit 0")
    assert set_up(copied_house, "browser").returncode == 0
    stamp = copied_house / ".setup" / "browser"
    assert stamp.read_text("utf-8") == str(found)
    found.rename(found.with_name("chromium"))
    assert set_up(copied_house, "browser").returncode == 0
    assert stamp.read_text("utf-8") == str(found.with_name("chromium"))


@pytest.mark.setup
def test_machine_without_browser_says_what_to_install(copied_house, granted):
    """A browser that does not start, no download and no apt end with exit code 1 and the exact remedy."""
    granted("chromium", "echo 'error while loading shared libraries' >&2; exit 127")
    done = set_up(copied_house, "browser")
    assert done.returncode == 1
    assert "sudo apt install chromium" in done.stderr
    assert "BROKERFLOW_BROWSER_PATH" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (copied_house / ".setup" / "browser").exists()


@pytest.mark.setup
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="apt is used by root alone")
def test_browser_comes_from_apt_as_root(copied_house, granted):
    """As root on Debian the download's failure leads to apt: update first, then chromium."""
    log = copied_house / "apt.log"
    granted("env")
    granted(
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*" >> {log}; case "$*" in *install*) '
        f"printf '#!/bin/sh\\nexit 0\\n' > {copied_house}/granted/chromium; "
        f"/bin/chmod 755 {copied_house}/granted/chromium;; esac",
    )
    done = set_up(copied_house, "browser")
    assert done.returncode == 0, done.stderr
    assert log.read_text("utf-8").splitlines() == [
        "noninteractive -qq update",
        "noninteractive -qq install -y --no-install-recommends chromium chromium-headless-shell",
    ]


@pytest.mark.skipif(not shutil.which("fc-list"), reason="fontconfig's fc-list is not installed")
def test_machine_without_chinese_fonts_says_what_to_install(copied_house, granted):
    """No font for Chinese and no apt end with exit code 1 and the name of the package."""
    granted("fc-list")
    config = copied_house / "fonts.conf"
    config.write_text(f"<fontconfig><cachedir>{copied_house}/cache</cachedir></fontconfig>", "utf-8")
    done = set_up(copied_house, "fonts", FONTCONFIG_FILE=str(config))
    assert done.returncode == 1
    assert "sudo apt install fontconfig fonts-noto-cjk" in done.stderr


def test_missing_office_is_said_and_stops_nothing(copied_house, granted):
    """Without LibreOffice set-up goes on and says which test will be left out and how to get it."""
    done = set_up(copied_house, "office")
    assert done.returncode == 0
    assert "sudo apt install libreoffice-calc" in done.stdout


@pytest.mark.setup
def test_fresh_machine_gets_the_locked_packages(copied_house):
    """Nothing becomes a working command, is not done twice, and a package with a wrong hash is refused."""
    first = bootstrap(copied_house, "packages", **os.environ)
    assert first.returncode == 0, first.stderr
    program = copied_house / ".venv" / "bin" / "brokerflow"
    helped = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, cwd="/")
    assert helped.stdout.startswith("Usage: brokerflow")
    stamp = copied_house / ".setup" / "packages"
    stamped = stamp.read_text("utf-8")

    second = bootstrap(copied_house, "packages", **os.environ)
    assert (second.returncode, second.stdout) == (0, "")

    shutil.rmtree(next(copied_house.glob(".venv/lib/*/site-packages/iniconfig-*.dist-info")))
    lock = copied_house / "requirements.lock"
    pinned = re.search(r"iniconfig==.*?(?=^\S)", lock.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
    tampered = re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, pinned)
    lock.write_text(lock.read_text("utf-8").replace(pinned, tampered), "utf-8")
    third = bootstrap(copied_house, "packages", **os.environ)
    assert third.returncode == 1
    assert "iniconfig" in third.stderr
    assert "命令失败" in third.stderr
    assert stamp.read_text("utf-8") == stamped
