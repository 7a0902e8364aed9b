"""Evidence on disk: traces sealed, everything gone after some days."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from prefect.logging import disable_run_logger
from typer.testing import CliRunner

from bots.errors import SetupInvalid, SourceFileInvalid
from cli.main import app
from config.settings import get_settings
from connectors.evidence import EvidenceFolder, forget_old_evidence, open_evidence
from flows.nightly import forget_evidence

NOW = datetime(2026, 11, 6, 18, tzinfo=UTC)
NAME = "taian-policies-trace.zip"


def write(folder, day, name, age_days):
    """A piece of evidence of a business date, written so many days before now."""
    EvidenceFolder(folder / "taian" / day).keep(name, b"x")
    path = folder / "taian" / day / name
    written = (NOW - timedelta(days=age_days)).timestamp()
    os.utime(path, (written, written))
    return path


def left(folder):
    """Files and folders below, as short names."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_sealed_trace_is_unreadable_until_it_is_opened(keys, tmp_path):
    """What shows people lies sealed under a key of its own and comes back byte by byte."""
    sink = EvidenceFolder(tmp_path)
    sink.keep_sealed(NAME, b"110101199003074514")
    sealed = tmp_path / f"{NAME}.sealed"
    first = sealed.read_bytes()
    assert b"110101199003074514" not in first
    assert open_evidence(sealed) == b"110101199003074514"
    sink.keep_sealed(NAME, b"110101199003074514")
    assert sealed.read_bytes().split(b"\n")[0] != first.split(b"\n")[0]


def test_without_a_key_a_trace_is_not_kept(monkeypatch, tmp_path):
    """No master key: an error that names the variable, and nothing in clear."""
    monkeypatch.setenv("BROKERFLOW_MASTER_KEY", "")
    get_settings.cache_clear()
    with pytest.raises(SetupInvalid, match="BROKERFLOW_MASTER_KEY"):
        EvidenceFolder(tmp_path).keep_sealed(NAME, b"x")
    get_settings.cache_clear()
    assert left(tmp_path) == []


def test_a_changed_or_foreign_file_is_refused(keys, tmp_path):
    """One flipped bit, a picture and a missing file are told by name."""
    sealed = tmp_path / f"{NAME}.sealed"
    EvidenceFolder(tmp_path).keep_sealed(NAME, b"trace")
    content = bytearray(sealed.read_bytes())
    content[-1] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(SourceFileInvalid, match=NAME):
        open_evidence(sealed)
    with pytest.raises(SourceFileInvalid, match=r"no\.sealed"):
        open_evidence(tmp_path / "no.sealed")


def test_the_command_opens_a_sealed_trace(keys, tmp_path):
    """`brokerflow portal evidence` writes the plain file and says that it shows people."""
    EvidenceFolder(tmp_path).keep_sealed(NAME, b"trace")
    out = tmp_path / "trace.zip"
    given = ["portal", "evidence", str(tmp_path / f"{NAME}.sealed"), "--out", str(out)]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == b"trace"
    assert "看完请删除" in result.output


def test_evidence_goes_after_its_days(tmp_path):
    """Files go by the time of writing, whatever their business date; emptied folders go with them."""
    write(tmp_path, "2026-09-01", "old.png", 31)
    write(tmp_path, "2026-09-02", "made-up-for-today.png", 0)
    write(tmp_path, "2026-11-05", "old.html", 30.5)
    write(tmp_path, "2026-11-05", "new.html", 29.5)
    assert forget_old_evidence(tmp_path, NOW, 30) == 2
    assert left(tmp_path) == [
        "taian",
        *("taian/2026-09-02", "taian/2026-09-02/made-up-for-today.png"),
        *("taian/2026-11-05", "taian/2026-11-05/new.html"),
    ]


def test_a_file_that_vanishes_meanwhile_is_no_trouble(tmp_path, monkeypatch):
    """Another night's or a person's removal between two looks at a file: the rest goes all the same."""
    write(tmp_path, "2026-09-01", "old.png", 31)
    vanishing = write(tmp_path, "2026-09-01", "vanishing.png", 31)
    is_file = type(vanishing).is_file

    def vanish(path):
        seen = is_file(path)
        if path == vanishing:
            path.unlink()
        return seen

    monkeypatch.setattr(type(vanishing), "is_file", vanish)
    assert forget_old_evidence(tmp_path, NOW, 30) == 1
    assert left(tmp_path) == []


def test_a_house_without_evidence_has_nothing_to_forget(tmp_path):
    """No folder yet: nothing goes, nothing fails."""
    assert forget_old_evidence(tmp_path / "evidence", NOW, 30) == 0


def test_the_night_forgets_by_the_settings_days(keys, monkeypatch):
    """The night's own step removes what is older than BROKERFLOW_EVIDENCE_DAYS and keeps the rest."""
    monkeypatch.setenv("BROKERFLOW_EVIDENCE_DAYS", "7")
    get_settings.cache_clear()
    folder = get_settings().evidence_dir
    since = (datetime.now(UTC) - NOW).total_seconds() / 86_400
    write(folder, "2026-10-01", "old.png", 8 - since)
    kept = write(folder, "2026-10-01", "new.png", 6 - since)
    with disable_run_logger():
        forget_evidence.fn()
    assert [path for path in folder.rglob("*") if path.is_file()] == [kept]
