"""A process that makes the calls of a forked one; see `xetrack_objects.forked`."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import astuple
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from xetrack.errors import AssetStoreError, describe_error
from xetrack_objects.direct import DirectClient
from xetrack_objects.forked import DATA, END

if TYPE_CHECKING:
    from collections.abc import Iterator


def serve(connection: Connection, client: DirectClient) -> None:
    """Answer calls until the other side is gone.

    Parameters
    ----------
    connection
        The socket of the caller.
    client
        Makes the calls.
    """
    with suppress(EOFError, OSError):
        while True:
            call, name = json.loads(connection.recv_bytes())
            answer: list[Any] = [None, "", ""]
            try:
                answer[0] = _call(connection, client, call, name)
            except AssetStoreError as error:
                answer[1:] = error.doing, error.reason
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller raises it
                answer[1:] = "Calling", describe_error(error)
            connection.send_bytes(END + json.dumps(answer).encode())


def _call(connection: Connection, client: DirectClient, call: str, name: str) -> Any:
    if call == "put":
        pieces = _received(connection)
        try:
            return client.put(name, pieces)
        finally:
            for _ in pieces:  # what was sent is read, or the next call would begin in its midst
                pass
    if call == "get":
        return client.get(name, lambda piece: connection.send_bytes(DATA + piece))
    if call == "blobs":
        return [astuple(blob) for blob in client.blobs(name)]
    return client.remove(name)


def _received(connection: Connection) -> Iterator[bytes]:
    while (message := connection.recv_bytes())[:1] == DATA:
        yield message[1:]


if __name__ == "__main__":
    _, handle, url, deadline = sys.argv
    serve(Connection(int(handle)), DirectClient(url, float(deadline)))
