"""Somebody at the terminal with the phone at hand: a command that may ask for a one-time code."""

import json
import os
import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

from tests.acceptance.clone import Finished

_ASKED = re.compile(r"（(编号 \w{4})），\d+ 秒内有效：$")
_CODE = re.compile(r"验证码 (\d{6})（(编号 \w{4})）")


def run_with_phone(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], sandbox: str, seconds: float
) -> Finished:
    """Run a command at a terminal, type the code that the phone shows; killed after ``seconds``."""
    started, said = time.monotonic(), b""
    keyboard, terminal = os.openpty()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.close(terminal)
        watchdog = threading.Timer(seconds, process.kill)
        watchdog.start()
        while piece := os.read(process.stdout.fileno(), 4096) if process.stdout else b"":
            said += piece
            asked = _ASKED.search(said.decode("utf-8", "ignore"))
            if asked:
                os.write(keyboard, f"{_newest_code(sandbox, asked[1])}\n".encode())
        watchdog.cancel()
    os.close(keyboard)
    return Finished(process.returncode, said.decode("utf-8", "replace"), time.monotonic() - started)


def _newest_code(sandbox: str, identifier: str) -> str:
    """The code in the message that bears this number."""
    with urllib.request.urlopen(urljoin(sandbox, "/messages.json"), timeout=10) as answer:  # noqa: S310 - loopback
        messages = json.load(answer)["sms"]
    found = [_CODE.search(message["text"]) for message in messages]
    return next((match[1] for match in reversed(found) if match and match[2] == identifier), "")
