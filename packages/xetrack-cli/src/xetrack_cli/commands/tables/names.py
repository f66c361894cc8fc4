"""`xt tables`, `xt columns` and `xt ls`."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack_cli.options import ALL, ANY, Database, EngineName, Filter, Location, Source
from xetrack_cli.queries.table_query import asking
from xetrack_cli.render.cells import is_number
from xetrack_cli.render.model import Lines, Table


def tables(db: Database, /, *, engine: EngineName = None) -> Table:
    """Show the tables of a database, and how large they are."""
    with Reader(db, engine) as reader:
        found = [
            (name, reader.engine.count(name), len(reader.engine.columns(name)))
            for name in reader.tables
        ]
    return Table(names=("table", "rows", "columns"), rows=found)


def columns(db: Database, /, *, source: Source = ANY) -> Table:
    """Show the columns of a table, and what they hold."""
    with asking(db, source) as asked:
        found = [(name, ", ".join(sorted(one.kinds))) for name, one in asked.columns.items()]
    return Table(names=("column", "kinds"), rows=found)


def ls(
    db: Database,
    column: Annotated[str | None, Parameter(help="List the values of this column.")] = None,
    /,
    *,
    unique: Annotated[
        bool, Parameter(help="List each value once.", negative="", show_default=False)
    ] = False,
    rows: Filter = ALL,
) -> Lines:
    """List the names of the columns, or the values of one, one a line."""
    if column is None:
        with asking(db, rows) as asked:
            return Lines("column", tuple(asked.columns))
    values = _values(db, column, rows)
    first = next(values)  # so that what is wrong is told before anything is printed
    assert first is None  # noqa: S101 - it only marks the beginning
    return Lines(column, _once(values) if unique else values)


def _values(db: Location, column: str, rows: Filter) -> Iterator[object]:
    with asking(db, rows) as asked:
        found = asked.rows([column])
        yield None
        for (value,) in found:
            yield value


def _once(values: Iterable[object]) -> Iterator[object]:
    """Yield the first of values that are the same."""
    seen = set()
    for value in values:
        identity = _identity(value)
        if identity not in seen:
            seen.add(identity)
            yield value


def _identity(value: object) -> object:
    """Return what two values share if they are the same: 1 is 1.0, but neither True nor "1"."""
    if is_number(value) and value == value:  # noqa: PLR0124 - nan differs from itself
        return value
    return type(value), repr(value)
