"""One worker on SQLite: a lock that the operating system releases, whatever kills the worker."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bots.errors import HubBusy


@contextmanager
def hold_worker_lock(database: Path) -> Iterator[int]:
    """Hold the only worker's place beside a SQLite file; raises HubBusy when another process has it.

    Yields the descriptor that holds the place: a program that inherits it goes on holding it.

    The kernel frees it when the process ends, ``kill -9`` included; no stale file has to be removed.
    """
    path = database.with_name(database.name + ".worker")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _try_lock(file.fileno()):
            raise HubBusy(
                f"{database} 已有一个工作进程在运行（{_holder(path)}），SQLite 只支持一个。",
                remedy="停止其中一个；要运行多个工作进程，请把 BROKERFLOW_DATABASE_URL 改为 PostgreSQL。",
            )
        file.truncate(0)
        file.write(f"{os.getpid()}".encode())
        file.flush()
        yield file.fileno()


def _holder(path: Path) -> str:
    try:
        return f"进程号 {path.read_text() or '不明'}"
    except OSError:  # Windows refuses to read a locked range
        return "进程号不明"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
