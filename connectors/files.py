"""Files of the house: raw bytes sealed in landing/, finished files for people in out/."""

import hashlib
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bots.errors import SourceFileInvalid
from config.settings import get_settings
from connectors.atomic_files import write_atomically
from connectors.database.crypto import KEY_BYTES, current_keys, open_bytes, seal_bytes
from connectors.database.tables import LandingFile

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
