"""The row log: a SQLite file beside the DuckDB file, into which every row goes first.

A commit costs DuckDB a hundred times what it costs SQLite, and DuckDB lets but one process have
the file. So rows are durable in the log, in whatever process they are logged, and `flush` brings
them to DuckDB in bulk. The log also knows all tables, columns and kinds first.

The two files know each other: a random identity of the log stands in both.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from xetrack.errors import NotADatabaseError
from xetrack.interfaces.component import PartKind
from xetrack.interfaces.engine import Field, Settings
from xetrack.model.names import EVENTS_VIEW, INTERNAL, quoted
from xetrack.plugins.registry import registry
from xetrack_duckdb.errors import StrandedRowsError
from xetrack_duckdb.row_log import flush, packed_batches
from xetrack_duckdb.row_log.flush import FlushMark
from xetrack_duckdb.tables import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from xetrack.interfaces.engine import Column

ENDING = ".rows"
"""What the name of the log has beyond that of the database."""


def open_sqlite_engine(location: str, settings: Settings) -> Any:
    """Open a database with the engine named ``sqlite``.

    Parameters
    ----------
    location
        The path of the file.
    settings
        See `xetrack.interfaces.engine.Settings`.
    """
    return registry().load(PartKind.ENGINE, "sqlite")(location, settings)


_QUOTED = re.compile(r'"[^"]*"')

_PLAIN = re.compile(
    r"CREATE TABLE (?!.*\b(?:as|check|collate|conflict|default|generated|references)\b)[\w\s(),]*",
    re.IGNORECASE | re.DOTALL,
)
"""The definition of a table, without what is quoted, that computes nothing."""


def refuse_code(connection: Any, location: str, path: str) -> None:
    """Refuse a log with anything but tables of plain columns, SQLite's own indexes, and our view.

    Triggers would run when rows are logged or flushed, and so would expressions in a table or an
    index. A table of ours with capitals in its name would be used, but never found.

    Parameters
    ----------
    connection
        A connection of `sqlite3` to the log.
    location
        The database as the user named it.
    path
        The path of the log.

    Raises
    ------
    NotADatabaseError
        It has one.
    """
    query = """SELECT typeof(type) = 'text' AND typeof(name) = 'text',
        type = 'index' AND sql IS NULL,
        CAST(type AS BLOB), CAST(name AS BLOB), CAST(coalesce(sql, '') AS BLOB) FROM sqlite_schema
    """
    for is_text, is_automatic, *cells in connection.execute(query):
        kind, name, sql = (cell.decode(errors="replace") for cell in cells)
        if not is_text or not (is_automatic or _is_plain(kind, name, sql)):
            reason = f"the {kind} {name!r} in the row log {path!r} may run code of whoever made it"
            hint = f"If you trust it, remove the {kind} in a SQLite shell, and open it again."
            raise NotADatabaseError(location, reason, hint)


def _is_plain(kind: str, name: str, sql: str) -> bool:
    """Return True if a table or a view computes nothing, and is found by its name."""
    if kind == "view":
        return name == EVENTS_VIEW and sql.startswith("CREATE VIEW ")
    is_found = "\0" not in name and (name.islower() or not name.lower().startswith(INTERNAL))
    return kind == "table" and is_found and bool(_PLAIN.fullmatch(_QUOTED.sub("", sql)))


def check_stranded(location: str, path: str) -> None:
    """Refuse a database with a log beside a link to it, where nobody looks for rows.

    The log is not even opened, as it may belong to what was there before the link.

    Parameters
    ----------
    location
        The path of the database as the user wrote it.
    path
        The same path with links resolved.

    Raises
    ------
    StrandedRowsError
        There is one.
    """
    beside, right = Path(os.path.abspath(location) + ENDING), Path(path + ENDING)  # noqa: PTH100 - as typed
    if beside == right or beside.is_symlink() or not beside.exists():
        return
    if not right.exists():
        raise StrandedRowsError(location, str(beside), _move_command(beside, right))
    if not beside.samefile(right):
        new_database = Path(f"{beside.with_suffix('')}.apart.duckdb")
        code = f"from xetrack import Tracker; Tracker({str(new_database)!r}).close()"
        move = _move_command(beside, Path(f"{new_database}{ENDING}"))
        hint = (
            f"{move} && python -c {quote(code)} && "
            f"xt copy --all {quote(str(new_database))} {quote(location)}"
        )
        raise StrandedRowsError(location, str(beside), hint)


def _move_command(old: Path, new: Path) -> str:
    """Return the commands that move a log."""
    files = [(old, new)]
    wal = Path(f"{old}-wal")
    if wal.exists():
        files.append((wal, Path(f"{new}-wal")))
    return "While nobody uses it, type: " + " && ".join(
        f"mv {quote(str(source))} {quote(str(target))}" for source, target in files
    )


class RowLog:
    """The row log of one database."""

    def __init__(self, path: str, location: str, settings: Settings) -> None:
        self.location = location
        self.path = path + ENDING  # beside the file itself, whatever link leads to it
        self._settings = Settings(timeout=settings.timeout, durability=settings.durability)
        self.engine: Any = open_sqlite_engine(self.path, self._settings)
        self._flush_engine: Any = None
        self._identity: str | None = None

    @property
    def identity(self) -> str | None:
        """The identity that stands in the log and in its database; None while there is no log."""
        if self._identity is None and Path(self.path).exists():
            connection = self.engine.connection
            refuse_code(connection, self.location, self.path)
            query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'xetrack_duckdb'"
            if connection.execute(query).fetchone() is not None:
                row = connection.execute("SELECT identity FROM xetrack_duckdb").fetchone()
                self._identity = None if row is None else row[0]
        return self._identity

    @property
    def flush_engine(self) -> Any:
        """The engine by which rows are brought to DuckDB, with a lock and connections of its own.

        Whoever stores assets and sets a value holds the lock of the other engine, and then waits
        for whoever flushes rows, who so must not wait for that lock.
        """
        if self._flush_engine is None:
            self._flush_engine = open_sqlite_engine(self.path, self._settings)
        return self._flush_engine

    def create(self, connection: DuckDBPyConnection) -> None:
        """Create the log of a database that has none, or the database of a log.

        Until the identity is there nobody logs, so this may be cut short and repeated.

        Parameters
        ----------
        connection
            A connection on which the database is attached.
        """
        with suppress(FileExistsError):
            Path(self.path).touch(exist_ok=False)  # an empty file is an empty SQLite database
        identity = self.identity or secrets.token_hex(16)
        schema.read_meta(connection, self.location)
        with flush.transaction(connection):
            schema.prepare(connection)
            if self.identity is None:
                connection.execute("DELETE FROM db.main.xetrack_marks")
                for name in schema.table_names(connection):
                    self.adopt_table(connection, name, ())
            schema.set_meta(connection, "log", identity)
        if self._identity is None:
            log_connection = self.engine.connection
            log_connection.execute("CREATE TABLE IF NOT EXISTS xetrack_duckdb (identity VARCHAR)")
            log_connection.execute("INSERT INTO xetrack_duckdb VALUES (?)", (identity,))
            self._identity = identity

    def adopt_table(
        self, connection: DuckDBPyConnection, name: str, known: Sequence[Column]
    ) -> None:
        """Add to the log what it does not know of a table in DuckDB.

        Parameters
        ----------
        connection
            On it the file is ``db``.
        name
            The name of the table.
        known
            The columns that the log has; none where it has no such table.
        """
        table = schema.load(connection, name)
        if table is None:
            return
        if not known:
            self.flush_engine.add_columns(name, ())
            known = self.flush_engine.columns(name)
        names = {column.name for column in known}
        for column in table.columns:
            if column.name in names:
                continue
            if column.key is not None:
                self.flush_engine.add_columns(name, [Field(column.key, column.kinds)])
                continue
            with suppress(Exception):  # a name that SQLite does not take is not in the log
                self.flush_engine.connection.execute(
                    f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column.name)}"
                )
        if name not in flush.read_marks(connection):
            made = self.flush_engine.table_states((name,))[name].made
            flush.set_mark(connection, name, FlushMark(made))

    def check_database(self, known: str | None) -> None:
        """Refuse a log that belongs to another database.

        Parameters
        ----------
        known
            The identity of the log that stands in the file, if there is one.

        Raises
        ------
        NotADatabaseError
            It has another one than the log.
        """
        if known is not None and known != self.identity:
            reason = f"the row log {self.path!r} beside it belongs to another database"
            hint = "Put the right one in its place, or remove it: rows in it are not in this file."
            raise NotADatabaseError(self.location, reason, hint)

    def flush(self, connection: DuckDBPyConnection, known: str | None) -> None:
        """Bring all rows to DuckDB.

        Parameters
        ----------
        connection
            On it the file is ``db``.
        known
            The identity of the log that stands in the file, if there is one.

        Raises
        ------
        NotADatabaseError
            The log belongs to another database.
        """
        if known is None and self.identity is not None:
            with flush.transaction(connection):
                schema.prepare(connection)
                schema.set_meta(connection, "log", self.identity)
        else:
            self.check_database(known)
        table_names = schema.all_tables(connection)
        tables = flush.flush_log(connection, self.flush_engine, table_names)
        foreign = [name for name in schema.row_tables(table_names) if name not in tables]
        # What has a mark was in the log, and was dropped from it meanwhile: the next flush drops
        # it here. Taken for another program's it would be in the log again.
        dropped = flush.read_marks(connection).keys() if foreign else set[str]()
        for name in foreign:
            if name not in dropped:
                with flush.transaction(connection):
                    self.adopt_table(connection, name, ())

    def is_empty(self) -> bool:
        """Return True if no row waits to be brought to DuckDB."""
        if packed_batches.list_pending(self.engine):
            return False
        states = self.engine.table_states().values()
        return all(state.last <= state.discarded for state in states)

    def forget(self) -> None:
        """Forget the identity, because another file is in the place of the log."""
        self.close_flush_engine()
        self._identity = None

    def close_flush_engine(self) -> None:
        """Close the connections for flushes, which would report a log that was replaced."""
        if self._flush_engine is not None:
            self._flush_engine.close_connections()

    def close(self) -> None:
        """Give back the connections."""
        self._identity = None
        try:
            if self._flush_engine is not None:
                self._flush_engine.close()
        finally:
            self.engine.close()
