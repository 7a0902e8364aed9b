"""Each peer's own virtual environment, made from its lock when it is first needed."""

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

PEERS = Path(__file__).parent.parent / "peers"


class NotRun(Exception):
    """A contender cannot run on this machine; the text says why."""


class Broken(NotRun):
    """A contender ran and ended with an error of its own, or not in time."""


@cache
def python_of(peer: str) -> Path:
    """The peer's Python, its packages as locked. Raises NotRun when they cannot be installed."""
    home = PEERS / peer / ".venv"
    lock = home.parent / "requirements.lock"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp, state = home / "installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != state:
        print(f"installing {peer} ...", file=sys.stderr, flush=True)
        _uv("venv", "--allow-existing", "--python", sys.executable, str(home))
        _uv("pip", "sync", "--require-hashes", "--python", str(python), str(lock))
        stamp.write_text(state)
    return python


def _uv(*arguments: str) -> None:
    command = [sys.executable, "-m", "uv", *arguments, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise NotRun(f"uv: {said[0][:200]}")
