"""A machine whose figures a test decides."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest


class Machine:
    """What psutil says of the machine; `busy` and `idle` are seconds of processor time."""

    def __init__(self):
        self.busy, self.idle, self.memory, self.sent, self.received = 30.0, 70.0, 40.0, 0, 0

    def cpu_times(self):
        """The times since the machine began, those of its guests in `user`."""
        fields = {"user": self.busy, "idle": self.idle - 1, "iowait": 1.0, "guest": self.busy / 2}
        return SimpleNamespace(_asdict=lambda: fields)


@pytest.fixture
def machine(monkeypatch):
    """In the place of the real one, but for the memory of this process."""
    made = Machine()
    monkeypatch.setattr(psutil, "cpu_times", made.cpu_times)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(percent=made.memory))
    monkeypatch.setattr(psutil, "disk_usage", lambda path: SimpleNamespace(percent=55.0))
    monkeypatch.setattr(
        psutil,
        "net_io_counters",
        lambda **_: SimpleNamespace(bytes_sent=made.sent, bytes_recv=made.received),
    )
    monkeypatch.setattr(
        psutil, "Process", lambda: SimpleNamespace(memory_percent=lambda: made.memory / 10)
    )
    return made
