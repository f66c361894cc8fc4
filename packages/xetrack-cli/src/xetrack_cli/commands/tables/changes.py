"""`xt set` and `xt delete`: the commands that change rows."""

from typing import Annotated

from cyclopts import Parameter

from xetrack import Reader
from xetrack.interfaces.query import Condition
from xetrack.model.names import TRACK_ID
from xetrack_cli import messages
from xetrack_cli.options import ANY, Database, Run, Source, Yes
from xetrack_cli.queries.table_query import asking
from xetrack_cli.queries.typed_values import parsed
from xetrack_cli.render.cells import counted, text_of


def set_value(
    db: Database,
    key: Annotated[str, Parameter(help="The column; it is made where there is none.")],
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
    where_key: Annotated[str | None, Parameter(help="Only where this column...")] = None,
    where_value: Annotated[
        str | None, Parameter(help="...has this value.", allow_leading_hyphen=True)
    ] = None,
    track_id: Annotated[str | None, Parameter(help="Only in the rows of this run.")] = None,
    source: Source = ANY,
) -> str:
    """Set a value in rows that are there: in all, or in those that are named."""
    if (where_key is None) != (where_value is None):
        raise messages.UsageError(
            "--where-key and --where-value belong together. Give both. See: xt set --help"
        )
    with asking(db, source) as asked:
        if track_id is not None:
            asked.check_run(track_id)
        there = asked.columns.get(key)
        new = parsed(value, there.kinds if there else ())
        if where_key is None or where_value is None:
            changed = asked.reader.set_value(key, new, track_id)
        else:
            old = parsed(where_value, asked.column(where_key).kinds)
            changed = asked.reader.set_where(key, new, where_key, old, track_id)
    return f"Set {key} to {text_of(new) or 'nothing'} in {counted(changed, 'row')}."


def delete(db: Database, track_id: Run, /, *, yes: Yes = False, source: Source = ANY) -> str:
    """Delete the rows of a run.

    On a terminal it asks first.
    """
    with asking(db, source) as asked:
        asked.check_run(track_id)
        number = asked.engine.count(source.table, [Condition(TRACK_ID, "=", track_id)])
    what = f"{counted(number, 'row')} of the run {track_id} from {source.table} in {db}"
    if not yes:
        messages.confirm(f"Delete {what}?")
    with Reader(db, source.engine, source.table) as reader:
        deleted = reader.delete_run(track_id)
    return f"Deleted {counted(deleted, 'row')} of the run {track_id}."
