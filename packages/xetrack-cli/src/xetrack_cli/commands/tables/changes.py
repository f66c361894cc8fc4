"""`xt set` and `xt delete`: the commands that change rows."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack.errors import near
from xetrack.interfaces.query import Condition
from xetrack.model.locations import shown_location
from xetrack.model.names import OWN, TRACK_ID
from xetrack_cli import messages
from xetrack_cli.options import ANY, Database, Run, Source, Yes
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.queries.typed_values import parse_value
from xetrack_cli.render.cells import pluralized, text_of


def set_value(
    db: Database,
    key: str,
    value: Annotated[
        str,
        Parameter(
            help="A number, true, false, null or text, as the column holds it; "
            "in double quotes of JSON it is text.",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    where_key: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    where_value: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    track_id: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    source: Source = ANY,
) -> str:
    """Set a value in stored rows: in all of them, or in those that the options select.

    Parameters
    ----------
    db
        Path or URL of the database.
    key
        The column; created if it is missing.
    value
        A number, true, false, null or text, parsed by the kinds of the column; in the double quotes
        of JSON it is always text.
    where_key
        Only where this column...
    where_value
        ...has this value.
    track_id
        Only in the rows of this run: its id, the beginning of it, its name, or @1 for the newest.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        How many rows were changed.

    Raises
    ------
    UsageError
        One of the two options of a condition is missing.
    NothingSetError
        There is no such row.
    """
    if (where_key is None) != (where_value is None):
        raise messages.UsageError(
            "--where-key and --where-value belong together. Give both. See: xt set --help"
        )
    with open_query(db, source) as query:
        if track_id is not None:
            track_id = query.find_run(track_id)
        column = query.find_column(key)
        new = parse_value(value, column.kinds if column else ())
        if where_key is None or where_value is None:
            changed = query.reader.set_value(key, new, track_id)
        else:
            old = parse_value(where_value, query.column(where_key).kinds)
            changed = query.reader.set_where(key, new, where_key, old, track_id)
        table = query.table
    if not changed:
        raise messages.NothingSetError(key, table)
    if column is None:
        meant = near(key, set(query.columns) - {*OWN}, all_else=False)
        if meant:  # a typo, perhaps
            messages.note(f"The column {key!r} is new. {meant.rstrip()}")
    return f"Set {key} to {text_of(new) or 'nothing'} in {pluralized(changed, 'row')}."


def delete(db: Database, run: Run, /, *, yes: Yes = False, source: Source = ANY) -> str:
    """Delete the rows of a run, and its record.

    On a terminal, xt asks first.

    Parameters
    ----------
    db
        Path or URL of the database.
    run
        Its id, the beginning of it, its name, or @1 for the newest.
    yes
        Do not ask.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        How many rows were deleted.

    Raises
    ------
    DeclinedError
        The user was asked, and refused.
    """
    with open_query(db, source) as query:
        track_id = query.find_run(run)
        table = query.table
        number = query.engine.count(table, [Condition(TRACK_ID, "=", track_id)])
    shown = shown_location(str(db))
    what = f"{pluralized(number, 'row')} of the run {track_id} from {table} in {shown}"
    if not yes:
        messages.confirm(f"Delete {what}?")
    with Reader(db, source.engine, table) as reader:
        deleted = reader.delete_run(track_id)
    return f"Deleted {pluralized(deleted, 'row')} of the run {track_id}."
