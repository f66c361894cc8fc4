"""`xt columns` and `xt ls`."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack_cli.options import Database, Engine, TableName
from xetrack_cli.render.cells import is_number
from xetrack_cli.render.model import Lines, Table


def columns(db: Database, /, *, engine: Engine = None, table: TableName = "default") -> Table:
    """Show the columns of a table, and what they hold."""
    with Reader(db, engine, table) as reader:
        reader.select(head=0)  # says so if there is no such table
        kinds = reader.dtypes
    return Table(
        names=("column", "kinds"),
        rows=[(name, found.replace("|", ", ")) for name, found in kinds.items()],
    )


def ls(
    db: Database,
    column: Annotated[str | None, Parameter(help="List the values of this column.")] = None,
    /,
    *,
    unique: Annotated[
        bool, Parameter(help="List each value once.", negative="", show_default=False)
    ] = False,
    engine: Engine = None,
    table: TableName = "default",
) -> Lines:
    """List the names of the columns, or the values of one, one a line."""
    with Reader(db, engine, table) as reader:
        if column is None:
            return Lines("column", reader.select(head=0).names)
        values = [value for (value,) in reader.select([column]).rows()]
    if unique:
        first: dict[object, object] = {}
        for value in values:
            first.setdefault(_identity(value), value)
        values = list(first.values())
    return Lines(column, values)


def _identity(value: object) -> object:
    """Return what two values share if they are the same: 1 is 1.0, but neither True nor "1"."""
    if is_number(value) and value == value:  # noqa: PLR0124 - nan differs from itself
        return value
    return type(value), repr(value)
