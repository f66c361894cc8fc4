"""The Reader: what was tracked, as frames, rows and SQL."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Self

from xetrack.assets.manager import AssetManager
from xetrack.assets.view import Assets
from xetrack.configuration.call import CallParts
from xetrack.copying.backup import back_up
from xetrack.editing.table_editor import TableEditor, writable_engine
from xetrack.errors import InvalidArgumentError, XetrackError, report
from xetrack.facades.column_methods import ColumnMethods
from xetrack.facades.editing_methods import EditingMethods
from xetrack.facades.file_methods import FileMethods
from xetrack.facades.reading_methods import ReadingMethods
from xetrack.facades.run_record_methods import RunRecordMethods
from xetrack.interfaces.engine import Settings
from xetrack.model.names import DEFAULT_TABLE, HIDDEN_TABLES, REPRODUCE
from xetrack.model.validation import checked_seconds
from xetrack.opening import location_of, open_engine
from xetrack.views.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from xetrack.configuration.forms import EngineForm, Options, StoreForm
    from xetrack.interfaces.engine import Engine


class Reader(ReadingMethods, RunRecordMethods, EditingMethods, FileMethods, ColumnMethods):
    """Reads what was tracked, also while others go on writing.

    Reading creates nothing: no file, no table, no folder. `set_value`, `set_where`,
    `delete_run` and `edit_run` change what is stored, on a connection of their own. A reader is a
    context manager, which closes it.

    **Thread safety.** Any number of threads may use one reader.

    **Forks.** A forked process may go on with a reader; each side opens connections of its own.

    Parameters
    ----------
    db
        Path of a database, or a URL.
    engine
        Name of a storage engine; by default the one that the file belongs to.
    table
        The table to read; None for the default one, or, where that does not exist, the only one.
    timeout
        Seconds to wait while another process has the database for itself.
    asset_store
        The store for what is no plain value, in any form that `Tracker` takes; by default the one
        that the database remembers, else that of the project, or that goes with the engine.
    trust
        Whether to load pickles that this user did not store, and to follow the URL of a store that
        another user wrote into the database; by default ``XETRACK_TRUST`` decides.
    options
        Options of parts by their names; see `Tracker`.

    Raises
    ------
    DatabaseNotFoundError
        There is no such database.
    DatabaseBusyError
        Another process had it until the deadline; the methods raise it too.

    Examples
    --------
    >>> from xetrack import Reader, Tracker
    >>> row = Tracker("runs.db", track_id="first").log({"epoch": 1, "loss": 0.5})
    >>> reader = Reader("runs.db")
    >>> reader.to_df()[["track_id", "epoch", "loss"]]
      track_id  epoch  loss
    0    first      1   0.5
    """

    def __init__(
        self,
        db: str | os.PathLike[str],
        engine: EngineForm | None = None,
        table: str | None = DEFAULT_TABLE,
        *,
        timeout: float = 60.0,
        asset_store: StoreForm | None = None,
        trust: bool | None = None,
        options: Mapping[str, Options] | None = None,
    ) -> None:
        if REPRODUCE in os.environ:  # the program reads what its tracker wrote elsewhere
            from xetrack.runs.conditions.reproduction import read_reproduction  # noqa: PLC0415

            db = read_reproduction().database(db)
        # What a copy in another process is made with; see __reduce__.
        self._options: dict[str, Any] = {
            "engine": engine,
            "table": table,
            "timeout": timeout,
            "asset_store": asset_store,
            "trust": trust,
        }
        self._parts = CallParts(options)
        engine, store = self._parts.engine(engine), self._parts.store(asset_store)
        self._parts.check_names()
        configuration = self._parts.configuration
        self.db = location_of(db)
        if checked_seconds("timeout", timeout) is None:
            raise InvalidArgumentError("timeout", timeout, "a number of seconds")
        settings = Settings(read_only=True, timeout=timeout)
        self._engine: Engine = open_engine(db, engine, settings, configuration)
        table = self._usual_table() if table is None else table
        self._options["table"] = table  # other tables may come before a copy is made
        self._table_view = TableView(self._engine, table)
        open_writable = functools.partial(writable_engine, self.db, engine, timeout, configuration)
        self._asset_manager = AssetManager(
            self._engine,
            table,
            store=store,
            is_default=asset_store is None,
            trust=trust,
            writable_engine=open_writable,
        )
        self._assets = Assets(self._asset_manager, trust=trust)
        self._table_editor = TableEditor(
            self._table_view, self._asset_manager, self._assets, open_writable
        )

    @classmethod
    def read_db(
        cls,
        db: str | os.PathLike[str],
        engine: str | None = None,
        table: str | None = DEFAULT_TABLE,
        track_id: str | None = None,
        head: int | None = None,
        tail: int | None = None,
    ) -> pd.DataFrame:
        """Open a database, and return its rows as a frame.

        Parameters
        ----------
        db, engine, table
            What to read; see `Reader`.
        track_id
            Only this run; all by default.
        head, tail
            At most so many rows from the front, and of these from the end.

        Returns
        -------
        pandas.DataFrame
            Or what `xetrack.set_backend` chose.

        Raises
        ------
        DatabaseNotFoundError, DatabaseBusyError, TableNotFoundError
            The database or the table does not exist, or another process has it for itself.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log_batch([{"loss": 0.5}, {"loss": 0.25}])
        >>> Reader.read_db("runs.db", tail=1)["loss"].tolist()
        [0.25]
        """
        with cls(db, engine, table) as reader:
            return reader.to_df(track_id, head, tail)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what makes a reader of the same table elsewhere."""
        options = {**self._options, **self._parts.pickled()}
        return functools.partial(type(self), self.db, **options), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, cls: type[BaseException] | None, *_: object) -> None:
        try:
            self.close()
        except XetrackError as error:
            if cls is None:
                raise
            report(str(error))  # what the body raised is worth more

    def close(self) -> None:
        """Close the connections of this reader; a later read opens them again.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"loss": 0.5})
        >>> reader = Reader("runs.db")
        >>> reader.close()
        >>> len(reader)
        1
        """
        self._engine.close()

    @property
    def engine(self) -> Engine:
        """The storage engine, for what it can do beyond this class.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"loss": 0.5})
        >>> Reader("runs.db").engine.count("default")
        1
        """
        return self._engine

    @property
    def table(self) -> str:
        """Name of the table.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db", table="metrics").log({"loss": 0.5})
        >>> Reader("runs.db", table="metrics").table
        'metrics'
        """
        return self._table_view.table

    def __repr__(self) -> str:
        reader = f"<Reader of {self.table!r} in {self._engine.location!r}"
        try:
            number = len(self)
        except XetrackError as error:  # such as of a file that is gone
            return f"{reader}: {error}>"
        return f"{reader}: {'1 row' if number == 1 else f'{number:,} rows'}>"

    def _repr_html_(self) -> str:
        from xetrack.frames.preview import ENDS, html_table  # noqa: PLC0415 - in notebooks

        rows = self.select(tail=2 * ENDS)
        return html_table(rows.names, rows.rows(), f"{repr(self)[1:-1]}, of which these are last")

    def __len__(self) -> int:
        return self._table_view.count()

    def __bool__(self) -> bool:
        return True

    @property
    def tables(self) -> list[str]:
        """Names of the tables in this database.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> for name in ("default", "metrics"):
        ...     row = Tracker("runs.db", table=name).log({"loss": 0.5})
        >>> Reader("runs.db").tables
        ['default', 'metrics']
        """
        return [name for name in self._engine.tables() if name not in HIDDEN_TABLES]

    def _usual_table(self) -> str:
        """Return the table that is meant where none was named."""
        if self._engine.columns(DEFAULT_TABLE) or len(tables := self.tables) != 1:
            return DEFAULT_TABLE
        return tables[0]

    @property
    def assets(self) -> Assets | None:
        """What was logged and is no plain value; None where no asset store is installed.

        Examples
        --------
        >>> from array import array
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"weights": array("f", [0.5, 0.25])})
        >>> Reader("runs.db").assets[row["weights"]]
        array('f', [0.5, 0.25])
        """
        return self._assets if self._asset_manager.has_store() else None

    def backup(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[Path, ...]:
        """Copy the whole database as it is at one moment, all tables and assets, into a new one.

        Others may go on writing. The copy is there as a whole or not at all.

        Parameters
        ----------
        path
            Where the copy is to be.
        overwrite
            Replace a database that is there.

        Returns
        -------
        tuple of Path
            The files of the copy: the database, and with DuckDB also its row log, which has the
            assets. Keep them side by side.

        Raises
        ------
        FileInTheWayError
            Something is there already.
        UnsupportedOperationError
            The engine offers no backups; `xetrack.copy` brings its rows elsewhere.
        StorageError
            The copy cannot be written; what was there before is still there.

        Examples
        --------
        >>> from xetrack import Reader, Tracker
        >>> row = Tracker("runs.db").log({"loss": 0.5})
        >>> (copy,) = Reader("runs.db").backup("backup.db")
        >>> copy.name, len(Reader(copy))
        ('backup.db', 1)
        """
        return back_up(self._engine, path, overwrite=overwrite)
