"""The asset store: blobs as files of any file system of fsspec."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs

from xetrack.assets.blobs.store import Blob, BlobStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine

TIMES = ("LastModified", "last_modified", "updated", "mtime", "created")
"""What file systems call the time at which a file was written."""


class FsspecStore(BlobStore):
    """Objects below a URL; ``fsspec+s3://bucket`` is what fsspec calls ``s3://bucket``."""

    at_once = 16

    def __init__(
        self,
        engine: Engine,
        *,
        compress: bool = False,
        location: str = "memory://xetrack",
        block_size: int = 2**23,
    ) -> None:
        super().__init__(engine, compress=compress, location=location)
        self._block_size = block_size

    def _file(self, name: str) -> tuple[Any, str]:
        """Return the file system, as fsspec has it for each process and thread, and a path."""
        url = self.location.removeprefix("fsspec+")
        system, root = url_to_fs(url, use_listings_cache=False)
        return system, f"{root.rstrip('/')}/{name}"

    def put(self, name: str, pieces: Pieces) -> bool:
        """Write a file, unless there is one; it is there when `commit` returns."""
        system, path = self._file(name)
        if system.exists(path):
            return False
        file = system.open(path, "xb", autocommit=False, block_size=self._block_size)
        try:
            for piece in pieces:
                file.write(piece)
            file.close()
            file.commit()
        except FileExistsError:
            return False
        except BaseException:
            file.discard()
            raise
        return True

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read a file."""
        system, path = self._file(name)
        try:
            with system.open(path, "rb", block_size=self._block_size) as file:
                while piece := file.read(2**18):
                    write(piece)
        except FileNotFoundError:
            return False
        return True

    def blobs(self, prefix: str) -> Iterator[Blob]:
        """Walk through a folder."""
        system, root = self._file("")
        for path, status in system.find(f"{root}{prefix}", detail=True).items():
            if status["type"] == "file":  # what becomes a folder meanwhile may be listed, too
                time = next(status[key] for key in TIMES if key in status)
                seconds = time.timestamp() if isinstance(time, datetime) else float(time)
                yield Blob(path.removeprefix(root), status["size"], seconds)

    def remove(self, name: str) -> None:
        """Remove a file."""
        system, path = self._file(name)
        with suppress(FileNotFoundError):
            system.rm_file(path)
