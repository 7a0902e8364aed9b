"""Our own processes (sandbox, Prefect server, worker, desk): start, wait until healthy, stop all."""

import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx
import psutil

from bots.errors import SetupInvalid

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 8.0
MOST_RESTARTS = 3


def free_port(preferred: int = 0) -> int:
    """``preferred`` if nobody listens there, else any free port on loopback."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SetupInvalid("本机没有可用端口。", remedy="关闭占用端口的程序后重试。")


@dataclass
class Services:
    """A set of child processes; leaving the ``with`` block stops every one with its children."""

    log_dir: Path
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    restarts: Counter[str] = field(default_factory=Counter)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _logs: list[IO[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def start(self, name: str, *arguments: str) -> None:
        """Run ``python arguments`` in a session of its own, output to ``<name>.log``.

        It starts in the log folder: Prefect would read a ``.env`` in the project's.
        """
        self.commands[name] = arguments
        log = self.log_path(name).open("ab" if self.restarts[name] else "wb")
        self._logs.append(log)
        self.processes[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.log_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def log_path(self, name: str) -> Path:
        """Where the output of a service goes."""
        return self.log_dir / f"{name}.log"

    def wait_healthy(self, name: str, url: str, seconds: float = 90) -> None:
        """Wait until ``url`` answers 200; SetupInvalid with the log's path when it dies or is silent."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            self.require_alive()
            try:
                if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        tail = self.log_path(name).read_text("utf-8", errors="replace")[-600:]
        raise SetupInvalid(
            f"服务 {name} 没有启动成功：{url}\n{tail}", remedy=f"查看日志 {self.log_path(name)}，排除后重试。"
        )

    def require_alive(self) -> None:
        """Raise SetupInvalid naming the log of a service that has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                tail = self.log_path(name).read_text("utf-8", errors="replace")[-600:]
                raise SetupInvalid(
                    f"服务 {name} 自行退出（{process.returncode}）：\n{tail}",
                    remedy=f"查看日志 {self.log_path(name)}，排除后重试。",
                )

    def revive(self) -> list[str]:
        """Start again what has ended by itself, and name it; SetupInvalid once it has ended too often."""
        ended = [name for name, process in self.processes.items() if process.poll() is not None]
        if any(self.restarts[name] >= MOST_RESTARTS for name in ended):
            self.require_alive()
        for name in ended:
            self.restarts[name] += 1
            self.start(name, *self.commands[name])
        return ended

    def memory_bytes(self) -> int:
        """Proportional set size of every service with its children, this process included."""
        this = psutil.Process()
        return sum(_pss(process) for process in [this, *this.children(recursive=True)])

    def stop_all(self) -> None:
        """Terminate every process tree, newest first; kill what does not go."""
        for name in reversed(self.processes):
            stop_tree(self.processes[name].pid)
        for log in self._logs:
            log.close()
        self._logs.clear()
        self.processes.clear()


def stop_tree(pid: int) -> None:
    """Terminate a process and its children; kill those that have not gone after some seconds."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    root.terminate()
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=STOP_SECONDS)


def _pss(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return int(getattr(memory, "pss", memory.rss))
