"""A server of S3 for all tests of one worker, and a bucket of its own for each test."""

from __future__ import annotations

import itertools
import os

import pytest

from tests.objects.servers import MotoServer

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server():
    """A server that speaks as S3 does."""
    found = MotoServer()
    yield found
    found.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """The URL of an empty bucket, with the credentials for it in the environment."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    name = f"b{os.getpid()}-{next(_numbers)}"
    server.make_bucket(name)
    return f"s3://{name}"
