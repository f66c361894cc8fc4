"""The engine: tables in memory, and every change of them an entry of an LMDB environment."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lmdb

from xetrack.errors import NotADatabaseError
from xetrack.interfaces.engines.memory.engine import MemoryEngine
from xetrack.interfaces.engines.storage import wait_for_lock
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind
from xetrack.process.forks import gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xetrack.interfaces.engine import Settings
    from xetrack.interfaces.engines.memory.tables import Change

MAP_SIZE = 2**34

# xetrack says every plain value in strict JSON, and reads it again as it was.
dumps = TO_TEXT[Kind.JSON]
loads: Callable[[str], Any] = FROM_TEXT[Kind.JSON]


class LmdbEngine(MemoryEngine):
    """Tables whose changes are entries in their order; `MemoryEngine` does all but to store them.

    The environment is open only while it is used: LMDB allows a process one of a folder, and none
    that it inherited by a fork.
    """

    can_reread = True

    def __init__(self, location: str, settings: Settings) -> None:
        self._folder, self._count = Path(location), 0  # how many entries were replayed
        super().__init__(location, settings)

    @classmethod
    def owns(cls, location: str) -> bool:
        """Return True if a folder has the data file of LMDB."""
        try:
            return Path(location, "data.mdb").is_file()
        except (OSError, ValueError):
            return False

    def exists(self) -> bool:
        """Return True if there is something to read, or in its place."""
        return self.owns(self.location) or self._folder.is_file()

    @property
    def _key(self) -> bytes:
        return b"xetrack" + self._count.to_bytes(8)

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Any]:
        with (
            gate(),  # no fork happens meanwhile, and no other thread opens it
            lmdb.open(
                str(self._folder),
                map_size=self.settings.options.get("map_size", MAP_SIZE),
                readonly=not write,
                sync=self.settings.durability == "full",
            ) as environment,
            environment.begin(write=write) as transaction,
        ):
            yield transaction

    def refresh(self) -> None:
        """Replay the entries that others added."""
        if not self.exists():
            return
        if self._folder.is_file():
            raise NotADatabaseError(self.location, "it is a file, and no folder")
        with self._transaction(write=False) as transaction, transaction.cursor() as cursor:
            if cursor.set_range(self._key):
                for text in cursor.iternext(keys=False):
                    for change in loads(text.decode()):
                        self.known.apply(change)
                    self._count += 1
            if transaction.stat()["entries"] != self._count:
                raise NotADatabaseError(self.location, "another program has stored entries there")

    def rewind(self) -> None:
        """Let the next `refresh` begin at the first entry."""
        self._count = 0

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Lock the folder: LMDB's own lock has no time limit, and ends with each entry."""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            lock = partial(fcntl.flock, folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            wait_for_lock(lock, self.location, self.settings.timeout)
            self.refresh()
            yield
        finally:
            os.close(folder)

    def record(self, changes: Sequence[Change]) -> None:
        """Add an entry."""
        with self._transaction(write=True) as transaction:
            transaction.put(self._key, dumps([*changes]).encode())
        self._count += 1
