"""A server of S3: moto, in memory, which may go away and come back with what it has."""

from __future__ import annotations

import logging
import os
import socket
import urllib.request
from contextlib import contextmanager
from itertools import count

import pytest
from moto.server import ThreadedMotoServer

numbers = count()


class Server:
    """Answers for any credentials, in a thread of the tests."""

    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.moto = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self.moto.start()

    @contextmanager
    def away(self):
        self.moto.stop()
        try:
            yield
        finally:
            self.start()

    def make_bucket(self, name):
        request = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="session")
def server():
    started = Server()
    yield started
    started.moto.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """The URL of an empty bucket, with what a client of the server needs in the environment."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    name = f"bucket-{os.getpid()}-{next(numbers)}"
    server.make_bucket(name)
    return f"fsspec+s3://{name}/models"
