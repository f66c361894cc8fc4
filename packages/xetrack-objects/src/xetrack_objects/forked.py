"""The calls of a store of blobs in a forked process, made by a worker process.

The client library runs on threads. A forked process has none of them, and a call would wait for
them for ever. So a process that was forked from one with the library starts an interpreter of its
own for its calls (`xetrack_objects.worker`), and talks to it through a pair of sockets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from contextlib import contextmanager
from multiprocessing.connection import Connection
from socket import socketpair
from typing import TYPE_CHECKING, Any

from xetrack.assets.blobs.store import Blob
from xetrack.errors import AssetStoreError
from xetrack.model.locations import shown_location
from xetrack_objects.direct import DirectClient, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DATA, END = b"d", b"e"
"""The first byte of a message: a part of a content, or its end."""


class _Fork:
    """Whether this process was forked from one that had loaded the library."""

    happened = False

    @classmethod
    def note(cls) -> None:
        cls.happened = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_Fork.note)


def client_for(url: str, deadline: float) -> DirectClient | WorkerClient:
    """Return what makes the calls of this process.

    Parameters
    ----------
    url
        What the client is for.
    deadline
        Seconds for which a request is tried.
    """
    return (WorkerClient if _Fork.happened else DirectClient)(url, deadline)


class WorkerClient:
    """Calls that a worker process makes; it begins with the first, and ends with this object.

    Parameters
    ----------
    url, deadline
        See `DirectClient`.
    """

    def __init__(self, url: str, deadline: float) -> None:
        self._url = url
        self._deadline = deadline
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._is_answered = False
        self._end_worker: Callable[[], object] = int

    def _start(self) -> Connection:
        ours, theirs = socketpair()
        with theirs:
            command = [sys.executable, "-m", "xetrack_objects.worker", str(theirs.fileno())]
            process = subprocess.Popen(  # noqa: S603 - this interpreter, and a checked URL
                [*command, self._url, str(self._deadline)],
                pass_fds=[theirs.fileno()],
                close_fds=True,
            )
        connection = Connection(ours.detach())
        self._end_worker = weakref.finalize(self, _end, connection, process)
        return connection

    @contextmanager
    def _call(self, call: str, name: str) -> Iterator[Connection]:
        """Send a call, whose answer is read in the block."""
        with self._lock:
            if self._connection is None:
                self._connection = self._start()
            self._is_answered = False
            try:
                self._connection.send_bytes(json.dumps([call, name]).encode())
                yield self._connection
            finally:
                if not self._is_answered:  # the next call would read the rest of this answer
                    self._connection = None
                    self._end_worker()

    def put(self, name: str, pieces: Iterable[Any]) -> bool:
        """Store an object; see `DirectClient.put`."""
        with self._call("put", name) as connection:
            for part in parts_of(pieces):
                connection.send_bytes(DATA + part)
            connection.send_bytes(END)
            return bool(self._answer(connection))

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read an object; see `DirectClient.get`."""
        failed: list[BaseException] = []

        def write_all(piece: bytes) -> None:
            try:
                if not failed:  # what comes behind is read all the same
                    write(piece)
            except BaseException as error:  # noqa: BLE001 - raised when the answer is read
                failed.append(error)

        with self._call("get", name) as connection:
            is_there = bool(self._answer(connection, write_all))
        for error in failed:
            raise error
        return is_there

    def blobs(self, prefix: str) -> list[Blob]:
        """List objects; see `DirectClient.blobs`."""
        with self._call("blobs", prefix) as connection:
            return [Blob(*each) for each in self._answer(connection)]

    def remove(self, name: str) -> None:
        """Remove an object; see `DirectClient.remove`."""
        with self._call("remove", name) as connection:
            self._answer(connection)

    def _answer(self, connection: Connection, write: Callable[[bytes], object] = len) -> Any:
        """Return the result of a call, after the content that comes before it."""
        while (message := connection.recv_bytes())[:1] == DATA:
            write(message[1:])
        self._is_answered = True
        result, doing, reason = json.loads(message[1:])
        if doing:
            raise AssetStoreError(shown_location(self._url), doing, reason)
        return result


def _end(connection: Connection, process: subprocess.Popen[bytes]) -> None:
    """End a worker: at once where it has nothing to do, and soon where it has."""
    connection.close()
    try:
        process.wait(1.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
