"""The asset store ``objects``: blobs in a bucket, a container or a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from xetrack.assets.blobs.store import Blob, BlobStore
from xetrack_objects.clients import check_url
from xetrack_objects.forked import client_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from xetrack.interfaces.codecs import Pieces
    from xetrack.interfaces.engine import Engine
    from xetrack_objects.direct import DirectClient
    from xetrack_objects.forked import WorkerClient


class ObjectAssetStore(BlobStore):
    """Objects below a URL; see `BlobStore`.

    **Memory.** A content of any size takes a few parts of 8 MB.

    **Retries.** A request that fails, because the server is away or busy, is tried again for
    `deadline` seconds.

    **Forks.** A forked process makes its calls by a worker process.
    """

    at_once: ClassVar[int] = 16

    deadline: ClassVar[float] = 20.0
    """Seconds for which a request is tried."""

    def __init__(self, engine: Engine, *, compress: bool = False, location: str = "") -> None:
        check_url(location)
        super().__init__(engine, compress=compress, location=location)
        self._clients: dict[int, DirectClient | WorkerClient] = {}

    @property
    def _client(self) -> DirectClient | WorkerClient:
        """The client of this process, and not of the one that it was forked from."""
        process = os.getpid()
        client = self._clients.get(process)
        if client is None:
            client = client_for(self.location, self.deadline)
            client = self._clients.setdefault(process, client)
        return client

    def put(self, name: str, pieces: Pieces) -> bool:
        """Store an object; see `BlobStore.put`."""
        return self._client.put(name, pieces)

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read an object; see `BlobStore.get`."""
        return self._client.get(name, write)

    def blobs(self, prefix: str) -> Iterable[Blob]:
        """List objects; see `BlobStore.blobs`."""
        return self._client.blobs(prefix)

    def remove(self, name: str) -> None:
        """Remove an object; see `BlobStore.remove`."""
        self._client.remove(name)
