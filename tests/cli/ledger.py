"""A stranger's engine: tables in memory, kept as lines of a file that only a URL names.

It has neither SQL nor SQLite, no file that anybody recognises, and no asset store. It is the least
that lets one process read what another wrote.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path

from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind
from xetrack.plugins import Component, hookimpl


class LedgerEngine(MemoryEngine):
    """``ledger://FOLDER/NAME``: the changes of a database, in a file of that path."""

    def __init__(self, location, settings):
        self._path = Path(location.removeprefix("ledger://").partition("?")[0])
        self._lines = 0
        super().__init__(location, settings)

    def exists(self):
        """Return True if the file is there."""
        return self._path.exists()

    def refresh(self):
        """Apply the lines that came since."""
        lines = self._path.read_text().splitlines() if self.exists() else []
        for line in lines[self._lines :]:
            for change in FROM_TEXT[Kind.JSON](line):
                self.known.apply(change)
        self._lines = len(lines)

    @contextmanager
    def exclusive(self):
        """Lock the file."""
        with self._path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.refresh()
            yield

    def record(self, changes):
        """Append a line."""
        with self._path.open("a") as file:
            file.write(TO_TEXT[Kind.JSON]([*changes]) + "\n")
        self._lines += 1


def installed(folder):
    """Make this module a plugin of a distribution, whose metadata lies in a folder."""
    about = folder / "ledger_engine-2.0.dist-info"
    about.mkdir(parents=True)
    about.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\nName: ledger-engine\nVersion: 2.0\n"
    )
    about.joinpath("entry_points.txt").write_text("[xetrack.plugins]\nledger = tests.cli.ledger\n")
    return folder


@hookimpl
def xetrack_engines():
    """Offer the engine."""
    return [
        Component(
            name="ledger",
            target="tests.cli.ledger:LedgerEngine",
            summary="Lines of a file behind a URL.",
            schemes=("ledger",),
        )
    ]
