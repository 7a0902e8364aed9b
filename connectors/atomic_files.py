"""Files written in one step: all bytes or nothing."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bots.errors import SetupInvalid, StorageFull

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


def write_atomically(path: Path, raw: bytes) -> None:
    """All bytes under ``path`` or nothing, also when the power fails; raises StorageFull, SetupInvalid."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with _speaking_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _speaking_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NOT_WRITABLE:
            raise SetupInvalid(
                f"无法写入 {path.parent}：{error.strerror}。",
                remedy="检查该目录是否存在、运行账号是否有写权限。",
            ) from error
        if error.errno not in _NO_SPACE:
            raise
        raise StorageFull(
            f"写入 {path} 时磁盘已满，未留下不完整的文件。", remedy="清理磁盘空间后重新运行。"
        ) from error
