"""The example cache: results in a folder, a file for each.

xetrack makes bytes of a result, signs them and checks them. Here they are stored and read.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.errors import CacheError
from xetrack_cache.signed import SignedCache
from xetrack_cache.signed.cache import FIRST
from xetrack_cache.signed.entries import DamagedError
from xetrack_example import locks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xetrack.interfaces.engines.capabilities import StoredResult

ENDING = ".entry"
KEY = re.compile("[0-9a-f-]+")


class ExampleCache(SignedCache):
    """Results of calls in a folder: ``Tracker(cache="example://FOLDER")``."""

    def __init__(self, location: str, size_limit: int | None = None) -> None:
        super().__init__(location, size_limit)
        self._folder = Path(location.removeprefix("example://")).absolute()

    def fetch(self, key: str) -> bytes | None:
        """Read a file."""
        return self.fetch_head(key, -1)

    def fetch_head(self, key: str, size: int) -> bytes | None:
        """Read the beginning of a file."""
        if not KEY.fullmatch(key):  # it was typed by hand, and must not lead elsewhere
            return None
        try:
            with self._path(key).open("rb") as file:
                return file.read(size)
        except FileNotFoundError:
            return None
        except OSError as error:
            if not self.exists():  # something else is in its place
                raise CacheError(self.location, str(error)) from error
            raise DamagedError(f"its file cannot be read ({error.strerror})") from None

    def store(self, key: str, entry: bytes, track_id: str) -> None:  # noqa: ARG002
        """Write a file aside, and put it in place at once."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._path(key), entry)
            self._shrink()
        except OSError as error:
            raise CacheError(self.location, str(error)) from error

    def _write(self, path: Path, data: bytes) -> None:
        file, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(file, "wb") as opened:
                opened.write(data)
            now = time.time_ns()  # finer than the clock of many file systems
            os.utime(name, ns=(now, now))
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)

    def _shrink(self) -> None:
        """Remove the oldest entries beyond the limit."""
        if self.size_limit is not None:
            files = self._files()
            size = sum(size for _, size, _ in files)
            for _, size_of_file, path in files[:-1]:
                if size > self.size_limit:
                    path.unlink(missing_ok=True)
                    size -= size_of_file

    def acquire(self, key: str, *, wait: bool) -> int | None:
        """Lock the file of a key."""
        try:
            return locks.lock_file(self._folder / "locks" / key, wait=wait)
        except OSError as error:
            raise CacheError(self.location, str(error)) from error

    def release(self, key: str, lock: int) -> None:  # noqa: ARG002 - the open file will do
        """Unlock it."""
        locks.unlock_file(lock)

    def keys(self, prefix: str) -> list[str]:
        """List the files by their time."""
        names = (path.name.removesuffix(ENDING) for _, _, path in self._files())
        return [name for name in names if name.startswith(prefix)]

    def delete_run(self, track_id: str) -> int:
        """Remove the files of a run."""
        return self.remove(
            [result for result in self.iter_results() if result.track_id == track_id]
        )

    def exists(self) -> bool:
        """Return True if the folder is there."""
        return self._folder.is_dir()

    def iter_results(self) -> Iterator[StoredResult]:
        """Describe each file by its first bytes."""
        for when, size, path in self._files():
            key = path.name.removesuffix(ENDING)
            head = self.fetch_head(key, FIRST)
            if head is not None:
                yield self.describe_entry(path, key, when / 1e9, size, "", head)

    def remove(self, results: Sequence[StoredResult]) -> int:
        """Remove files, and count those that were there."""
        number = 0
        for result in results:
            try:
                result.handle.unlink()
            except FileNotFoundError:
                continue
            number += 1
        return number

    def clear(self) -> int:
        """Remove all files."""
        return self.remove([*self.iter_results()])

    def size(self) -> int:
        """Add up the sizes of all files."""
        return sum(size for _, size, _ in self._files())

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{ENDING}"

    def _files(self) -> list[tuple[int, int, Path]]:
        """Return time, size and path of each entry, the oldest first."""
        entries = []
        for path in self._folder.glob(f"[!.]*{ENDING}"):
            try:
                status = path.stat()
            except FileNotFoundError:  # removed just now
                continue
            entries.append((status.st_mtime_ns, status.st_size, path))
        return sorted(entries)
