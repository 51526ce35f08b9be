"""SQLite's own file layer, in this process, with an ear at its syncs (https://www.sqlite.org/vfs.html).

The library that `sqlite3` has loaded gets a copy of its default VFS as the new default. Files are opened by
the original and stay the original's; two pointers differ: `xSync` of each file, and the call by which SQLite
opens a folder, which it does only to sync it.
"""

import ctypes
import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.edge.platter import Platter

_ANY = ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _ANY, _ANY, _ANY, ctypes.c_int, _ANY)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _ANY, ctypes.c_int)
_FOLDER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, _ANY)
_GET = ctypes.CFUNCTYPE(_ANY, _ANY, ctypes.c_char_p)
_SET = ctypes.CFUNCTYPE(ctypes.c_int, _ANY, ctypes.c_char_p, _ANY)
_BROKEN: Final = 70
log = logging.getLogger(__name__)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", _ANY),
        ("zName", ctypes.c_char_p),
        ("pAppData", _ANY),
        ("xOpen", _ANY),
        ("others", _ANY * 12),  # xDelete to xCurrentTimeInt64
        ("xSetSystemCall", _ANY),
        ("xGetSystemCall", _ANY),
        ("xNextSystemCall", _ANY),
    )


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("before", _ANY * 4),  # xClose, xRead, xWrite, xTruncate
        ("xSync", _ANY),
        ("after", _ANY * 12),  # xFileSize to xUnfetch
    )


def library() -> ctypes.CDLL | None:
    """The very SQLite of this process; none where it is built into Python without its names."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return None
    paths = {line.split(maxsplit=5)[5] for line in maps.read_text().splitlines() if "sqlite3" in line}
    for path in sorted(paths):
        found = ctypes.CDLL(path)
        if hasattr(found, "sqlite3_vfs_find"):
            found.sqlite3_libversion.restype = ctypes.c_char_p
            found.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
            assert found.sqlite3_libversion().decode() == sqlite3.sqlite_version
            return found
    return None


class Listening:
    """Registers itself; must live as long as the process uses SQLite, which holds its pointers."""

    def __init__(self, sqlite: ctypes.CDLL, platter: Platter) -> None:
        self._platter = platter
        self._original = sqlite.sqlite3_vfs_find(None)
        found = self._original.contents
        assert found.iVersion >= 3
        self._inodes: dict[int, int] = {}  # by the address of the open file
        self._methods: dict[int, tuple[_Methods, Any]] = {}  # ours, by the address of SQLite's
        self._open = _OPEN(_safe(self._on_open))
        self._real_open = _OPEN(found.xOpen)
        self._folder = _FOLDER(_safe(self._on_folder))
        address = ctypes.addressof(found)
        self._real_folder = _FOLDER(_GET(found.xGetSystemCall)(address, b"openDirectory"))
        assert _SET(found.xSetSystemCall)(address, b"openDirectory", _address(self._folder)) == 0
        self._vfs = _Vfs.from_buffer_copy(found)
        self._vfs.zName, self._vfs.xOpen = b"listening", _address(self._open)
        assert sqlite.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == 0

    def _on_open(self, vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        result: int = self._real_open(ctypes.addressof(self._original.contents), name, file, flags, out)
        self._inodes.pop(file, None)
        if result or not name:
            return result
        path = Path(os.fsdecode(ctypes.string_at(name)))
        if path.parent == self._platter.folder:
            self._inodes[file] = self._platter.hold(path)
            methods = _ANY.from_address(file)  # the first member of every open file
            assert methods.value is not None
            methods.value = self._ours(methods.value)
        return result

    def _ours(self, address: int) -> int:
        if address not in self._methods:
            mine = _Methods.from_buffer_copy(_Methods.from_address(address))
            real = _SYNC(mine.xSync)

            def synced(file: int, flags: int) -> int:
                self._platter.before()
                result: int = real(file, flags)
                if result == 0:
                    self._platter.file_synced(self._inodes[file])
                return result

            sync = _SYNC(_safe(synced))
            mine.xSync = _address(sync)
            self._methods[address] = (mine, sync)
        return ctypes.addressof(self._methods[address][0])

    def _on_folder(self, name: bytes, out: int) -> int:
        """It is synced right after: a disk may be early."""
        if Path(os.fsdecode(name)).parent == self._platter.folder:
            self._platter.before()
            self._platter.folder_synced()
        result: int = self._real_folder(name, out)
        return result


def _address(function: Any) -> int | None:
    return ctypes.cast(function, _ANY).value


def _safe(call: Callable[..., int]) -> Callable[..., int]:
    """What such a call raises would be lost, and SQLite would read the answer as success."""

    def guarded(*given: Any) -> int:
        try:
            return call(*given)
        except BaseException:
            log.exception("SQLite was not listened to")
            os._exit(_BROKEN)

    return guarded
