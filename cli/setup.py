"""Set-up of this machine, part by part: `python -m cli.setup packages keys browser fonts office`.

A part that is up to date costs a few milliseconds, so every Makefile verb asks for the parts it needs.
Only the standard library is imported before the packages are installed.
"""

import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bots.errors import BrokerFlowError, SetupInvalid

ROOT = Path(__file__).resolve().parent.parent
STAMPS = ROOT / ".setup"
PACKAGE_SOURCES = ("bootstrap.lock", "requirements.lock", "pyproject.toml")
KEY_BYTES = {"BROKERFLOW_MASTER_KEY": 16, "BROKERFLOW_LOOKUP_KEY": 32, "BROKERFLOW_DESK_SESSION_KEY": 32}
KEY_LINE = re.compile(rf"^({'|'.join(KEY_BYTES)})=.*$", re.MULTILINE)


def install_packages() -> None:
    """Bring .venv to exactly the locked packages, checked by hash, and the project in editable form."""
    digest = hashlib.sha256(sys.version.encode())
    for name in PACKAGE_SOURCES:
        digest.update((ROOT / name).read_bytes())
    if _stamp("packages") == digest.hexdigest():
        return
    with_python = ("--quiet", "--python", sys.executable)
    python = (sys.executable, "-m")
    uv = (*python, "uv", "pip")
    _say("安装软件包（按 requirements.lock 校验哈希）")
    _run(*python, "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", "bootstrap.lock")
    _run(*uv, "sync", *with_python, "--require-hashes", "requirements.lock")
    _run(*uv, "install", *with_python, "--no-deps", "--no-build-isolation", "--editable", ".")
    _write_stamp("packages", digest.hexdigest())


def write_keys() -> None:
    """Write .env from .env.example with fresh random keys, for its owner alone; an old one stays."""
    target = ROOT / ".env"
    if target.exists():
        return
    example = (ROOT / ".env.example").read_text("utf-8")
    text = KEY_LINE.sub(lambda line: f"{line[1]}={secrets.token_hex(KEY_BYTES[line[1]])}", example)
    private = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "w", encoding="utf-8") as file:
        file.write(text)
    _say("写入 .env，密钥为新生成的随机值；请备份，丢失后数据无法解密")


def ensure_browser() -> None:
    """Leave a browser that starts: an installed one, else Playwright's Chromium, else apt's as root.

    apt brings the Chromium without windows too. Raises SetupInvalid naming what to install.
    """
    known = _stamp("browser")
    if known and Path(known).exists():
        return
    browser = _working_browser() or _playwright_browser() or _apt_browser()
    if browser is None:
        raise SetupInvalid(
            "没有可用的 Chrome、Chromium 或 Edge，自动安装也没有成功。",
            remedy="安装其中任意一个（Debian：sudo apt install chromium；"
            "macOS：brew install --cask google-chrome），"
            "或在 .env 中设置 BROKERFLOW_BROWSER_PATH，然后重新运行。",
        )
    _write_stamp("browser", str(browser))


def ensure_fonts() -> None:
    """Leave fonts with Chinese characters. Raises SetupInvalid naming the package."""
    if _stamp("fonts") or has_chinese_fonts():
        _write_stamp("fonts", "found")
        return
    _say("安装中文字体 fonts-noto-cjk")
    if not (_apt_install("fontconfig", "fonts-noto-cjk") and has_chinese_fonts()):
        raise SetupInvalid(
            "系统没有中文字体，截图和文档中的汉字会变成方框。",
            remedy="安装字体（Debian/Ubuntu：sudo apt install fontconfig fonts-noto-cjk；"
            "Fedora：sudo dnf install google-noto-sans-cjk-fonts），然后重新运行。",
        )
    _write_stamp("fonts", "found")


def ensure_office() -> None:
    """Install LibreOffice Calc as root on Debian/Ubuntu; elsewhere say what is missing and go on."""
    if find_office() or _apt_install("libreoffice-calc"):
        return
    _say("没有 LibreOffice，工作簿重算测试会跳过；安装办法：sudo apt install libreoffice-calc")


def has_chinese_fonts() -> bool:
    """True when the system knows a font for Chinese; macOS and Windows bring theirs."""
    if sys.platform in {"darwin", "win32"}:
        return True
    if not shutil.which("fc-list"):
        return False
    listing = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(listing.stdout.strip())


def find_office() -> str | None:
    """LibreOffice's command, None when it is not installed."""
    mac = "/Applications/LibreOffice.app/Contents/MacOS/soffice"
    return shutil.which("soffice") or shutil.which("libreoffice") or (mac if Path(mac).exists() else None)


def _working_browser() -> Path | None:
    from config.settings import get_settings  # noqa: PLC0415 - installed by the packages part
    from connectors.browser import find_browser  # noqa: PLC0415 - installed by the packages part

    browser = get_settings().browser_path or find_browser()
    return browser if browser and _starts(browser) else None


def _starts(browser: Path) -> bool:
    """False too when system libraries are missing, which a downloaded Chromium does not bring."""
    try:
        done = subprocess.run([browser, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwright_browser() -> Path | None:
    _say("没有找到浏览器，下载 Playwright 的 Chromium")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], cwd=ROOT, check=False)
    return _working_browser()


def _apt_browser() -> Path | None:
    both = ("chromium", "chromium-headless-shell")  # Ubuntu has no such shell
    return _working_browser() if _apt_install(*both) or _apt_install("chromium") else None


def _apt_install(*packages: str) -> bool:
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return False
    _say(f"apt-get install {' '.join(packages)}")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=False)  # one broken source need not stop the others
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(install, stdout=subprocess.DEVNULL, check=False).returncode == 0


def _run(*command: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetupInvalid(
            f"命令失败：{' '.join(command)}", remedy="检查网络与磁盘空间，按上面的输出处理后重新运行。"
        )


def _stamp(part: str) -> str:
    path = STAMPS / part
    return path.read_text("utf-8") if path.exists() else ""


def _write_stamp(part: str, text: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / part).write_text(text, "utf-8")


def _say(sentence: str) -> None:
    print(f"[安装] {sentence}", flush=True)


PARTS: dict[str, Callable[[], None]] = {
    "packages": install_packages,
    "keys": write_keys,
    "browser": ensure_browser,
    "fonts": ensure_fonts,
    "office": ensure_office,
}


def main(parts: list[str]) -> int:
    """Exit code of the parts run in order; a part that fails says in Chinese how to mend it."""
    started = time.monotonic()
    try:
        for part in parts:
            PARTS[part]()
    except BrokerFlowError as error:
        print(error, file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    if seconds >= 1:
        _say(f"完成，用时 {seconds:.0f} 秒")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
