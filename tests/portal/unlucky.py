"""What happens to browsers and networks: processes die, lines go dead."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import psutil

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)


def kill_renderers() -> None:
    """SIGKILL to the processes that draw pages; the browser itself lives on."""
    _kill(lambda command: "--type=renderer" in command)


def kill_browser() -> None:
    """SIGKILL to every process of the browsers that this process started."""
    _kill(lambda command: any(part.startswith("--user-data-dir") for part in command))


def _kill(is_meant: Callable[[list[str]], bool]) -> None:
    family = [child for child in psutil.Process().children(recursive=True) if is_meant(child.cmdline())]
    assert family
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=5)


class Line:
    """A line between browser and portal; ``cut`` resets it or lets it go silent, ``mend`` is a new one."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._open: list[socket.socket] = []
        self._is_fine, self._is_silent = threading.Event(), False
        self._is_fine.set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self, *, silent: bool) -> None:
        """From now on nothing passes: new and old connections are reset, or wait for ever."""
        self._is_silent = silent
        self._is_fine.clear()
        if not silent:
            self._reset_all()

    def mend(self) -> None:
        """Let new connections pass; the old ones are dead."""
        self._reset_all()
        self._is_fine.set()

    def close(self) -> None:
        """Hang up."""
        self._door.close()
        self._reset_all()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self._open.append(client)
            if self._is_fine.is_set():
                portal = socket.create_connection(self._target)
                self._open.append(portal)
                for ends in ((client, portal), (portal, client)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()
            elif not self._is_silent:
                _reset(client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if self._is_fine.is_set():
                    target.sendall(chunk)
            if self._is_fine.is_set():
                target.shutdown(socket.SHUT_WR)

    def _reset_all(self) -> None:
        while self._open:
            _reset(self._open.pop())


def _reset(end: socket.socket) -> None:
    """End a connection with RST, not with a polite FIN."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RD)
    end.close()
