"""A machine whose figures a test decides."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest


class Machine:
    """What psutil says of the machine; `busy` and `idle` are seconds of processor time.

    They grow by `pace` each time that somebody asks.
    """

    def __init__(self):
        self.busy, self.idle, self.memory, self.sent, self.received = 100.0, 0.0, 40.0, 0, 0
        self.pace = (3.0, 7.0)

    def cpu_times(self):
        """The times since the machine began, those of its guests in `user`."""
        busy, idle = self.pace
        self.busy += busy
        self.idle += idle
        fields = {
            "user": self.busy,
            "idle": self.idle / 2,
            "iowait": self.idle / 2,
            "guest": self.busy / 2,
        }
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
