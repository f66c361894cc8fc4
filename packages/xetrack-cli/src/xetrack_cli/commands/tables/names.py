"""`xt tables`, `xt columns` and `xt ls`."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack_cli.options import ALL, ANY, Database, EngineName, Filter, Location, Source
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.cells import is_number
from xetrack_cli.render.model import Lines, Table


def tables(db: Database, /, *, engine: EngineName = None) -> Table:
    """Show the tables of a database, and how large they are.

    Parameters
    ----------
    db
        Path or URL of the database.
    engine
        Storage engine; by default the one that the file belongs to.

    Returns
    -------
    Table
        A row for each table.
    """
    with Reader(db, engine) as reader:
        sizes = [
            (name, reader.engine.count(name), len(reader.engine.columns(name)))
            for name in reader.tables
        ]
    return Table(names=("table", "rows", "columns"), rows=sizes)


def columns(db: Database, /, *, source: Source = ANY) -> Table:
    """Show the columns of a table, and what they hold.

    Parameters
    ----------
    db
        Path or URL of the database.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    Table
        A row for each column.
    """
    with open_query(db, source) as query:
        cells = [(name, ", ".join(sorted(column.kinds))) for name, column in query.columns.items()]
    return Table(names=("column", "kinds"), rows=cells)


def ls(
    db: Database,
    column: str | None = None,
    /,
    *,
    unique: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    rows: Filter = ALL,
) -> Lines:
    """List the names of the columns, or the values of one, one a line.

    Parameters
    ----------
    db
        Path or URL of the database.
    column
        List the values of this column.
    unique
        List each value once.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    Lines
        Names or values, which are read as they are printed.
    """
    if column is None:
        with open_query(db, rows) as query:
            return Lines("column", tuple(query.columns))
    values = _values(db, column, rows)
    first = next(values)  # so that an error comes before anything is printed
    assert first is None  # noqa: S101 - it only marks the beginning
    return Lines(column, _without_duplicates(values) if unique else values)


def _values(db: Location, column: str, rows: Filter) -> Iterator[object]:
    with open_query(db, rows) as query:
        selected = query.rows([column])
        yield None
        for (value,) in selected:
            yield value


def _without_duplicates(values: Iterable[object]) -> Iterator[object]:
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
