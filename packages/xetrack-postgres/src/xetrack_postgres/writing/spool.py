"""The spool: rows that wait on this machine until the server is back.

Each line of a file is what one insert was to store, in the JSON of `xetrack.model.kinds`, with the
number of its first row; so it can be stored again and is there once. A file is locked by the engine
that writes it; an engine that starts takes in the files that dead ones left. A line that was cut,
by a kill or by a full disk, was never acknowledged: it is left out, and the next begins anew.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from io import FileIO
from typing import TYPE_CHECKING, Any

from xetrack.errors import (
    DatabaseBusyError,
    OutcomeUnknownError,
    StorageError,
    XetrackError,
    warn,
)
from xetrack.interfaces.engine import Field
from xetrack.model.kinds import FROM_TEXT, TO_TEXT, Kind
from xetrack.process.file_access import (
    CAN_MOVE_OPEN,
    lock_descriptor,
    open_flags,
    read_at,
    remove_closed,
)
from xetrack_postgres.driver_errors import ServerAwayError, may_be_stored
from xetrack_postgres.writing.inserter import PostgresInserter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xetrack.model.kinds import Value
    from xetrack_postgres.writing.protocols import RowWriter

EVERY = 5.0
"""Seconds between two looks whether the server is back."""


class Spool:
    """The rows of one engine that wait for the server.

    **Thread safety.** The engine's lock is held in every method.

    **Durability.** With ``durability="full"`` each line is synced before the call returns.
    """

    def __init__(self, engine: RowWriter, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        # An object, not a number: forgotten, also by an interrupt, it is closed.
        self._file: FileIO | None = None
        self._next = 0.0

    @property
    def _prefix(self) -> str:
        """What the names of files for this database begin with; several may share a folder."""
        address = self._engine.address
        named = [address.conninfo.get(name, "") for name in ("host", "port", "dbname")]
        return hashlib.sha256("\0".join([*named, address.schema]).encode()).hexdigest()[:12]

    def store(
        self,
        inserter: PostgresInserter,
        table: str,
        fields: Sequence[Field],
        rows: Sequence[Sequence[Value]],
        first: int,
        error: Exception | None,
    ) -> None:
        """Store rows in the database, or here while the server is away; see `RowSpool.store`.

        Parameters
        ----------
        inserter
            What stores them.
        table
            The name of the table.
        fields
            What is stored in each column.
        rows
            The cells of each row, in the order of the fields.
        first
            The number of the first; those of the others follow.
        error
            Of an attempt before this.

        Raises
        ------
        StorageError
            The folder takes no file, or the disk is full.
        OutcomeUnknownError
            The same, of rows that may be in the database.
        """
        unsure = None
        if not self._engine.is_away or self.flush():
            try:
                inserter.write_with_retries(rows, first, error)
            except (ServerAwayError, OutcomeUnknownError) as failure:
                # Sent again, they are there once.
                unsure = failure if isinstance(failure, OutcomeUnknownError) else None
                self._engine.is_away = True
                self._next = time.monotonic() + EVERY
            else:
                return
        elif may_be_stored(error):
            unsure = OutcomeUnknownError(self._engine.address.shown)
        record = {
            "table": table,
            "first": first,
            "keys": [field.key for field in fields],
            "kinds": [sorted(map(str, field.kinds)) for field in fields],
            "rows": [list(row) for row in rows],
        }
        try:
            self._append(record)
        except StorageError as failure:
            if unsure is None:
                raise
            raise unsure from failure

    def _append(self, record: dict[str, Any]) -> None:
        line = f"{TO_TEXT[Kind.JSON](record)}\n".encode()
        try:
            file = self._opened()
            size = os.fstat(file.fileno()).st_size
            is_cut = size > 0 and read_at(file.fileno(), 1, size - 1) != b"\n"
            # By one call, as a nested call may come between two.
            text = b"\n" + line if is_cut else line
            whole = file.write(text) == len(text)
            if whole and self._engine.settings.durability == "full":
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(str(self._folder), "Spooling to", str(error)) from error
        if not whole:
            raise StorageError(str(self._folder), "Spooling to", os.strerror(errno.ENOSPC))

    def _opened(self) -> FileIO:
        file = self._file
        if file is None or file.closed:  # an interrupt may have cut `abandon`
            self._folder.mkdir(parents=True, exist_ok=True)
            # By time, so that rows come into the database in their order.
            name = f"{self._prefix}-{time.time_ns():020}-{secrets.token_hex(8)}.jsonl"
            path = self._folder / name
            file = _SpoolFile(path, "a+", opener=_private)
            lock_descriptor(file.fileno(), wait=True)
            self._file = file
        return file

    def flush(self, *, now: bool = False) -> bool:
        """Move all rows into the database, if the server is back.

        Parameters
        ----------
        now
            Ask the server at once, also when it was away a moment ago.

        Returns
        -------
        bool
            Whether all rows are there.
        """
        begun = time.monotonic()
        if begun < self._next and not now:
            return False
        self._next = begun + EVERY
        self._engine.is_away = True  # so that a server which dies meanwhile is not waited for
        try:
            self._engine.ping()
            for path in sorted(self._folder.glob(f"{self._prefix}-*.jsonl")):
                self._flush_file(path)
        except ServerAwayError:
            return False
        except DatabaseBusyError:
            # A lost session may hold what is to be stored: who logs must not wait for it each time.
            ended = time.monotonic()
            self._next = ended + max(EVERY, 10 * (ended - begun))
            return False
        self._engine.is_away = False
        return True

    def _flush_file(self, path: Path) -> None:
        """Move the rows of a file, our own or one that a dead engine left."""
        file = self._file
        if file is not None and file.name == path:
            self._file = None  # what nested calls log from here on goes into another
        else:
            try:
                file = _SpoolFile(path, "r+")
            except FileNotFoundError:
                return  # another engine was faster
            if not lock_descriptor(file.fileno()):
                return  # its engine lives
        with file, path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    self._flush_line(line, path)
            if CAN_MOVE_OPEN:
                path.unlink(missing_ok=True)
        remove_closed(path)

    def _flush_line(self, line: bytes, path: Path) -> None:
        try:
            record: Any = FROM_TEXT[Kind.JSON](line.decode())
        except ValueError:
            return  # it was cut
        fields = [
            Field(key, frozenset(map(Kind, kinds)))
            for key, kinds in zip(record["keys"], record["kinds"], strict=True)
        ]
        try:
            inserter = PostgresInserter(self._engine, record["table"], fields)
            inserter.write_with_retries(record["rows"], record["first"], again=True)
        except (ServerAwayError, DatabaseBusyError):
            raise
        except XetrackError as error:
            # It must not keep the others from being stored.
            refused = path.with_suffix(".refused")
            with open(refused, "ab") as file:  # noqa: PTH123 - to append
                file.write(line)
            warn(f"Rows that waited could not be stored, and are kept in {str(refused)!r}: {error}")

    def close(self) -> None:
        """Try to move all rows, and let others have the file."""
        if self._file is not None:
            self.flush(now=True)
        self.abandon()

    def abandon(self) -> None:
        """Let others have the file as it is."""
        if self._file is not None:
            self._file.close()
            self._file = None


class _SpoolFile(FileIO):
    """A file that need not warn when it is forgotten: its lock ends with it, and its rows stay."""

    def __del__(self) -> None:
        self.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | open_flags("O_CLOEXEC"), 0o600)
