"""`xt copy` and `xt backup`."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack import copy as copied
from xetrack_cli.messages import UsageError
from xetrack_cli.options import Database, EngineName, Location
from xetrack_cli.render.cells import counted


def copy(
    source: Annotated[Location, Parameter(help="The database to read.")],
    target: Annotated[Location, Parameter(help="The one that gets the rows; made if need be.")],
    /,
    *,
    table: Annotated[
        tuple[str, ...],
        Parameter(
            help="Copy this table, by default the one of that name. May be repeated.",
            negative="",
            show_default=False,
        ),
    ] = (),
    every: Annotated[
        bool, Parameter(name="--all", help="Copy all tables.", negative="", show_default=False)
    ] = False,
    assets: Annotated[
        bool, Parameter(help="Copy also the objects that the rows name.", show_default=False)
    ] = True,
) -> str:
    """Copy tables from one database into another, whatever engines they belong to.

    What the target has already is not copied again.
    """
    if table and every:
        raise UsageError("--table and --all exclude each other. Give one. See: xt copy --help")
    rows = copied(source, target, assets=assets, tables="all" if every else table or None)
    return f"Copied {counted(rows, 'row')} to {target}."


def backup(
    db: Database,
    out: Annotated[Location, Parameter(help="The file to write.")],
    /,
    *,
    engine: EngineName = None,
    force: Annotated[
        bool, Parameter(help="Replace a database that is there.", negative="", show_default=False)
    ] = False,
) -> str:
    """Copy a whole database as it is at one moment, while others write.

    All tables and assets come along. A DuckDB database has a second file, which ends in .rows and
    has the assets: keep both together.
    """
    with Reader(db, engine) as reader:
        files = reader.backup(out, overwrite=force)
    names = [str(out) + file.name.removeprefix(files[0].name) for file in files]
    return f"Backed up {db} to {' and '.join(names)}."
