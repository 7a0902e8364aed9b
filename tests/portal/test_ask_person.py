"""`brokerflow portal try` asks the person at the terminal."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bots.portal.people import AnswerMissing, PersonQuestion
from cli.ask_person import TerminalAsker
from config.settings import PROJECT_ROOT
from sandbox.kehutong.captcha import Captchas
from sandbox.kehutong.state import ACCOUNT
from tests.portal.kehutong_visit import Person

CODE = PersonQuestion("客户通（kehutong）", "编号 K7Q2", None, 10)
PICTURE = PersonQuestion("客户通（kehutong）", "", b"\x89PNG picture", 10, "图形验证码错误")
PROMPT = re.compile(r"客户通（kehutong） 的短信验证码（(编号 \w{4})），120 秒内有效：$")
PICTURE_PROMPT = re.compile(r"图片：(\S+captcha-\S+\.png)\n客户通（kehutong） 的图形验证码，120 秒内有效：$")


@pytest.fixture
def terminal(monkeypatch):
    """A function that types a text into a terminal that is our standard input."""
    master, slave = os.openpty()
    with os.fdopen(slave, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda text: os.write(master, text.encode())
        os.close(master)


def test_one_line_is_the_answer(terminal, capsys):
    """The question names portal, number and seconds."""
    terminal("123456\n")
    assert TerminalAsker(None)(CODE) == "123456"
    assert capsys.readouterr().out == "客户通（kehutong） 的短信验证码（编号 K7Q2），10 秒内有效："


@pytest.mark.parametrize("has_folder", [True, False])
def test_picture_lies_in_a_file_while_it_is_asked(terminal, capsys, tmp_path, has_folder):
    """In the evidence folder or a temporary file, whose path is printed; afterwards it is gone."""
    terminal("7K2Q\n")
    folder = tmp_path / "evidence" if has_folder else None
    assert TerminalAsker(folder)(PICTURE) == "7K2Q"
    said = capsys.readouterr().out
    assert said.startswith("客户通（kehutong）：图形验证码错误，请再填一次。\n图片：")
    path = Path(said.splitlines()[1].removeprefix("图片："))
    assert not path.exists()
    assert not has_folder or path.parent == folder


def test_nobody_types(terminal):
    """After the seconds are over the question is given up."""
    started = time.monotonic()
    with pytest.raises(AnswerMissing, match="1 秒内没有人回答"):
        TerminalAsker(None)(PersonQuestion("客户通（kehutong）", "", None, 1))
    assert time.monotonic() - started < 3


def test_no_terminal(monkeypatch):
    """Where nobody sits at a terminal nobody is waited for."""
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(AnswerMissing, match="短信验证码（编号 K7Q2），这里没有终端可以问人"):
            TerminalAsker(None)(CODE)


def try_customers(sandbox, tmp_path, stdin):
    """The command as a person types it, in a terminal whose other end we hold."""
    command = ["portal", "try", "kehutong", "--dataset", "customer_api"]
    where = ["--base-url", f"{sandbox.url}/kehutong/", "--out", tmp_path / "rows.csv"]
    secrets = {"USER": ACCOUNT.user, "PASSWORD": ACCOUNT.password}
    given = {f"BROKERFLOW_SECRET_KEHUTONG_{name}": value for name, value in secrets.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *command, *where, "--evidence", tmp_path / "evidence"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **given},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def read_until(stream, pattern):
    """What the command prints until it asks."""
    said = b""
    while not pattern.search(said.decode("utf-8", "ignore")):
        piece = stream.read1(4096)
        assert piece, said.decode("utf-8")
        said += piece
    return pattern.search(said.decode("utf-8"))[1]


def following_captcha(captcha_id):
    """The number that the sandbox gives to the picture after this one."""
    numbers = Captchas()
    while numbers.new() != captcha_id:
        pass
    return numbers.new()


@pytest.mark.browser
def test_try_asks_for_captcha_and_code(small_sandbox, tmp_path):
    """The person reads the picture from the printed path and the code from the phone; all rows come home."""
    for _ in range(2):
        wrong = {"account": ACCOUNT.user, "password": "mistyped"}
        answer = httpx.post(f"{small_sandbox.url}/kehutong/api/login", json=wrong).json()
    master, slave = os.openpty()
    with try_customers(small_sandbox, tmp_path, slave) as trying:
        picture = read_until(trying.stdout, PICTURE_PROMPT)
        assert Path(picture).read_bytes().startswith(b"\x89PNG")
        person = Person(small_sandbox, None)
        drawn = f"{small_sandbox.url}/kehutong/api/captcha/{following_captcha(answer['captcha_id'])}.svg"
        os.write(master, f"{person.read_picture(drawn)}\n".encode())
        shown = read_until(trying.stdout, PROMPT)
        os.write(master, f"{person.read_phone(shown)}\n".encode())
        said, complained = (piece.decode("utf-8") for piece in trying.communicate(timeout=60))
    assert trying.returncode == 0, complained
    assert "客户（接口） customer_api：读到 220 行，应有 220 行，搁置 0 行" in said
    assert len((tmp_path / "rows.csv").read_text("utf-8-sig").splitlines()) > 220
    assert list((tmp_path / "evidence").iterdir()) == []


@pytest.mark.browser
def test_try_without_a_terminal(small_sandbox, tmp_path):
    """From a script the command says what is wanted and where, and leaves evidence without the phone."""
    with try_customers(small_sandbox, tmp_path, subprocess.DEVNULL) as trying:
        _, complained = (piece.decode("utf-8") for piece in trying.communicate(timeout=60))
    assert trying.returncode == 1
    assert "【需要有人输入验证码】客户通（kehutong） 要求短信验证码（编号 " in complained
    assert "13000000009" not in (tmp_path / "evidence" / "kehutong-login-1-0.html").read_text("utf-8")
