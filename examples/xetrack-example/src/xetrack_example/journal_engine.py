"""The journal engine: every change is a line of one text file; all tables are in memory.

It is for small studies that should be readable in any editor and keep their whole history. Opening
costs time and memory in proportion to all that ever happened.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.memory.tables import Tables
from xetrack_example.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack.interfaces.engine import Settings
    from xetrack.interfaces.engines.memory.tables import Change


class JournalEngine(MemoryEngine):
    """Tables in a file that is only appended to."""

    can_reread = True

    def __init__(self, location: str, settings: Settings) -> None:
        self.journal = Journal(location, settings)
        super().__init__(location, settings)

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True if a file begins as journals do."""
        return Journal.is_journal(location)

    def exists(self) -> bool:
        """Return True if there is a file to read."""
        return self.journal.exists()

    def refresh(self) -> None:
        """Apply the lines that were added since the last call."""
        self._apply(self.journal.read())

    def _apply(self, lines: Iterable[Sequence[Change]]) -> None:
        try:
            for changes in lines:
                for change in changes:
                    self.known.apply(change)
        except BaseException:  # Ctrl-C, too: the next call begins at the first line
            self.known = Tables()
            self.rewind()
            raise

    def rewind(self) -> None:
        """Let the next `refresh` begin at the first line."""
        self.journal.rewind()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the file against other processes."""
        with self.journal.locked() as lines:
            self._apply(lines)
            yield

    def record(self, changes: Sequence[Change]) -> None:
        """Append the changes as one line."""
        self.journal.append(changes)

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self.lock:
            self.journal.close()
