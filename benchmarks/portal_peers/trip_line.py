"""A line to the portal on which something happens when a certain question passes; and what can happen."""

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import psutil

_CHUNK = 65_536
_RESET = struct.pack("ii", 1, 0)


class TripLine:
    """Passes bytes on; before the first question that holds a word of ``wires`` passes, its deed is done."""

    def __init__(self, url: str, wires: Mapping[bytes, Callable[[], None]]) -> None:
        parts = urlsplit(url)
        self._target, self._wires = (parts.hostname or "", parts.port or 80), dict(wires)
        self._ends: list[socket.socket] = []
        self._is_cut = False
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def is_tripped(self) -> bool:
        """Whether every word was heard and its deed done."""
        return not self._wires

    def cut(self) -> None:
        """Reset what is open; nobody gets through any more."""
        self._is_cut = True
        while self._ends:
            _reset(self._ends.pop())

    def close(self) -> None:
        """Hang up."""
        self._door.close()
        self.cut()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self._is_cut:
                _reset(client)
                continue
            portal = socket.create_connection(self._target)
            self._ends += [client, portal]
            threading.Thread(target=self._pass_on, args=(client, portal, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(portal, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_asking: bool) -> None:
        tail = b""
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if is_asking:
                    tail = self._watch(tail + chunk)
                if not self._is_cut:
                    target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)

    def _watch(self, said: bytes) -> bytes:
        """Do what the words call for, once each; what may be the beginning of one is kept."""
        for word in list(self._wires):
            with self._lock:
                deed = self._wires.pop(word, None) if word in said else None
            if deed:
                deed()
        return said[-max(map(len, self._wires), default=1) :]


def _reset(end: socket.socket) -> None:
    """End a connection with RST, not with a polite FIN."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RD)
    end.close()


def kill_process(pid: int) -> None:
    """SIGKILL to a process, then to the browser that it leaves behind."""
    family = psutil.Process(pid).children(recursive=True)
    for process in [psutil.Process(pid), *family]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def kill_browser(pid: int) -> None:
    """SIGKILL to every process of the browser that a process started."""
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(part.startswith("--user-data-dir") for part in process.cmdline()):
                process.kill()


def fill_disk(pid: int, left: int) -> None:
    """No file of a process may grow beyond so many bytes, as on a disk that is full; its browser's may."""
    import resource  # noqa: PLC0415 - Linux alone has prlimit

    resource.prlimit(pid, resource.RLIMIT_FSIZE, (left, left))
