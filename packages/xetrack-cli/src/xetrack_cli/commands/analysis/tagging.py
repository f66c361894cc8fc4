"""`xt tag` and `xt note`: what people say of a run, also when it is over."""

from typing import Annotated

from cyclopts import Parameter

from xetrack.model.names import TRACK_ID
from xetrack_cli.messages import UsageError
from xetrack_cli.options import ANY, Database, Run, Source
from xetrack_cli.queries.table_query import open_query


def tag(
    db: Database,
    run: Run,
    /,
    *tags: Annotated[str, Parameter(name="TAG", help="Words to find the run by.")],
    remove: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    source: Source = ANY,
) -> str:
    """Add tags to a run, or remove them.

    Parameters
    ----------
    db
        Path or URL of the database.
    run
        Its id, the beginning of it, its name, or @1 for the newest.
    *tags
        Words to find the run by.
    remove
        Remove these tags instead.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        The tags that the run has now.

    Raises
    ------
    UsageError
        No tag is given.
    """
    if not tags:
        raise UsageError("TAG is missing. See: xt tag --help")
    with open_query(db, source) as query:
        query.column(TRACK_ID)
        record = query.reader.edit_run(
            run, add_tags=() if remove else tags, remove_tags=tags if remove else ()
        )
    return f"Tags of the run {record.track_id}: {', '.join(record.tags) or 'none'}."


def note(
    db: Database,
    run: Run,
    text: Annotated[str, Parameter(help="What is to be known of the run.")],
    /,
    *,
    source: Source = ANY,
) -> str:
    """Write a note on a run, in place of the one that it has.

    Parameters
    ----------
    db
        Path or URL of the database.
    run
        Its id, the beginning of it, its name, or @1 for the newest.
    text
        What is to be known of the run.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        That it is stored.
    """
    with open_query(db, source) as query:
        query.column(TRACK_ID)
        record = query.reader.edit_run(run, notes=text)
    return f"The note on the run {record.track_id} is stored."
