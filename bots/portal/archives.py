"""Zip archives from strangers: bounded, whole, and with one file inside, or one and its control file."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from bots.errors import SourceFileInvalid

MOST_BYTES = 200_000_000
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError)
_AGAIN = "在保司系统里重新导出并核对；若仍不能打开，请与保司系统管理员联系"
_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800
_CONTENT_TYPES = "[Content_Types].xml"
_SHEETS, _ERROR_CELL = "xl/worksheets/", b' t="e"'


def is_workbook(raw: bytes, place: str) -> bool:
    """Whether the archive is an .xlsx, all of it there. Raises SourceFileInvalid for a broken or huge one."""
    with _opened(raw, place) as archive:
        if _CONTENT_TYPES not in archive.namelist():
            return False
        _raise_bomb(archive.infolist(), place)
        for entry in archive.infolist():
            _read(archive, entry)
    return True


def has_error_cells(raw: bytes) -> bool:
    """Whether a sheet of an .xlsx holds #N/A or the like, which its reader gives as empty cells."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [entry for entry in archive.infolist() if entry.filename.startswith(_SHEETS)]
        return any(_ERROR_CELL in _read(archive, entry) for entry in sheets)


def only_file(raw: bytes, place: str) -> tuple[str, bytes]:
    """Name and content of the one file in a zip.

    Raises SourceFileInvalid when there is none or a second one, and for a broken, encrypted or huge one.
    """
    name, content, _ = file_beside(raw, "", place)
    return name, content


def file_beside(raw: bytes, beside: str, place: str) -> tuple[str, bytes, bytes]:
    """The same with the content of the file ``beside`` it, which may stand in a folder; "" for none.

    Raises SourceFileInvalid too when that one is not there exactly once.
    """
    with _opened(raw, place) as archive:
        entries = {entry: _name(entry) for entry in archive.infolist() if not entry.is_dir()}
        found = [entry for entry, name in entries.items() if beside and name.rpartition("/")[2] == beside]
        others = [entry for entry in entries if entry not in found]
        if len(others) != 1 or len(found) != bool(beside):
            raise _miscounted(list(entries.values()), beside, place)
        _raise_bomb(list(entries), place)
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise SourceFileInvalid(f"{place} 压缩包有密码。", remedy="请 IT 与保司核对导出方式")
        claim = _read(archive, found[0]) if found else b""
        return entries[others[0]], _read(archive, others[0]), claim


def _miscounted(names: list[str], beside: str, place: str) -> SourceFileInvalid:
    wanted = f"一个文件和控制文件 {beside}" if beside else "一个文件"
    shown = "、".join(names[:5]) or "（无）"
    what = f"{place} 压缩包里应当只有{wanted}，有 {len(names)} 个：{shown}。"
    return SourceFileInvalid(what, remedy="请 IT 核对保司的导出，再决定怎样读")


@contextmanager
def _opened(raw: bytes, place: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield archive
    except _BROKEN as error:
        what = f"{place} 压缩包打不开，文件可能只下载了一半（{error}）。"
        raise SourceFileInvalid(what, remedy=_AGAIN) from None


def _raise_bomb(entries: list[zipfile.ZipInfo], place: str) -> None:
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        raise SourceFileInvalid(f"{place} 解压后有 {size} 字节，大得不合理。", remedy=_AGAIN)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The whole entry, never more than it declares; its check sum is proved at its end."""
    with archive.open(entry) as stream:
        return b"".join(iter(lambda: stream.read(_CHUNK), b""))


def _name(entry: zipfile.ZipInfo) -> str:
    """Old zip programs on Chinese Windows write names in GBK, others in UTF-8, and neither says so."""
    if entry.flag_bits & _NAME_IS_UTF8:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
