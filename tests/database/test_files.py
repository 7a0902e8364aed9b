"""Sealed landing and finished files, on real disks that run full."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bots.errors import SetupInvalid, SourceFileInvalid, StorageFull
from config.settings import get_settings
from connectors.atomic_files import write_atomically
from connectors.database.engine import migrate, open_hub, session
from connectors.database.store import read_frame, upsert
from connectors.database.tables import Insurer, LandingFile
from connectors.files import land, read_landed, write_out
from tests.fixtures_hub import TINY_DISK

RAW = "保单号,证件号码\nTA1,110101199003071233\n".encode("gb18030")
DAY = date(2026, 11, 6)


def land_one(hub, raw=RAW, **changes):
    given = {"source": "taian", "dataset": "policies", "name": "保单.csv", "business_date": DAY, **changes}
    with session(hub) as current:
        return land(current, raw, **given)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_went_in(hub):
    """A landed file is unreadable on disk and comes back byte by byte, with hash and size in its row."""
    landed = land_one(hub)
    with session(hub, read_only=True) as current:
        assert read_landed(current, landed.id) == RAW
    assert (landed.sha256, landed.size) == (hashlib.sha256(RAW).hexdigest(), len(RAW))
    stored = (get_settings().landing_dir / landed.path).read_bytes()
    assert b"110101199003071233" not in stored


def test_every_file_has_its_own_data_key(hub):
    """The same bytes under two names are sealed twice, with different keys and ciphertexts."""
    first, second = land_one(hub), land_one(hub, name="again.csv")
    folder = get_settings().landing_dir
    assert first.wrapped_key != second.wrapped_key
    assert (folder / first.path).read_bytes() != (folder / second.path).read_bytes()


def test_same_bytes_again_are_the_same_row(hub):
    """A second run of the same day adds neither row nor file; another day does."""
    first = land_one(hub)
    assert land_one(hub).id == first.id
    assert len(files_of(get_settings().landing_dir)) == 1
    assert land_one(hub, business_date=date(2026, 11, 7)).id != first.id


def test_an_empty_file_lands(hub):
    """A file without a byte is kept like any other."""
    landed = land_one(hub, b"")
    with session(hub, read_only=True) as current:
        assert read_landed(current, landed.id) == b""


def test_without_its_key_a_file_is_gone(hub):
    """Once the data key is destroyed the bytes cannot be had, and the error says so."""
    landed = land_one(hub)
    with session(hub) as current:
        current.get(LandingFile, landed.id).wrapped_key = None
    with session(hub) as current, pytest.raises(SourceFileInvalid, match="已按规定删除"):
        read_landed(current, landed.id)


def test_a_changed_or_missing_file_is_noticed(hub):
    """One flipped bit, and a deleted file, end in an error that names the path."""
    landed = land_one(hub)
    path = get_settings().landing_dir / landed.path
    stored = bytearray(path.read_bytes())
    stored[-20] ^= 1
    path.write_bytes(stored)
    with session(hub) as current, pytest.raises(SourceFileInvalid, match=path.name):
        read_landed(current, landed.id)
    path.unlink()
    with session(hub) as current, pytest.raises(SourceFileInvalid, match=path.name):
        read_landed(current, landed.id)


def test_write_out_replaces_in_one_step(keys):
    """A workbook of the same name is replaced; nothing temporary stays behind."""
    path = write_out("2026-10/佣金对账.xlsx", b"old")
    assert write_out("2026-10/佣金对账.xlsx", b"new") == path
    assert path.read_bytes() == b"new"
    assert files_of(get_settings().out_dir) == [path]


@pytest.mark.parametrize("name", ["../hub.db", "/etc/passwd", "", "a/../../x"])
def test_write_out_stays_in_its_folder(keys, name):
    """A name that leads out of the folder is refused."""
    with pytest.raises(ValueError, match="leads out"):
        write_out(name, b"x")


def test_a_full_disk_leaves_nothing_half_written(hub, tiny_disk, monkeypatch):
    """On a full disk landing raises StorageFull: no file, no row; the hub and older files stay whole."""
    monkeypatch.setenv("BROKERFLOW_DATA_DIR", str(tiny_disk))
    get_settings.cache_clear()
    kept = land_one(hub)
    with pytest.raises(StorageFull, match="磁盘已满"):
        land_one(hub, os.urandom(2 * TINY_DISK), name="large.xls")
    assert files_of(tiny_disk) == [tiny_disk / "landing" / kept.path]
    with session(hub, read_only=True) as current:
        assert list(read_frame(current, LandingFile)["name"]) == ["保单.csv"]
        assert read_landed(current, kept.id) == RAW
    assert land_one(hub, name="small.csv").id


def test_a_full_disk_keeps_the_old_file(tiny_disk):
    """When the new version does not fit, the old one is still there, whole."""
    path = tiny_disk / "workbook.xlsx"
    write_atomically(path, b"old")
    with pytest.raises(StorageFull):
        write_atomically(path, os.urandom(2 * TINY_DISK))
    assert path.read_bytes() == b"old"
    assert files_of(tiny_disk) == [path]


def test_a_full_disk_under_the_database(tiny_disk, keys):
    """SQLite on a full disk ends in StorageFull, and everything committed before is still there."""
    hub = open_hub(f"sqlite:///{tiny_disk / 'hub.db'}")
    migrate(hub)
    many = [{"slug": f"s{n}", "name": "名" * 300, "payer_names": []} for n in range(5_000)]
    with session(hub) as current:
        upsert(current, Insurer, many[:1])
    with pytest.raises(StorageFull, match=r"hub\.db"), session(hub) as current:
        upsert(current, Insurer, many)
    with session(hub, read_only=True) as current:
        assert list(read_frame(current, Insurer)["slug"]) == ["s0"]
    hub.dispose()


def test_a_file_size_limit(tmp_path):
    """Where the system refuses further bytes (here a limit on file size) nothing stays behind either."""
    script = f"""
import resource, sys
from pathlib import Path
from bots.errors import StorageFull
from connectors.atomic_files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, ({TINY_DISK}, resource.RLIM_INFINITY))
try:
    write_atomically(Path(sys.argv[1]), bytes({2 * TINY_DISK}))
except StorageFull as error:
    print(error.remedy)
"""
    path = tmp_path / "large.bin"
    shown = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert "清理磁盘" in shown.stdout
    assert files_of(tmp_path) == []


def test_a_folder_without_permission_is_explained(tmp_path, keys):
    """A place where nobody can write ends in SetupInvalid with the folder's name."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SetupInvalid, match="file"):
        write_atomically(blocked / "landing" / "x", b"x")
