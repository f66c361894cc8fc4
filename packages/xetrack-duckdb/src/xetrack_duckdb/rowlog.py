"""The row log: a SQLite file beside the DuckDB file, into which every row goes first.

A commit costs DuckDB a hundred times what it costs SQLite, and DuckDB lets but one process have
the file. So rows are durable in the log, in whatever process they are logged, and `folding` brings
them to DuckDB in bulk. The log also knows all tables, columns and kinds first.

The two files know each other: an identity that was drawn when the log was made stands in both.
"""

from __future__ import annotations

import secrets
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xetrack.errors import NotADatabaseError, TableNotFoundError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Field, Settings
from xetrack.names import EVENTS_VIEW, quoted
from xetrack.plugins.registry import registry
from xetrack_duckdb import batches, folding, schema
from xetrack_duckdb.folding import Mark

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


class RowLog:
    """The row log of one database."""

    def __init__(self, location: str, settings: Settings) -> None:
        self.location = location
        self.path = location + ENDING
        keeping = Settings(timeout=settings.timeout, durability=settings.durability)
        self.engine: Any = sqlite_engine(self.path, keeping)
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

    def begin(self, connection: DuckDBPyConnection) -> None:
        """Make the log of a database that has none, or make the database of a log anew.

        Until the identity is there nobody logs, so this may be cut short and repeated.
        """
        with suppress(FileExistsError):
            Path(self.path).touch(exist_ok=False)  # an empty file is an empty SQLite database
        drawn = self.identity or secrets.token_hex(16)
        schema.meta(connection, self.location)
        with folding.transaction(connection):
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
            self.engine.add_columns(name, ())
            known = self.engine.columns(name)
        names = {column.name for column in known}
        for column in found.columns:
            if column.name in names:
                continue
            if column.key is not None:
                self.engine.add_columns(name, [Field(column.key, column.kinds)])
                continue
            with suppress(Exception):  # a name that SQLite does not take is not in the log
                self.engine.connection.execute(
                    f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column.name)}"
                )
        if name not in folding.marks(connection):
            made, _ = self.engine.numbering(name)
            folding.set_mark(connection, name, Mark(made))

    def fold(self, connection: DuckDBPyConnection, known: str | None) -> None:
        """Bring all rows to DuckDB, of whose log `known` is the identity.

        Raises
        ------
        NotADatabaseError
            The log belongs to another database.
        """
        if known is None and self.identity is not None:
            with folding.transaction(connection):
                schema.prepare(connection)
                schema.set_meta(connection, "log", self.identity)
        elif known != self.identity:
            reason = f"the row log {self.path!r} beside it belongs to another database"
            raise NotADatabaseError(self.location, reason)
        folding.fold(connection, self.engine)
        tables = set(self.engine.tables())
        for name in schema.table_names(connection):
            if name not in tables:
                with folding.transaction(connection):
                    self.adopt(connection, name, ())

    def is_empty(self) -> bool:
        """Tell whether no row waits to be brought to DuckDB."""
        if batches.waiting(self.engine):
            return False
        for table in self.engine.tables():
            with suppress(TableNotFoundError):
                found = self.engine.numbered(table)
                with closing(folding.closable(found)):
                    if next(iter(found.batches), None) is not None:
                        return False
        return True

    def close(self) -> None:
        """Give back the connections."""
        self._identity = None
        self.engine.close()
