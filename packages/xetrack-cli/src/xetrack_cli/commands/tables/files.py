"""`xt export` and `xt import`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from xetrack_cli.files import reading, storing, writing
from xetrack_cli.files.formats import format_of
from xetrack_cli.options import ANY, ROWS, Database, Raw, Rows, Source
from xetrack_cli.queries.table_query import asking
from xetrack_cli.render.cells import counted


def export(
    db: Database,
    file: Annotated[Path, Parameter(help="Where to: .csv, .jsonl or .parquet.")],
    /,
    *,
    raw: Raw = False,
    rows: Rows = ROWS,
) -> str:
    """Write rows to a file: CSV, JSON lines or Parquet.

    A file that is there is replaced, once the new one is complete.
    """
    format_of(file)
    with asking(db, rows) as asked:
        count = writing.write(
            asked, rows.columns, file, raw=raw, order=rows.sort, descending=rows.desc
        )
    return f"Wrote {counted(count, 'row')} to {file}."


def import_rows(
    db: Annotated[str, Parameter(help="The database that gets the rows; it is made if need be.")],
    file: Annotated[Path, Parameter(help="Where from: .csv, .jsonl or .parquet.")],
    /,
    *,
    raw: Annotated[
        bool, Parameter(help="CSV: keep ' before formulas.", negative="", show_default=False)
    ] = False,
    source: Source = ANY,
) -> str:
    """Read rows from a file: CSV, JSON lines or Parquet. All of them are stored, or none.

    Rows whose track id and timestamp are in the table already are left out, so that a file may
    be imported twice. Rows without a track id become a new run.
    """
    format_of(file)
    known = {name: one.kinds for name, one in storing.columns_of(db, source).items()}
    content = reading.read(file, known, raw=raw)
    done = storing.store(content, db, source)
    there = f" {counted(done.there, 'row')} had been there before." if done.there else ""
    stored = f"{counted(done.rows, 'row')} of {counted(done.runs, 'run')}"
    return f"Imported {stored} into {source.table} of {db}.{there}"
