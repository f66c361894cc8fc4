"""The `Disk` of diskcache: it stores bytes under texts, and never a pickle of its own."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex
from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_BINARY, MODE_RAW  # type: ignore[import-untyped]

from xetrack_cache.folder_cache.private_files import make_private_folder, private_opener
from xetrack_cache.signed.entries import DamagedError

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")


def path_of(folder: str, name: object) -> Path:
    """Return the path of the file of an entry, which is always beneath the folder.

    Parameters
    ----------
    folder
        The folder of the cache.
    name
        What the database has for the file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DamagedError
        The database names any other place: somebody else wrote it.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        path = Path(folder, name)
        if path.parent.resolve() == Path(folder).resolve() / path.parent.relative_to(folder):
            return path
    raise DamagedError("it names a file that is not its own")


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """A disk of texts and bytes; long values have files that only this user may read."""

    written: Path | None = None
    """The file of the value that was stored last; None where it needed none."""

    def put(self, key: Any) -> tuple[Any, bool]:
        """Return a key as the database has it; see `diskcache.Disk.put`."""
        if type(key) is not str:
            raise TypeError(f"a key is a text, not a {type(key).__name__}")
        return key, True

    def get(self, key: Any, raw: bool) -> Any:
        """Return a key as it is in the database, a pickle too; see `diskcache.Disk.get`."""
        del raw
        return key

    def store(
        self, value: Any, read: bool, key: Any = None
    ) -> tuple[int, int, str | None, bytes | None]:
        """Store a value, in a file if it is long; see `diskcache.Disk.store`."""
        del read, key
        self.written = None
        if len(value) < self.min_file_size:
            return 0, MODE_RAW, None, value
        digits = token_hex(16)
        name = f"{digits[:2]}/{digits[2:4]}/{digits[4:]}.val"
        folder = make_private_folder(Path(self._directory), digits[:2], digits[2:4])
        self.written = folder / f"{digits[4:]}.val"
        with open(self.written, "xb", opener=private_opener) as file:
            file.write(value)
        return len(value), MODE_BINARY, name, None

    def fetch(self, *_: Any, **__: Any) -> Any:
        """Refuse to load a value; see `diskcache.Disk.fetch`.

        Entries are read by `CacheFolder`, which trusts none of them.

        Raises
        ------
        DamagedError
            Always.
        """
        raise DamagedError("diskcache is not asked for values")

    def remove(self, file_path: str) -> None:
        """Remove the file of an entry that is gone; see `diskcache.Disk.remove`."""
        remove_file(self._directory, file_path)


def remove_file(folder: str, name: object) -> None:
    """Remove the file of an entry that is gone, and folders that are empty then.

    Parameters
    ----------
    folder
        The folder of the cache.
    name
        What the database has for the file.
    """
    try:
        path = path_of(folder, name)
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        path.parent.parent.rmdir()
    except (OSError, DamagedError):  # another entry is there, or it is not ours to remove
        pass
