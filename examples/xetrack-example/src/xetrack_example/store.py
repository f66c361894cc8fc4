"""The example asset store: objects as files, in a folder by the database."""

from __future__ import annotations

import fcntl
import zlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xetrack.errors import (
    AssetNotStoredError,
    DamagedAssetError,
    InvalidArgumentError,
    ReadOnlyError,
    StorageError,
    XetrackError,
)
from xetrack.interfaces.assets import AssetInfo, AssetStore, Header
from xetrack_example.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from xetrack.interfaces.assets import Content, Reference
    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine

PIECE = 2**18
"""Bytes that are read at a time."""


class ExampleStore(AssetStore):
    """The assets of ``runs.db``, in the folder ``runs.db.example``.

    The engine stores the row, so the row cannot be one with its contents: they come first, then
    the row, then the references. A kill leaves at most a content that nobody refers to.
    """

    def __init__(self, engine: Engine, *, compress: bool = False) -> None:
        super().__init__(engine, compress=compress)
        if ":" in engine.location:  # in memory, or a URL
            expected = "a database in a file, or another asset_store=..."
            raise InvalidArgumentError("db", engine.location, expected)
        durable = engine.settings.durability == "full"
        self._files = Files(Path(f"{engine.location}.example").absolute(), durable=durable)

    @contextmanager
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> Iterator[None]:
        """Write the contents, have the row stored, and write the references."""
        with self._changing(fcntl.LOCK_SH):
            for content in contents:
                self._write(content)
            yield
            for reference in references:
                self._files.write_reference(reference)

    @contextmanager
    def _changing(self, how: int) -> Iterator[None]:
        """Lock the folder; the engine's lock is one that forks wait for."""
        if self.engine.settings.read_only:
            raise ReadOnlyError(self.engine.location, "Changing the assets of")
        with self.engine.lock, self._typed(), self._files.locked(how):
            yield

    @contextmanager
    def _typed(self) -> Iterator[None]:
        """Turn what the file system says into an error of xetrack."""
        try:
            yield
        except XetrackError:  # some are OSErrors: of the row, say
            raise
        except OSError as error:
            raise StorageError(self._files.folder, "Using", str(error)) from error

    def _write(self, content: Content) -> None:
        header, stored = content.header, self._files.header(content.id)
        if stored is None:
            pieces = _compressed(content.pieces) if self.compress else content.pieces
            size = self._files.write(content.id, pieces)
            time = datetime.now().isoformat(sep=" ", timespec="microseconds")  # noqa: DTZ005
            stored = [self.compress, size, time]
        elif replace(Header(**stored[-1]), seal=header.seal) != header:
            raise AssetNotStoredError(header.codec, f"another asset has the id {content.id}")
        facts = {name: getattr(header, name) for name in Header.__slots__}
        self._files.write_header(content.id, [*stored[:3], facts])

    def find(self, start: str, limit: int) -> list[str]:
        """Find the ids that begin with some digits."""
        return [asset for asset in self._files.ids() if asset.startswith(start)][:limit]

    def info(self, asset_id: str) -> AssetInfo | None:
        """Describe an asset by its header."""
        with self._typed():
            stored = self._files.header(asset_id)
        if stored is None:
            return None
        _, size, time, facts = stored
        count = len(self._files.references(asset_id))
        return AssetInfo(
            id=asset_id, header=Header(**facts), stored_size=size, references=count, time=time
        )

    def infos(self) -> list[AssetInfo]:
        """Describe all, by their times."""
        infos = [info for asset in self._files.ids() if (info := self.info(asset))]
        return sorted(infos, key=lambda info: info.time)

    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Read the file; core compares what comes with the digest."""
        try:
            stored = self._files.header(asset_id)
            if stored is None:
                raise FileNotFoundError("it is not there")
            with self._files.content(asset_id).open("rb") as file:
                pieces = iter(lambda: file.read(PIECE), b"")
                for piece in _decompressed(pieces) if stored[0] else pieces:
                    write(piece)
        except (OSError, ValueError, zlib.error) as error:
            raise DamagedAssetError(asset_id, str(error)) from error

    def references(self, asset_id: str) -> list[Reference]:
        """Read the references to an asset."""
        return [reference for reference, _ in self._files.references(asset_id)]

    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove the files of references that have all values."""
        wanted = {"asset": asset, "table": table, "key": key, "track_id": track_id}
        required = {name: value for name, value in wanted.items() if value is not None}
        if not self.engine.settings.read_only and not self._files.references():
            return 0  # and no folder is made
        with self._changing(fcntl.LOCK_EX):
            removed = [
                path
                for reference, path in self._files.references(asset or "*")
                if all(getattr(reference, name) == value for name, value in required.items())
            ]
            for path in removed:
                path.unlink()
        return len(removed)

    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset."""
        with self._changing(fcntl.LOCK_EX):
            self._files.remove(asset_id)

    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove unreferenced assets, while nothing is stored."""
        with self._changing(fcntl.LOCK_EX):
            needed = {reference.asset for reference, _ in self._files.references()} | living()
            removed = [asset for asset in self._files.ids() if asset not in needed]
            for asset in removed:
                self._files.remove(asset)
        return removed


def _compressed(pieces: Pieces) -> Iterator[bytes]:
    compressor = zlib.compressobj()
    for piece in pieces:
        yield compressor.compress(piece)
    yield compressor.flush()


def _decompressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    decompressor = zlib.decompressobj()
    for piece in pieces:
        left = piece
        while left:
            yield decompressor.decompress(left, PIECE)
            left = decompressor.unconsumed_tail
    yield decompressor.flush()
