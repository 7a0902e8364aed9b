"""Evidence of failures: ``evidence/<insurer>/<date>/``, sealed where it shows people, kept for some days."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag

from bots.errors import SetupInvalid, SourceFileInvalid
from connectors.atomic_files import write_atomically
from connectors.database.crypto import KEY_BYTES, current_keys, open_bytes, seal_bytes

SEALED = ".sealed"
_PLACE = "evidence"


class EvidenceFolder:
    """Keeps what the portal bot saw; a later failure of the same kind on the same day replaces it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, content: bytes) -> None:
        """Store one file; raises StorageFull."""
        write_atomically(self.folder / name, content)

    def keep_sealed(self, name: str, content: bytes) -> None:
        """Store one file under a data key of its own, which only the master key opens.

        Raises StorageFull, and SetupInvalid where there is no master key: then nothing is stored.
        """
        data_key = secrets.token_bytes(KEY_BYTES)
        wrapped = current_keys().encrypt(data_key.hex(), _PLACE).encode()
        write_atomically(
            self.folder / f"{name}{SEALED}", wrapped + b"\n" + seal_bytes(data_key, content, _PLACE.encode())
        )


def open_evidence(path: Path) -> bytes:
    """What ``keep_sealed`` was given; raises SourceFileInvalid, or SetupInvalid for another master key."""
    try:
        wrapped, _, sealed = path.read_bytes().partition(b"\n")
        data_key = bytes.fromhex(current_keys().decrypt(wrapped.decode("ascii"), _PLACE))
        return open_bytes(data_key, sealed, _PLACE.encode())
    except (OSError, ValueError, InvalidTag) as error:
        raise SourceFileInvalid(
            f"{path} 打不开：不存在、不是封存的证据，或被改动过。",
            remedy=f"选择 evidence/ 里的 {SEALED} 文件。",
        ) from error


def forget_old_evidence(folder: Path, now: datetime, days: int) -> int:
    """Remove files written more than ``days`` before ``now`` (aware), and folders left empty; how many files.

    The time of writing counts, not the folder's date: that is the business date, and a run may make up for
    an old one. Raises SetupInvalid naming what cannot be removed.
    """
    oldest = (now - timedelta(days=days)).timestamp()
    old = [path for path in folder.rglob("*") if _forget_if_old(path, oldest)]
    for emptied in sorted({path.parent for path in old} | {path.parent.parent for path in old}, reverse=True):
        with suppress(OSError):
            if emptied != folder:
                emptied.rmdir()
    return len(old)


def _forget_if_old(path: Path, oldest: float) -> bool:
    """Whether a file of that age went; one that vanishes meanwhile was removed by somebody else."""
    try:
        if not path.is_file() or path.stat().st_mtime >= oldest:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SetupInvalid(
            f"无法删除过期的证据 {path}：{error.strerror}。", remedy="检查该目录的所有者和写权限。"
        ) from error
    return True
