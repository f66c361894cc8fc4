"""How diskcache stores what we give it: bytes under texts, and never a pickle of its own."""

from __future__ import annotations

import re
from pathlib import Path
from secrets import token_hex
from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_BINARY, MODE_RAW  # type: ignore[import-untyped]

from xetrack_cache.private import make_folder, opener
from xetrack_cache.signed.entries import DamagedError

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")


def path_of(folder: str, name: object) -> Path:
    """Return where the file of an entry is, which is always beneath the folder.

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
    """Keys are texts and values are bytes; long values have files that only this user may read."""

    written: Path | None = None
    """The file of the value that was stored last; None where it needed none."""

    def put(self, key: Any) -> tuple[Any, bool]:
        """Return a key as the database has it."""
        if type(key) is not str:
            raise TypeError(f"a key is a text, not a {type(key).__name__}")
        return key, True

    def get(self, key: Any, raw: bool) -> Any:
        """Return a key as it is in the database; what is a pickle there stays one."""
        del raw
        return key

    def store(
        self, value: Any, read: bool, key: Any = None
    ) -> tuple[int, int, str | None, bytes | None]:
        """Return size, mode, file name and content of a value for the database."""
        del read, key
        self.written = None
        if len(value) < self.min_file_size:
            return 0, MODE_RAW, None, value
        digits = token_hex(16)
        name = f"{digits[:2]}/{digits[2:4]}/{digits[4:]}.val"
        folder = make_folder(Path(self._directory), digits[:2], digits[2:4])
        self.written = folder / f"{digits[4:]}.val"
        with open(self.written, "xb", opener=opener) as file:
            file.write(value)
        return len(value), MODE_BINARY, name, None

    def fetch(self, *_: Any, **__: Any) -> Any:
        """Refuse to load: entries are read by `Folder`, which trusts none of them."""
        raise DamagedError("diskcache is not asked for values")

    def remove(self, file_path: str) -> None:
        """Remove the file of an entry that is gone."""
        remove(self._directory, file_path)


def remove(folder: str, name: object) -> None:
    """Remove the file of an entry that is gone, and folders that are empty then."""
    try:
        path = path_of(folder, name)
        path.unlink(missing_ok=True)
        path.parent.rmdir()
        path.parent.parent.rmdir()
    except (OSError, DamagedError):  # another entry is there, or it is not ours to remove
        pass
