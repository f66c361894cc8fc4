"""A table as its readers see it: columns, kinds of values, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xetrack.errors import ColumnNotFoundError, InvalidArgumentError, TableNotFoundError
from xetrack.interfaces.engines.sql import RunsSQL
from xetrack.interfaces.query import Condition, Query
from xetrack.model.names import TRACK_ID
from xetrack.model.validation import checked_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xetrack.interfaces.engine import Engine, Selection


def selection(
    engine: Engine,
    table: str,
    *,
    track_id: str | None = None,
    head: int | None = None,
    tail: int | None = None,
    where: Sequence[Condition] = (),
    **query: Any,
) -> Selection:
    """Read the rows of a table batch by batch.

    Parameters
    ----------
    engine
        The engine that has the table.
    table
        Name of the table.
    track_id
        Only this run.
    head, tail
        At most so many of the rows that `track_id` and `where` leave, from the front, and of
        these at most so many from the end.
    where
        Conditions that must all hold.
    **query
        Further fields of `xetrack.interfaces.query.Query`.

    Returns
    -------
    Selection
        The columns and their cells; the caller exhausts or closes its iterator.

    Raises
    ------
    InvalidArgumentError
        `head` or `tail` is not a whole number from 0 on.
    TableNotFoundError, ColumnNotFoundError
        The table or a column does not exist.
    """
    conditions = tuple(where)
    if track_id is not None:
        conditions += (Condition(TRACK_ID, "=", track_id),)
    full = Query(
        where=conditions,
        limit=checked_count("head", head),
        tail=checked_count("tail", tail),
        **query,
    )
    return engine.read(table, full)


class TableView:
    """The columns of one table, and what reads its rows."""

    _engine: Engine
    _table: str

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
        return [column.name for column in self._engine.columns(self._table)]

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
        columns = self._engine.columns(self._table)
        return {column.name: "|".join(sorted(column.kinds)) for column in columns}

    @property
    def conn(self) -> Any:
        """A connection of the database's own driver, apart from the one that stores rows.

        Raises
        ------
        InvalidArgumentError
            The engine does not run SQL.

        Examples
        --------
        >>> from xetrack import Tracker
        >>> tracker = Tracker(Tracker.IN_MEMORY)
        >>> row = tracker.log({"loss": 0.5})
        >>> tracker.conn.execute("SELECT max(loss) FROM events").fetchone()
        (0.5,)
        """
        return self._sql_engine.connection

    @property
    def _sql_engine(self) -> RunsSQL:
        """The engine, if it runs SQL."""
        if isinstance(self._engine, RunsSQL):
            return self._engine
        raise InvalidArgumentError("engine", type(self._engine).__name__, "one that runs SQL")

    def _selection(self, **query: Any) -> Selection:
        return selection(self._engine, self._table, **query)

    def _column_of(self, key: str) -> str:
        """Return the column that holds a key, or that has its name."""
        columns = self._engine.columns(self._table)
        for column in columns:
            if column.key == key:
                return column.name
        names = [column.name for column in columns]
        if key in names:
            return key
        if not names:
            raise TableNotFoundError(self._table, self._engine.location, self._engine.tables())
        raise ColumnNotFoundError(key, self._table, names)

    def _key_of(self, name: str) -> str:
        """Return the key that a column holds, for its name or for the key itself."""
        columns = self._engine.columns(self._table)
        keys = {column.name: column.key for column in columns if column.key is not None}
        return name if name in keys.values() else keys.get(name, name)
