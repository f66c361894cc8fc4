"""`xt copy` and `xt backup`."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack import copy as copy_tables
from xetrack.model.locations import shown_location
from xetrack_cli.messages import UsageError
from xetrack_cli.options import Database, EngineName, Location
from xetrack_cli.render.cells import pluralized


def copy(
    source: Location,
    target: Location,
    /,
    *,
    table: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False),
    ] = (),
    every: Annotated[bool, Parameter(name="--all", negative="", show_default=False)] = False,
    assets: Annotated[bool, Parameter(show_default=False)] = True,
    asset_store: str | None = None,
) -> str:
    """Copy tables from one database into another, whatever engines they belong to.

    What the target has already is not copied again.

    Parameters
    ----------
    source
        The database to read.
    target
        The database that gets the rows; created if it is missing.
    table
        Copy this table, by default the one of that name. May be repeated.
    every
        Copy all tables.
    assets
        Copy also the objects that the rows name.
    asset_store
        Name or URL of the store for the objects of the target.

    Returns
    -------
    str
        How many rows were copied.

    Raises
    ------
    UsageError
        Both tables and all tables are asked for.
    """
    if table and every:
        raise UsageError("--table and --all exclude each other. Give one. See: xt copy --help")
    tables = "all" if every else table or None
    rows = copy_tables(source, target, assets=assets, tables=tables, asset_store=asset_store)
    return f"Copied {pluralized(rows, 'row')} to {shown_location(str(target))}."


def backup(
    db: Database,
    out: Location,
    /,
    *,
    engine: EngineName = None,
    force: Annotated[bool, Parameter(negative="", show_default=False)] = False,
) -> str:
    """Copy a whole database as it is at one moment, while others write.

    All tables and assets come along. A DuckDB database has a second file, which ends in .rows and
    has the assets: keep both together.

    Parameters
    ----------
    db
        Path or URL of the database.
    out
        The file to write.
    engine
        Storage engine; by default the one that the file belongs to.
    force
        Replace a database that is there.

    Returns
    -------
    str
        The names of the files.
    """
    with Reader(db, engine) as reader:
        files = reader.backup(out, overwrite=force)
    names = [str(out) + file.name.removeprefix(files[0].name) for file in files]
    return f"Backed up {shown_location(str(db))} to {' and '.join(names)}."
