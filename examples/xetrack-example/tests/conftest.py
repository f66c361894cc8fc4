"""What all processes of these tests import, the server that they are forked from imports once."""

from __future__ import annotations

from multiprocessing import set_forkserver_preload


def pytest_configure() -> None:
    """Name it, before the first process starts."""
    set_forkserver_preload(["pandas", "xetrack_testing.engines", "xetrack_example"])
