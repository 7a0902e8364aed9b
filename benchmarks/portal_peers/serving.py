"""Starts and stops the servers that are measured against."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("server.py")
ROOT = Path(__file__).parent.parent.parent
_GOODBYE_SECONDS = 10
_ANSWER_SECONDS = 30


@contextmanager
def list_server(pages: int, answer_ms: float = 0) -> Iterator[str]:
    """The plain list; gives its address."""
    command = [sys.executable, str(SERVER), "--pages", str(pages), "--answer-ms", str(answer_ms)]
    with _started(command) as line:
        yield line


@contextmanager
def sandbox() -> Iterator[str]:
    """The pretend outside world; gives its address."""
    with _started([sys.executable, "-m", "sandbox", "--port", "0"]) as line:
        yield line.removeprefix("sandbox ready ")


@contextmanager
def _started(command: list[str]) -> Iterator[str]:
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            try:
                process.wait(_GOODBYE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def fetch(address: str, sent: dict[str, Any] | None = None) -> Any:
    """JSON from one of them; with ``sent`` a POST."""
    body = None if sent is None else json.dumps(sent).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read() or b"null")
