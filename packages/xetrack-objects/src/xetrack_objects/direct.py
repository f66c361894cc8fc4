"""The four calls of a store of blobs, made by a client of this process."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, GenericError

from xetrack.assets.blobs.store import Blob
from xetrack.errors import AssetStoreError
from xetrack.model.locations import shown_location
from xetrack_objects.clients import PART, is_missing, open_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from obstore.store import ObjectStore

_UPLOADS = 3
"""Parts of one content that are under way at the same time."""

_BROKEN = "HTTP error:"
"""What the library says of a request without an answer, some of which it does not repeat."""


class DirectClient:
    """Calls of what lies below a URL.

    Parameters
    ----------
    url
        The URL.
    deadline
        Seconds for which a request is tried.
    """

    def __init__(self, url: str, deadline: float) -> None:
        self._url = url
        self._deadline = deadline
        self._opened: ObjectStore | None = None

    @property
    def _client(self) -> ObjectStore:
        if self._opened is None:
            self._opened = open_client(self._url, self._deadline)
        return self._opened

    def put(self, name: str, pieces: Iterable[Any]) -> bool:
        """Store an object: a small one by one request, a large one in parts.

        Parameters
        ----------
        name
            The name of the object, below the URL.
        pieces
            The bytes, in pieces of any size.

        Returns
        -------
        bool
            False if there was an object of this name, which is left as it is; it may be of this
            call, where the answer to its first request was lost.
        """
        parts = parts_of(pieces)
        first = next(parts, b"")
        second = next(parts, None)
        with self._errors("Writing to"):
            if second is None:
                create = partial(obstore.put, mode="create", use_multipart=False)
                with suppress(AlreadyExistsError):
                    self._repeat(lambda: create(self._client, name, first))
                    return True
                return False
            with suppress(FileNotFoundError):
                obstore.head(self._client, name)
                return False
            # An object in parts cannot ask to be the first of its name; names are never used twice.
            obstore.put(
                self._client,
                name,
                chain((first, second), parts),
                use_multipart=True,
                chunk_size=PART,
                max_concurrency=_UPLOADS,
            )
            return True

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read an object; a large one by ranges, each of which may be tried again.

        Parameters
        ----------
        name
            The name of the object, below the URL.
        write
            Called with each piece of at most `PART` bytes, in order.

        Returns
        -------
        bool
            False if there is no object of this name.
        """
        with self._errors("Reading"):
            if is_missing(self._url):
                return False
            try:
                answer = obstore.get(self._client, name)
            except FileNotFoundError:
                return False
            size = answer.meta["size"]
            if size <= PART:
                write(bytes(answer.bytes()))
                return True
            del answer
            for start in range(0, size, PART):
                end = min(size, start + PART)
                write(bytes(obstore.get_range(self._client, name, start=start, end=end)))
            return True

    def blobs(self, prefix: str) -> Iterator[Blob]:
        """List objects, a thousand by each request.

        Parameters
        ----------
        prefix
            The folder to list, which may end with ``/``.

        Returns
        -------
        iterator of Blob
            Names, lengths in bytes, and when each was written, in seconds since 1970.
        """
        with self._errors("Listing"):
            if is_missing(self._url):
                return
            for page in obstore.list(self._client, prefix.rstrip("/")):
                for each in page:
                    yield Blob(each["path"], each["size"], each["last_modified"].timestamp())

    def remove(self, name: str) -> None:
        """Remove an object.

        Parameters
        ----------
        name
            The name of the object; nothing is done where there is none.
        """
        with self._errors("Removing from"), suppress(FileNotFoundError):
            if not is_missing(self._url):
                self._repeat(lambda: obstore.delete(self._client, name))

    def _repeat(self, request: Callable[[], object]) -> None:
        """Make a request, and make it again where a connection broke, until the deadline."""
        end = time.monotonic() + self._deadline
        while True:
            try:
                request()
            except GenericError as error:
                if _BROKEN not in str(error) or time.monotonic() >= end:
                    raise
            else:
                return
            time.sleep(0.1)

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            reason = str(error).partition("\n")[0]  # the rest is the answer of the server, in XML
            raise AssetStoreError(shown_location(self._url), doing, reason) from error


def parts_of(pieces: Iterable[Any]) -> Iterator[bytes]:
    """Yield a content in parts of one size, the last of which may be shorter.

    Parameters
    ----------
    pieces
        The content, in pieces of any size.
    """
    part = bytearray()
    for piece in pieces:
        view = memoryview(piece).cast("B")
        while view:
            room = PART - len(part)
            part += view[:room]
            view = view[room:]
            if len(part) == PART:
                yield bytes(part)
                part.clear()
    if part:
        yield bytes(part)
