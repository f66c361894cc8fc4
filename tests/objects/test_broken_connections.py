"""Connections that break in the midst of a request: before the server has it, or its answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import pytest

from tests.objects.servers import free_port
from xetrack_objects.clients import PART
from xetrack_objects.direct import DirectClient

LARGE = b"x" * (2 * PART + 1)


def reset(client):
    """Break a connection as the kernel does when its process is killed."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.shutdown(socket.SHUT_RD)
    client.close()


class Proxy:
    """Stands before a server, and breaks the connections that bring the next requests.

    Parameters
    ----------
    port
        The port of the server.
    """

    def __init__(self, port):
        self._server = port
        self.port = free_port()
        self.breaks = []
        """Of each connection to be broken, whether the server gets the request."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Take no more connections."""
        self._listening.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._relay, args=[client], daemon=True).start()

    def _relay(self, client):
        with client, socket.create_connection(("127.0.0.1", self._server)) as server:
            back = threading.Thread(target=self._answer, args=[server, client], daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while data := client.recv(2**20):
                    if self.breaks and not self.breaks[0]:
                        self.breaks.pop(0)
                        reset(client)
                        return
                    server.sendall(data)

    def _answer(self, server, client):
        with contextlib.suppress(OSError):
            while data := server.recv(2**20):
                if self.breaks:
                    self.breaks.pop(0)
                    reset(client)
                    return
                client.sendall(data)


@pytest.fixture
def proxy(server, bucket, monkeypatch):
    """A proxy before the server, which clients use from now on."""
    made = Proxy(server.port)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{made.port}")
    yield made
    made.close()


def read(client, name):
    """Return the bytes of an object; None if there is none."""
    parts = []
    return b"".join(parts) if client.get(name, parts.append) else None


CALLS = {
    "put": lambda client: client.put("a", [b"new"]),
    "put large": lambda client: client.put("large", [LARGE]),
    "put again": lambda client: client.put("kept/b", [b"other"]),
    "get": lambda client: read(client, "kept/b"),
    "blobs": lambda client: [blob.name for blob in client.blobs("kept/")],
    "remove": lambda client: client.remove("kept/b"),
}


@pytest.mark.parametrize("reaches", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_a_request_is_made_again(bucket, proxy, call, reaches):
    """As often as it needs; nothing is lost, and nobody is told of it."""
    DirectClient(bucket, 20.0).put("kept/b", [b"old"])
    client = DirectClient(bucket, 20.0)
    proxy.breaks = [reaches] * 3
    answer = CALLS[call](client)
    assert [] == proxy.breaks
    expected = {"put again": False, "get": b"old", "blobs": ["kept/b"], "remove": None}
    if call != "put" or not reaches:  # then it finds its own
        assert expected.get(call, True) == answer
    if call == "put":
        assert b"new" == read(client, "a")
    if call == "put large":
        assert LARGE == read(client, "large")
    assert (None if call == "remove" else b"old") == read(client, "kept/b")
