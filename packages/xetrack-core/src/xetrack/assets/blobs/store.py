"""The base of asset stores that keep blobs under names: buckets, folders, key-value stores.

A store extends `BlobStore` and implements four methods: `BlobStore.put`, `BlobStore.get`,
`BlobStore.blobs` and `BlobStore.remove`. Headers, references, compression and collection are
written here once, as blobs of these names:

``contents/ID/UPLOAD``
    A content, compressed or not. Each upload has a name of its own.
``assets/AB/ID/VERSION``
    A record with the header of an asset; VERSION is a time and the UPLOAD of its content. The last
    version counts.
``references/ID/TABLE-KEY-RUN``
    A reference, named by digests of its fields.
``announced/ID/UPLOAD``, ``condemned/ID/VERSION-COLLECTOR``
    How a writer and a collector notice each other; see `xetrack.assets.blobs.collection`.

No blob is ever changed, so nothing depends on an order of writes that a server does not keep. A
reader after a write, in any process, must see it, and so must a listing.
"""

from __future__ import annotations

import secrets
import time
import zlib
from abc import abstractmethod
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from xetrack.assets.blobs.checked import Blob, CheckedBlobs
from xetrack.assets.blobs.records import (
    AssetRecord,
    asset_of,
    condemned_version,
    content_of,
    damaged_info,
    field_digest,
    folder_of,
    parse_reference,
    reference_bytes,
    reference_name,
    upload_of,
    version_of,
)
from xetrack.assets.chunked_content import Decompressor, compressed
from xetrack.errors import AssetNotStoredError, DamagedAssetError, ReadOnlyError, StorageError
from xetrack.interfaces.assets import AssetStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from xetrack.interfaces.assets import AssetInfo, Content, Reference
    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine

__all__ = ["Blob", "BlobStore"]

_LARGE = 2**20
"""Bytes from which on the real size of a content is asked for, whatever its record says."""


class BlobStore(AssetStore):
    """An asset store of blobs; the module says which there are.

    **Sharing.** All blobs below `location` belong to one database. Several databases may share a
    bucket and a prefix, because each has a folder of its own below it.

    **Errors.** Whatever one of the four methods raises becomes an `AssetStoreError`, unless it is
    an error of xetrack.

    Parameters
    ----------
    engine, compress
        See `AssetStore`.
    location
        Where the blobs are.

    Examples
    --------
    A whole store, in memory:

    >>> import time
    >>> from xetrack.assets.blobs.store import Blob, BlobStore
    >>> class DictStore(BlobStore):
    ...     stored = {}
    ...
    ...     def put(self, name, pieces):
    ...         blob = b"".join(pieces), time.time()
    ...         return self.stored.setdefault(name, blob) is blob
    ...
    ...     def get(self, name, write):
    ...         if name in self.stored:
    ...             write(self.stored[name][0])
    ...         return name in self.stored
    ...
    ...     def blobs(self, prefix):
    ...         blobs = [*self.stored.items()]
    ...         return [Blob(k, len(v), t) for k, (v, t) in blobs if k.startswith(prefix)]
    ...
    ...     def remove(self, name):
    ...         self.stored.pop(name, None)
    """

    elsewhere: ClassVar[bool] = True

    grace: float = 86_400.0

    at_once: ClassVar[int] = 1
    """How many blobs are read or removed at the same time, where there are many."""

    def __init__(self, engine: Engine, *, compress: bool = False, location: str = "") -> None:
        super().__init__(engine, compress=compress)
        self.location = location
        self._blobs = CheckedBlobs(self)

    @abstractmethod
    def put(self, name: str, pieces: Pieces) -> bool:
        """Store a blob, wholly or not at all, and return False if there was one of this name.

        That one is left as it is.

        Parameters
        ----------
        name
            Parts of letters, digits, ``-`` and ``_``, with ``/`` between them; at most 200
            characters.
        pieces
            The bytes, in pieces of any size. What iterating over them raises leaves no blob.
        """

    @abstractmethod
    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Pass a blob to a function in pieces; return False if there is none of this name.

        Parameters
        ----------
        name
            The whole name.
        write
            Called with each piece; pieces of less than 1 MB keep memory small.
        """

    @abstractmethod
    def blobs(self, prefix: str) -> Iterable[Blob]:
        """Return the blobs whose names begin with a prefix, in any order.

        Parameters
        ----------
        prefix
            Whole parts of a name: it ends with ``/``.
        """

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a blob; do nothing if there is none of this name.

        Parameters
        ----------
        name
            The whole name.
        """

    @contextmanager
    def storing(
        self, contents: Sequence[Content], references: Sequence[Reference]
    ) -> Iterator[None]:
        """Upload contents, have the row stored, add the references; see `AssetStore.storing`."""
        self.check_writable()
        announced: list[str] = []
        try:
            for content in contents:
                self._keep(content, announced)
            yield
        except BaseException:
            self._withdraw(announced)
            raise
        # While one is announced, a content is safe: a row may name it though this fails.
        self._blobs.each(self._put_reference, references)
        self._withdraw(announced)

    def _withdraw(self, announced: Sequence[str]) -> None:
        with suppress(StorageError):  # they end by themselves
            self._blobs.each(self._blobs.remove, announced)

    def _keep(self, content: Content, announced: list[str]) -> None:
        """Make sure that a content is there, and stays until there is a reference to it."""
        latest = self._latest(content.id)
        # A content that is neither young nor referred to may be collected at any moment.
        if latest is not None and time.time() - latest.time >= self.grace / 2:
            name = f"announced/{content.id}/{secrets.token_hex(8)}"
            self._blobs.put(name, [b""])
            announced.append(name)
            condemned = {*map(condemned_version, self._blobs.listed(f"condemned/{content.id}/"))}
            latest = self._latest(content.id)
            if latest is not None and latest.last_part in condemned:
                latest = None
        record = self._record(content.id, latest)
        if latest is None or record is None:
            self._upload(content)
            return
        header, stored = content.header, record.header
        if replace(stored, seal=header.seal, size=header.size) != header:
            raise AssetNotStoredError(header.codec, f"another asset has the id {content.id}")
        if self._size(latest) != record.stored_size:
            self._upload(content)
        elif stored != header:
            self._put_record(content.id, upload_of(latest.name), replace(record, header=header))

    def _upload(self, content: Content) -> None:
        upload = secrets.token_hex(8)
        pieces = compressed(content.pieces) if self.compress else content.pieces
        size = self._blobs.put(f"contents/{content.id}/{upload}", pieces)
        compression = "zlib" if self.compress else ""
        now = datetime.now().isoformat(sep=" ", timespec="microseconds")  # noqa: DTZ005 - as rows
        self._put_record(content.id, upload, AssetRecord(content.header, compression, size, now))

    def _put_record(self, asset: str, upload: str, record: AssetRecord) -> None:
        self._blobs.put(f"{folder_of(asset)}{version_of(upload)}", [record.to_bytes()])

    def _put_reference(self, reference: Reference) -> None:
        self._blobs.put(reference_name(reference), [reference_bytes(reference)])

    def _latest(self, asset: str) -> Blob | None:
        """Return the last version of the record of an asset."""
        return max(self._blobs.listed(folder_of(asset)), key=lambda blob: blob.name, default=None)

    def _record(self, asset: str, version: Blob | None) -> AssetRecord | None:
        """Return a record; None if it is not there, or damaged."""
        text = None if version is None else self._blobs.read(version.name)
        try:
            return None if text is None else AssetRecord.parse(asset, text)
        except DamagedAssetError:
            return None

    def _size(self, version: Blob) -> int | None:
        """Return the real length of a content; None if it is not there."""
        name = content_of(version.name)
        folder = name.rpartition("/")[0] + "/"
        return next((blob.size for blob in self._blobs.listed(folder) if blob.name == name), None)

    def find(self, start: str, limit: int) -> list[str]:
        """Find the ids that begin with some digits; see `AssetStore.find`."""
        folder = f"assets/{start[:2]}/" if len(start) > 1 else "assets/"
        ids = {asset_of(blob.name) for blob in self._blobs.listed(folder)}
        return sorted(asset for asset in ids if asset.startswith(start))[:limit]

    def info(self, asset_id: str) -> AssetInfo | None:
        """Describe an asset; see `AssetStore.info`."""
        latest = self._latest(asset_id)
        if latest is None:
            return None
        number = len(self._blobs.listed(f"references/{asset_id}/"))
        record = self._record(asset_id, latest)
        if record is None:
            return damaged_info(asset_id, number)
        # So few bytes are not taken for many.
        large = type(record.header.size) is int and record.header.size > _LARGE
        return record.info(asset_id, number, (self._size(latest) or 0) if large else None)

    def infos(self) -> list[AssetInfo]:
        """Describe all assets; see `AssetStore.infos`."""
        versions: dict[str, Blob] = {}
        for blob in sorted(self._blobs.listed("assets/"), key=lambda blob: blob.name):
            versions[asset_of(blob.name)] = blob
        numbers = Counter(blob.name.split("/")[1] for blob in self._blobs.listed("references/"))

        def info(item: tuple[str, Blob]) -> AssetInfo:
            asset, version = item
            record = self._record(asset, version)
            number = numbers[asset]
            return record.info(asset, number) if record else damaged_info(asset, number)

        return sorted(self._blobs.each(info, versions.items()), key=lambda each: each.time)

    def content(self, asset_id: str, write: Callable[[bytes], object]) -> None:
        """Read the content of an asset; see `AssetStore.content`."""
        latest = self._latest(asset_id)
        record = self._record(asset_id, latest)
        if latest is None or record is None:
            raise DamagedAssetError(asset_id, "it is not there")
        if record.compression not in {"", "zlib"}:
            reason = f"its compression is said to be {record.compression!r:.100}"
            raise DamagedAssetError(asset_id, reason)
        decompressor = Decompressor(write) if record.compression else None
        try:
            if not self._blobs.get(content_of(latest.name), decompressor or write):
                raise DamagedAssetError(asset_id, "its content is not there")
            if decompressor:
                decompressor.flush()
        except zlib.error as error:
            raise DamagedAssetError(asset_id, f"it cannot be decompressed ({error})") from error

    def references(self, asset_id: str) -> list[Reference]:
        """Return the references to an asset; see `AssetStore.references`."""

        def read(blob: Blob) -> Reference | None:
            text = self._blobs.read(blob.name)
            return None if text is None else parse_reference(asset_id, text)

        return [
            *filter(None, self._blobs.each(read, self._blobs.listed(f"references/{asset_id}/")))
        ]

    def dereference(
        self,
        *,
        asset: str | None = None,
        table: str | None = None,
        key: str | None = None,
        track_id: str | None = None,
    ) -> int:
        """Remove references by their names, without reading them; see `AssetStore.dereference`."""
        self.check_writable()
        wanted = [
            None if value is None else field_digest(value) for value in (table, key, track_id)
        ]
        folder = "references/" if asset is None else f"references/{asset}/"
        matching = [
            blob.name
            for blob in self._blobs.listed(folder)
            if all(
                value in {None, digest}
                for value, digest in zip(wanted, blob.last_part.split("-"), strict=False)
            )
        ]
        self._blobs.each(self._blobs.remove, matching)
        return len(matching)

    def delete(self, asset_id: str) -> None:
        """Remove the content of an asset; see `AssetStore.delete`."""
        self.check_writable()
        for folder in (folder_of(asset_id), f"contents/{asset_id}/"):  # in this order
            self._blobs.each(self._blobs.remove, [blob.name for blob in self._blobs.listed(folder)])

    def collect(self, living: Callable[[], AbstractSet[str]]) -> list[str]:
        """Remove contents that were without references for `grace`; see `AssetStore.collect`.

        A content that somebody is about to refer to stays, whatever its age.
        """
        from xetrack.assets.blobs.collection import BlobCollection  # noqa: PLC0415 - seldom needed

        self.check_writable()
        return BlobCollection(self._blobs, self.grace).run(living)

    def check_writable(self) -> None:
        """Raise an error if the database is open for reading only.

        Raises
        ------
        ReadOnlyError
            It is.
        """
        if self.engine.settings.read_only:
            raise ReadOnlyError(self.engine.location, "Changing the assets of")
