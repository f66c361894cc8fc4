"""How commands query a database: a table that is there, with the conditions that were typed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xetrack import Reader
from xetrack.errors import (
    ColumnNotFoundError,
    InvalidArgumentError,
    TableNotFoundError,
)
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind
from xetrack.model.locations import shown_location
from xetrack.model.names import TRACK_ID
from xetrack_cli.queries.typed_values import parse_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xetrack.interfaces.engine import Column, Selection
    from xetrack.interfaces.query import Operator
    from xetrack.model.kinds import Value
    from xetrack_cli.options import Comparison, Filter, Location, Source

_SYMBOLS: dict[Comparison, Operator] = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}

_TEXTS = {Kind.TEXT, Kind.RAWTEXT, Kind.PATH, Kind.JSON, Kind.BYTES}
"""What a text may be compared with, be it in vain."""

DURATIONS = frozenset({Kind.DURATION, Kind.LONGDURATION})
NUMBERS = DURATIONS | {
    *(Kind.INT, Kind.BIGINT, Kind.HUGEINT, Kind.FLOAT, Kind.NAN, Kind.DECIMAL),
}
"""The kinds of which sums can be made; of durations, of their seconds."""


class TableQuery:
    """A table that is queried, and the rows of it that a user means.

    Parameters
    ----------
    reader
        An open reader of the table.
    source
        The options of the command line; a `Filter` narrows the rows.

    Raises
    ------
    TableNotFoundError, ColumnNotFoundError, RunNotFoundError
        What was named does not exist.
    """

    def __init__(self, reader: Reader, source: Source) -> None:
        self.reader = reader
        self.engine = reader.engine
        self.table = reader.table
        self.columns = {column.name: column for column in self.engine.columns(self.table)}
        if not self.columns:
            raise TableNotFoundError(self.table, shown_location(reader.db), reader.tables)
        self._by_key = {column.key: column for column in self.columns.values()}
        self.where = self._conditions(source)

    def _conditions(self, source: Source) -> tuple[Condition, ...]:
        typed: Iterable[tuple[str, Comparison, str]] = getattr(source, "where", ())
        conditions = [self._condition(*words) for words in typed]
        run = getattr(source, "track_id", None)
        if run is not None:
            conditions.append(Condition(TRACK_ID, "=", self.find_run(run)))
        return tuple(conditions)

    def _condition(self, name: str, symbol: Comparison, text: str) -> Condition:
        column = self.column(name)
        kinds = column.kinds
        value = parse_value(text, kinds)
        if isinstance(value, str) and kinds and kinds.isdisjoint(_TEXTS):
            expected = f"a value such as {name!r} has, which are: {', '.join(sorted(kinds))}"
            raise InvalidArgumentError("--where", f"{name} {symbol} {text}", expected)
        return Condition(column.name, _SYMBOLS.get(symbol, symbol), value)  # type: ignore[arg-type]

    def find_run(self, run: str) -> str:
        """Return the id of a run.

        Parameters
        ----------
        run
            As typed: its id, the beginning of it, its name, or ``@1`` for the one that began last.

        Raises
        ------
        InvalidArgumentError
            More than one run is meant.
        RunNotFoundError
            The table has no such run.
        """
        self.column(TRACK_ID)
        return self.reader.run(run).track_id

    def is_empty(self) -> bool:
        """Return True if no row is meant."""
        return not any(True for _ in self.rows([*self.columns][:1], limit=1))

    def column(self, name: str) -> Column:
        """Return a column by its name, or by the key that was logged.

        Parameters
        ----------
        name
            As typed.

        Returns
        -------
        Column
            The column, as the table describes it.

        Raises
        ------
        ColumnNotFoundError
            The table has no such column.
        """
        column = self.find_column(name)
        if column is None:
            raise ColumnNotFoundError(name, self.table, self.columns)
        return column

    def find_column(self, name: str) -> Column | None:
        """Return a column by its name, or by the key that was logged; None for no such column.

        Parameters
        ----------
        name
            What the user typed.
        """
        return self.columns.get(name) or self._by_key.get(name)

    def asked_columns(self, chosen: Iterable[str] | None, *others: str | None) -> set[str]:
        """Return the names of the columns that the command line names, which are always shown.

        Parameters
        ----------
        chosen
            Columns that were chosen to be shown; None for all.
        *others
            What the rows are sorted or ranked by; None for nothing.
        """
        conditions = (each.column for each in self.where if each.column != TRACK_ID)
        named = (*(chosen or ()), *others, *conditions)
        return {self._name(name) for name in named if name is not None}

    def _name(self, name: str) -> str:
        """Return the name of a column; what names none is unchanged, for the engine to say so."""
        column = self.find_column(name)
        return name if column is None else column.name

    def rows(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: Iterable[Condition] | None = None,
        **options: Any,
    ) -> Iterator[tuple[Value, ...]]:
        """Yield rows one by one, with memory that stays flat.

        Parameters
        ----------
        columns
            Names in the order wanted; all of them when None.
        where
            Conditions instead of those of the command line.
        **options
            Order and limits, as in `Query`.

        Returns
        -------
        Iterator
            The cells of each row.
        """
        # Read here, so that a mistake is reported before the first row is wanted.
        return iterate_rows(self.selection(columns, where=where, **options))

    def selection(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: Iterable[Condition] | None = None,
        **options: Any,
    ) -> Selection:
        """Read rows from the database.

        Parameters
        ----------
        columns
            Names in the order wanted; all of them when None.
        where
            Conditions instead of those of the command line.
        **options
            Order and limits, as in `Query`.

        Returns
        -------
        Selection
            Rows in batches of columns.
        """
        order = options.pop("order", None)
        conditions = self.where if where is None else where
        query = Query(
            columns=None if columns is None else tuple(map(self._name, columns)),
            where=tuple(replace(each, column=self._name(each.column)) for each in conditions),
            order=None if order is None else self._name(order),
            **options,
        )
        return self.engine.read(self.table, query)

    def batches(self, columns: Sequence[str]) -> Iterator[Sequence[Sequence[Value]]]:
        """Read the cells of the rows that are meant, column by column.

        Parameters
        ----------
        columns
            Names in the order wanted.

        Returns
        -------
        Iterator
            Batches, each with one sequence of cells a column.
        """
        return self.selection(columns).batches


def iterate_rows(selection: Selection) -> Iterator[tuple[Value, ...]]:
    """Turn the batches of a selection into rows.

    Parameters
    ----------
    selection
        What an engine returned for a query.

    Returns
    -------
    Iterator
        The cells of each row.
    """
    return (row for batch in selection.batches for row in zip(*batch, strict=True))


@contextmanager
def open_query(db: Location, source: Source | Filter) -> Iterator[TableQuery]:
    """Open a database to read rows of one table.

    Parameters
    ----------
    db
        Path or URL.
    source
        The options of the command line.

    Yields
    ------
    TableQuery
        The table, as long as the context lasts.

    Raises
    ------
    TableNotFoundError, ColumnNotFoundError, RunNotFoundError
        What was named does not exist.
    """
    with Reader(db, source.engine, source.table) as reader:
        yield TableQuery(reader, source)
