"""`xt export` and `xt import`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from xetrack_cli.files import reading, storing, writing
from xetrack_cli.files.formats import format_of
from xetrack_cli.options import ANY, ROWS, Database, Raw, Rows, Source
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.cells import pluralized


def export(
    db: Database,
    file: Path,
    /,
    *,
    raw: Raw = False,
    rows: Rows = ROWS,
) -> str:
    """Write rows to a file: CSV, JSON lines or Parquet.

    A file that is there is replaced, once the new one is complete.

    Parameters
    ----------
    db
        Path or URL of the database.
    file
        Where to: .csv, .jsonl or .parquet.
    raw
        In CSV, do not put ' before formulas.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    str
        How many rows were written.
    """
    format_of(file)
    with open_query(db, rows) as query:
        count = writing.write(
            query, rows.columns, file, raw=raw, order=rows.sort, descending=rows.desc
        )
    return f"Wrote {pluralized(count, 'row')} to {file}."


def import_rows(
    db: str,
    file: Path,
    /,
    *,
    raw: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    source: Source = ANY,
) -> str:
    """Read rows from a file: CSV, JSON lines or Parquet. All of them are stored, or none.

    Rows whose track id and timestamp are in the table already are left out, so that a file may
    be imported twice. Rows without a track id become a new run.

    Parameters
    ----------
    db
        The database that gets the rows; created if it is missing.
    file
        Where from: .csv, .jsonl or .parquet.
    raw
        CSV: keep ' before formulas.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        How many rows were stored, and how many had been there.
    """
    format_of(file)
    known = {name: column.kinds for name, column in storing.columns_of(db, source).items()}
    content = reading.read(file, known, raw=raw)
    done = storing.store(content, db, source)
    there = f" {pluralized(done.there, 'row')} had been there before." if done.there else ""
    stored = f"{pluralized(done.rows, 'row')} of {pluralized(done.runs, 'run')}"
    return f"Imported {stored} into {source.table} of {db}.{there}"
