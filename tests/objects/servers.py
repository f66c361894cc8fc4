"""Servers of S3 that tests start, stop and start again, each a process of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import HTTPError, URLError

MOTO = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", int(sys.argv[1]), verbose=False)
server.start()
sys.stdin.read()
"""


def free_port():
    """A port that nobody listens on."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as found:
        return found.getsockname()[1]


class MotoServer:
    """S3 as moto has it: in memory, for any credentials."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    @property
    def environment(self):
        """What a client of it has in its environment."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-test",
            "AWS_REGION": "us-east-1",
        }

    def start(self):
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", MOTO, str(self.port)], stdin=subprocess.PIPE
        )
        self.wait()

    def wait(self):
        """Wait until it answers."""
        end = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > end:
                raise TimeoutError(self.url)
            time.sleep(0.02)

    def answers(self):
        """Whether somebody speaks HTTP there."""
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
        except HTTPError as error:
            error.close()
        except (URLError, OSError):
            return False
        return True

    def stop(self):
        """End it; what it has in memory is gone."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def make_bucket(self, name):
        """Make a bucket; moto checks no signature."""
        request = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()


class SeaweedServer:
    """SeaweedFS in a folder, which keeps what it has when it is killed and started again."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.ports = {name: free_port() for name in ("s3", "master", "volume", "filer")}
        self.url = f"http://127.0.0.1:{self.ports['s3']}"
        self.process = None
        self.start()

    environment = MotoServer.environment
    answers = MotoServer.answers
    make_bucket = MotoServer.make_bucket
    wait = MotoServer.wait

    def start(self):
        """Start it, and wait until it answers."""
        ports = [f"-{name}.port={port}" for name, port in self.ports.items()]
        grpc = [f"-{name}.port.grpc={free_port()}" for name in self.ports]
        options = ["-s3", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        options += ["-ip=127.0.0.1", "-volume.max=30", "-master.volumeSizeLimitMB=256"]
        options += ["-master.electionTimeout=1s"]  # of itself; it would wait for others 10 to 20 s
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "server", f"-dir={self.folder}", *options, *ports, *grpc],
                stdout=log,
                stderr=log,
            )
        self.wait()

    def stop(self):
        """Kill it."""
        self.process.kill()
        self.process.wait()
