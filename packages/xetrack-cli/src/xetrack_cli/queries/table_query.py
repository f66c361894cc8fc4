"""How commands ask a database: for a table that is there, with the conditions that were typed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xetrack import Reader
from xetrack.errors import (
    ColumnNotFoundError,
    InvalidArgumentError,
    RunNotFoundError,
    TableNotFoundError,
)
from xetrack.interfaces.query import Condition, Query
from xetrack.model.kinds import Kind
from xetrack.model.names import TRACK_ID
from xetrack_cli.queries.typed_values import parsed

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

NUMBERS = frozenset({Kind.INT, Kind.BIGINT, Kind.HUGEINT, Kind.FLOAT, Kind.NAN, Kind.DECIMAL})
"""The kinds of which sums can be made."""


class Asked:
    """One table that is being asked, and the rows of it that a user means."""

    def __init__(self, reader: Reader, wanted: Source) -> None:
        self.reader = reader
        self.engine = reader.engine
        self.table = reader.table
        self.columns = {column.name: column for column in self.engine.columns(self.table)}
        if not self.columns:
            raise TableNotFoundError(self.table, reader.db, reader.tables)
        self.where = self._conditions(wanted)

    def _conditions(self, wanted: Source) -> tuple[Condition, ...]:
        typed: Iterable[tuple[str, Comparison, str]] = getattr(wanted, "where", ())
        found = [self._condition(*words) for words in typed]
        run = getattr(wanted, "track_id", None)
        if run is not None:
            self.check_run(run)
            found.append(Condition(TRACK_ID, "=", run))
        return tuple(found)

    def _condition(self, name: str, symbol: Comparison, text: str) -> Condition:
        kinds = self.column(name).kinds
        value = parsed(text, kinds)
        if isinstance(value, str) and kinds and kinds.isdisjoint(_TEXTS):
            expected = f"a value such as {name!r} has, which are: {', '.join(sorted(kinds))}"
            raise InvalidArgumentError("--where", f"{name} {symbol} {text}", expected)
        return Condition(name, _SYMBOLS.get(symbol, symbol), value)  # type: ignore[arg-type]

    def check_run(self, track_id: str) -> None:
        """Make sure that the table has this run.

        Raises
        ------
        RunNotFoundError
            It has no row of it.
        """
        of_it = Condition(self.column(TRACK_ID).name, "=", track_id)
        if not any(True for _ in self.rows([TRACK_ID], where=(of_it,), limit=1)):
            known = {str(one) for (one,) in self.rows([TRACK_ID], where=())}
            raise RunNotFoundError(track_id, self.table, known)

    def is_empty(self) -> bool:
        """Tell whether no row is meant."""
        return not any(True for _ in self.rows([*self.columns][:1], limit=1))

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        ColumnNotFoundError
            The table has no such column.
        """
        try:
            return self.columns[name]
        except KeyError:
            raise ColumnNotFoundError(name, self.table, self.columns) from None

    def rows(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: Iterable[Condition] | None = None,
        **query: Any,
    ) -> Iterator[tuple[Value, ...]]:
        """Yield rows one by one, however many there are; `query` as in `Query`."""
        # Asked for here, so that a mistake is told before the first row is wanted.
        return by_row(self.selection(columns, where=where, **query))

    def selection(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: Iterable[Condition] | None = None,
        **query: Any,
    ) -> Selection:
        """Return the answer of the database; `query` as in `Query`."""
        asked = Query(
            columns=None if columns is None else tuple(columns),
            where=self.where if where is None else tuple(where),
            **query,
        )
        return self.engine.read(self.table, asked)

    def batches(self, columns: Sequence[str]) -> Iterator[Sequence[Sequence[Value]]]:
        """Yield the cells of the rows that are meant, column by column, batch by batch."""
        return self.engine.read(self.table, Query(columns=tuple(columns), where=self.where)).batches


def by_row(found: Selection) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of an answer one by one."""
    return (row for batch in found.batches for row in zip(*batch, strict=True))


@contextmanager
def asking(db: Location, wanted: Source | Filter) -> Iterator[Asked]:
    """Open a database to read the rows that are wanted.

    Raises
    ------
    TableNotFoundError, ColumnNotFoundError, RunNotFoundError
        What was named does not exist.
    """
    with Reader(db, wanted.engine, wanted.table) as reader:
        yield Asked(reader, wanted)
