"""Files of the house: raw bytes sealed in landing/, finished files for people in out/."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bots.errors import SetupInvalid, SourceFileInvalid, StorageFull
from config.settings import get_settings
from connectors.database.crypto import KEY_BYTES, current_keys, open_bytes, seal_bytes
from connectors.database.tables import LandingFile

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}
_WRAPPED_PLACE = "landing_files.wrapped_key"


def land(
    session: Session,
    raw: bytes,
    *,
    source: str,
    dataset: str,
    name: str,
    business_date: date,
    flow_run_id: str | None = None,
) -> LandingFile:
    """Keep raw bytes as they came, sealed under a data key of their own; the same bytes again = the same row.

    The file is on disk before its row is; bytes whose row was never committed have no key and cannot be
    read by anybody. Raises StorageFull, with nothing half-written.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    identity = {
        "sha256": sha256, "source": source, "dataset": dataset, "name": name, "business_date": business_date,
    }  # fmt: skip
    known = session.scalar(select(LandingFile).filter_by(**identity))
    if known:
        return known
    data_key = secrets.token_bytes(KEY_BYTES)
    # A random part in the path: two processes landing the same bytes must not overwrite each other's seal.
    place = Path(source, business_date.isoformat(), f"{dataset}-{sha256[:16]}-{secrets.token_hex(4)}.sealed")
    path = get_settings().landing_dir / place
    write_atomically(path, seal_bytes(data_key, raw, sha256.encode()))
    values = {
        **identity,
        "size": len(raw),
        "path": place.as_posix(),
        "wrapped_key": current_keys().encrypt(data_key.hex(), _WRAPPED_PLACE),
        "flow_run_id": flow_run_id,
        "created_at": datetime.now(UTC),
    }
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(build(LandingFile).values(**values).on_conflict_do_nothing())
    landed = session.scalars(select(LandingFile).filter_by(**identity)).one()
    if landed.path != place.as_posix():  # another process was faster
        path.unlink()
    return landed


def read_landed(session: Session, landing_id: int) -> bytes:
    """Raw bytes as they came; raises SourceFileInvalid when erased, missing or changed on disk."""
    landed = session.get(LandingFile, landing_id)
    if landed is None or landed.wrapped_key is None:
        raise SourceFileInvalid(
            f"留存文件 {landing_id} 不存在或已按规定删除。", remedy="从来源系统重新采集这份数据。"
        )
    data_key = bytes.fromhex(current_keys().decrypt(landed.wrapped_key, _WRAPPED_PLACE))
    path = get_settings().landing_dir / landed.path
    try:
        return open_bytes(data_key, path.read_bytes(), landed.sha256.encode())
    except (OSError, InvalidTag) as error:
        raise SourceFileInvalid(
            f"留存文件 {path} 丢失或被改动过。", remedy="从备份恢复该文件，或从来源系统重新采集。"
        ) from error


def write_out(relative_name: str, raw: bytes) -> Path:
    """Write a finished file under out/ in one step, replacing an older one; returns its path.

    Raises StorageFull, and ValueError for a name that leads out of the folder.
    """
    root = get_settings().out_dir.resolve()
    path = (root / relative_name).resolve()
    if not path.is_relative_to(root) or path == root:
        raise ValueError(f"{relative_name!r} leads out of {root}")
    write_atomically(path, raw)
    return path


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
