"""The row log: a SQLite file beside the DuckDB file, into which every row goes first.

A commit costs DuckDB a hundred times what it costs SQLite, and DuckDB lets but one process have
the file. So rows are durable in the log, in whatever process they are logged, and `folding` brings
them to DuckDB in bulk. The log also knows all tables, columns and kinds first.

The two files know each other: an identity that was drawn when the log was made stands in both.
"""

from __future__ import annotations

import os
import secrets
from contextlib import closing, suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from xetrack.errors import NotADatabaseError, StrandedRowsError, TableNotFoundError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Field, Settings
from xetrack.model.names import EVENTS_VIEW, quoted
from xetrack.plugins.registry import registry
from xetrack_duckdb.row_log import flush, packed_batches
from xetrack_duckdb.row_log.flush import Mark
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column

ENDING = ".rows"
"""What the name of the log has beyond that of the database."""


def sqlite_engine(location: str, settings: Settings) -> Any:
    """Open a database with the engine named ``sqlite``."""
    return registry().load(PartKind.ENGINE, "sqlite")(location, settings)


def refuse_code(connection: Any, location: str, path: str) -> None:
    """Refuse a log with triggers, or with views but ours: they would run when rows are brought."""
    query = (
        "SELECT type, name FROM sqlite_schema "
        "WHERE type = 'trigger' OR (type = 'view' AND name != ?)"
    )
    found = connection.execute(query, (EVENTS_VIEW,)).fetchone()
    if found is not None:
        kind, name = found
        reason = f"the {kind} {name!r} in the row log {path!r} would run code of whoever made it"
        hint = f"If you trust it, remove the {kind} in a SQLite shell, and open it again."
        raise NotADatabaseError(location, reason, hint)


def check_stranded(location: str, path: str) -> None:
    """Look for a log beside a link to a database, where nobody looks for rows.

    It is not even opened, as it may belong to what was there before the link.

    Raises
    ------
    StrandedRowsError
        There is one.
    """
    beside, right = Path(os.path.abspath(location) + ENDING), Path(path + ENDING)  # noqa: PTH100 - as typed
    if beside == right or beside.is_symlink() or not beside.exists():
        return
    if not right.exists():
        raise StrandedRowsError(location, str(beside), _moving(beside, right))
    if not beside.samefile(right):
        apart = Path(f"{beside.with_suffix('')}.apart.duckdb")
        code = f"from xetrack import Tracker; Tracker({str(apart)!r}).close()"
        hint = (
            f"{_moving(beside, Path(f'{apart}{ENDING}'))} && python -c {quote(code)} && "
            f"xt copy --all {quote(str(apart))} {quote(location)}"
        )
        raise StrandedRowsError(location, str(beside), hint)


def _moving(old: Path, new: Path) -> str:
    """Say how to move a log."""
    files = [(old, new)]
    wal = Path(f"{old}-wal")
    if wal.exists():
        files.append((wal, Path(f"{new}-wal")))
    return "While nobody uses it, type: " + " && ".join(
        f"mv {quote(str(one))} {quote(str(other))}" for one, other in files
    )


class RowLog:
    """The row log of one database."""

    def __init__(self, path: str, location: str, settings: Settings) -> None:
        self.location = location
        self.path = path + ENDING  # beside the file itself, whatever link leads to it
        self._keeping = Settings(timeout=settings.timeout, durability=settings.durability)
        self.engine: Any = sqlite_engine(self.path, self._keeping)
        self._apart: Any = None
        self._identity: str | None = None

    @property
    def identity(self) -> str | None:
        """What the log and its database know each other by; None while there is no log."""
        if self._identity is None and Path(self.path).exists():
            connection = self.engine.connection
            refuse_code(connection, self.location, self.path)
            query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'xetrack_duckdb'"
            if connection.execute(query).fetchone() is not None:
                row = connection.execute("SELECT identity FROM xetrack_duckdb").fetchone()
                self._identity = None if row is None else row[0]
        return self._identity

    @property
    def apart(self) -> Any:
        """The engine by which rows are brought to DuckDB, with a lock and connections of its own.

        Whoever stores assets and sets a value holds the lock of the other one, and then waits for
        whoever brings rows, who so must not wait for that lock.
        """
        if self._apart is None:
            self._apart = sqlite_engine(self.path, self._keeping)
        return self._apart

    def begin(self, connection: DuckDBPyConnection) -> None:
        """Make the log of a database that has none, or make the database of a log anew.

        Until the identity is there nobody logs, so this may be cut short and repeated.
        """
        with suppress(FileExistsError):
            Path(self.path).touch(exist_ok=False)  # an empty file is an empty SQLite database
        drawn = self.identity or secrets.token_hex(16)
        schema.meta(connection, self.location)
        with flush.transaction(connection):
            schema.prepare(connection)
            if self.identity is None:
                connection.execute("DELETE FROM db.main.xetrack_marks")
                for name in schema.table_names(connection):
                    self.adopt(connection, name, ())
            schema.set_meta(connection, "log", drawn)
        if self._identity is None:
            mine = self.engine.connection
            mine.execute("CREATE TABLE IF NOT EXISTS xetrack_duckdb (identity VARCHAR)")
            mine.execute("INSERT INTO xetrack_duckdb VALUES (?)", (drawn,))
            self._identity = drawn

    def adopt(self, connection: DuckDBPyConnection, name: str, known: Sequence[Column]) -> None:
        """Take into the log what it does not know of a table in DuckDB."""
        found = schema.load(connection, name)
        if found is None:
            return
        if not known:
            self.apart.add_columns(name, ())
            known = self.apart.columns(name)
        names = {column.name for column in known}
        for column in found.columns:
            if column.name in names:
                continue
            if column.key is not None:
                self.apart.add_columns(name, [Field(column.key, column.kinds)])
                continue
            with suppress(Exception):  # a name that SQLite does not take is not in the log
                self.apart.connection.execute(
                    f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column.name)}"
                )
        if name not in flush.marks(connection):
            made, _ = self.apart.numbering(name)
            flush.set_mark(connection, name, Mark(made))

    def fold(self, connection: DuckDBPyConnection, known: str | None) -> None:
        """Bring all rows to DuckDB, of whose log `known` is the identity.

        Raises
        ------
        NotADatabaseError
            The log belongs to another database.
        """
        if known is None and self.identity is not None:
            with flush.transaction(connection):
                schema.prepare(connection)
                schema.set_meta(connection, "log", self.identity)
        elif known != self.identity:
            reason = f"the row log {self.path!r} beside it belongs to another database"
            raise NotADatabaseError(self.location, reason)
        there = schema.all_tables(connection)
        flush.fold(connection, self.apart, there)
        tables = set(self.apart.tables())
        foreign = [name for name in schema.of_rows(there) if name not in tables]
        # What has a mark was in the log, and was dropped from it meanwhile: the next flush drops
        # it here. Taken for another program's it would be in the log again.
        dropped = flush.marks(connection).keys() if foreign else set[str]()
        for name in foreign:
            if name not in dropped:
                with flush.transaction(connection):
                    self.adopt(connection, name, ())

    def is_empty(self) -> bool:
        """Tell whether no row waits to be brought to DuckDB."""
        if packed_batches.waiting(self.engine):
            return False
        for table in self.engine.tables():
            with suppress(TableNotFoundError):
                found = self.engine.numbered(table)
                with closing(flush.closable(found)):
                    if next(iter(found.batches), None) is not None:
                        return False
        return True

    def forget(self) -> None:
        """Forget the identity, because another file is in the place of the log."""
        self.close_apart()
        self._identity = None

    def close_apart(self) -> None:
        """Close what brings rows to DuckDB, which would find the log replaced and tell of it."""
        if self._apart is not None:
            self._apart.close_connections()

    def close(self) -> None:
        """Give back the connections."""
        self._identity = None
        try:
            if self._apart is not None:
                self._apart.close()
        finally:
            self.engine.close()
