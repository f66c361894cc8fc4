"""The properties of a `Tracker` and of a `Reader` that describe their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xetrack.interfaces.runs.series import SeriesSettings
    from xetrack.views.table_view import TableView


class ColumnMethods:
    """Describes the columns of one table, and gives SQL access to it."""

    _table_view: TableView

    @property
    def columns(self) -> list[str]:
        """Names of the table's columns, in the order they were added.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.columns
        ['timestamp', 'track_id', 'loss']
        """
        return self._table_view.columns

    @property
    def dtypes(self) -> dict[str, str]:
        """Kinds of value in each column: ``float``, or ``int|text`` for a mixture.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5, "best": True})
        >>> tracker.dtypes
        {'timestamp': 'text', 'track_id': 'text', 'loss': 'float', 'best': 'bool'}
        """
        return self._table_view.dtypes

    @property
    def table_name(self) -> str:
        """Name of the table, as SQL on `conn` has it: ``db.default`` in DuckDB.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> Tracker(Tracker.IN_MEMORY, table="metrics").table_name
        'metrics'
        """
        return self._table_view.sql_name

    @property
    def conn(self) -> Any:
        """A connection of the database's own driver, apart from the one that stores rows.

        The rows of SQLite's are tuples whose cells are found by name, too.

        Raises
        ------
        UnsupportedOperationError
            The engine does not run SQL.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> row = tracker.conn.execute("SELECT max(loss) AS most FROM events").fetchone()
        >>> row, row["most"]
        ((0.5,), 0.5)
        """
        return self._table_view.sql_engine.connection

    def series_settings(self) -> dict[str, SeriesSettings]:
        """Return goal, unit and axis of the metrics of this table for which any were defined.

        Returns
        -------
        dict
            Settings by key.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> tracker.define("accuracy", goal="max", x="epoch")
        >>> tracker.series_settings()
        {'accuracy': SeriesSettings(goal='max', unit=None, x='epoch')}
        """
        from xetrack.runs.series import read_settings  # noqa: PLC0415 - few ask

        view = self._table_view
        return read_settings(view.engine, view.table, view.key_of)
