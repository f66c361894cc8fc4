"""Sinks with a spool, for tests in this process and in others."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from xetrack.dispatch.spool.spool_file import SpoolFile
from xetrack.interfaces.sinks import Sink
from xetrack_testing.rows import exact


class Away(Sink):
    """Appends rows to a file, as a server would store them; away while there is a file `down`."""

    spool = True
    shutdown_timeout = 20.0

    def emit(self, row, level):
        folder = Path(self.options["folder"])
        if (folder / "down").exists():
            raise ConnectionError("the server is away")
        time.sleep(float(os.environ.get("AWAY_PAUSE", "0")))
        line = json.dumps([level, row["x"], exact(row.get("value"))], default=ascii) + "\n"
        file = os.open(folder / "received", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, line.encode())
        os.close(file)


def received(folder):
    """The numbers of the rows that arrived, in their order."""
    path = Path(folder) / "received"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line)[1] for line in lines]


def appended(folder, count):
    """A file with rows, which its owner has left."""
    file = SpoolFile.create(folder, "a")
    for x in range(count):
        file.append({"x": x}, "TRACKING", 10**6)
    file.close()
    return file.path
