"""The calls of a store of blobs in a forked process, made by a worker process.

The client library runs on threads. A forked process has none of them, and a call would wait for
them for ever. So a process that was forked from one with the library starts an interpreter of its
own for its calls (`xetrack_objects.worker`), and talks to it through a pair of sockets.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from socket import socketpair
from typing import TYPE_CHECKING, Any

from xetrack.assets.blobs.store import Blob
from xetrack.errors import AssetStoreError
from xetrack.model.locations import shown_location
from xetrack_objects.direct import DirectClient, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DATA, END, ABORTED = b"d", b"e", b"a"
"""The first byte of a message: a part of a content, the end of one, or its end by an error."""


class _Fork:
    """Whether this process was forked from one that had loaded the library."""

    happened = False

    @classmethod
    def note(cls) -> None:
        cls.happened = True


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
    """Calls that a worker process makes; it ends when this process does.

    Parameters
    ----------
    url, deadline
        See `DirectClient`.
    """

    def __init__(self, url: str, deadline: float) -> None:
        self._url = url
        self._lock = threading.Lock()
        ours, theirs = socketpair()
        with theirs:
            command = [sys.executable, "-m", "xetrack_objects.worker", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a checked URL
                [*command, url, str(deadline)], pass_fds=[theirs.fileno()], close_fds=True
            )
        self._connection = Connection(ours.detach())
        atexit.register(self.close)

    def close(self) -> None:
        """End the worker."""
        self._connection.close()
        self._process.wait()

    def put(self, name: str, pieces: Iterable[Any]) -> bool:
        """Store an object; see `DirectClient.put`."""
        with self._lock:
            self._send("put", name)
            try:
                for part in parts_of(pieces):
                    self._connection.send_bytes(DATA + part)
            except BaseException:
                self._connection.send_bytes(ABORTED)
                self._connection.recv_bytes()
                raise
            self._connection.send_bytes(END)
            return bool(self._answer())

    def get(self, name: str, write: Callable[[bytes], object]) -> bool:
        """Read an object; see `DirectClient.get`."""
        failed: list[BaseException] = []

        def write_all(piece: bytes) -> None:
            try:
                if not failed:  # what comes behind is read all the same
                    write(piece)
            except BaseException as error:  # noqa: BLE001 - raised when the answer is read
                failed.append(error)

        with self._lock:
            self._send("get", name)
            is_there = bool(self._answer(write_all))
        for error in failed:
            raise error
        return is_there

    def blobs(self, prefix: str) -> list[Blob]:
        """List objects; see `DirectClient.blobs`."""
        with self._lock:
            self._send("blobs", prefix)
            return [Blob(*each) for each in self._answer()]

    def remove(self, name: str) -> None:
        """Remove an object; see `DirectClient.remove`."""
        with self._lock:
            self._send("remove", name)
            self._answer()

    def _send(self, call: str, name: str) -> None:
        self._connection.send_bytes(json.dumps([call, name]).encode())

    def _answer(self, write: Callable[[bytes], object] = len) -> Any:
        """Return the result of a call, after the content that comes before it."""
        while (message := self._connection.recv_bytes())[:1] == DATA:
            write(message[1:])
        result, doing, reason = json.loads(message[1:])
        if doing:
            raise AssetStoreError(shown_location(self._url), doing, reason)
        return result
