"""`xt export` and `xt import`."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal, TypeAlias

from attrs import frozen
from cyclopts import Parameter

from xetrack.errors import InvalidArgumentError
from xetrack.errors.escapes import escaped
from xetrack.model.locations import shown_location
from xetrack_cli import messages, results
from xetrack_cli.files import reading, storing, writing
from xetrack_cli.files.content import TextForm
from xetrack_cli.files.formats import CSV, PARQUET, STREAM, TAB, format_of, is_file_of_rows
from xetrack_cli.options import ANY, ROWS, Database, Rows, Source
from xetrack_cli.queries.table_query import open_query
from xetrack_cli.render.cells import pluralized

File: TypeAlias = Annotated[Path, Parameter(allow_leading_hyphen=True)]

FormatName: TypeAlias = Annotated[
    Literal["csv", "jsonl", "parquet"] | None,
    Parameter(help="What the file is, whatever its name ends in."),
]


@Parameter(name="*")
@frozen(kw_only=True)
class Form:
    """How the text of a file is to be read."""

    delimiter: Annotated[
        str | None,
        Parameter(
            help="CSV: what stands between cells, or `tab`; by default what the file shows.",
            allow_leading_hyphen=True,
        ),
    ] = None
    encoding: Annotated[
        str | None, Parameter(help="Of the text, such as cp1252; by default UTF-8.")
    ] = None
    header: Annotated[
        bool, Parameter(help="CSV: whether the first line has the names.", show_default=False)
    ] = True


AS_IT_IS = Form()


def export(
    db: Database,
    file: File,
    /,
    *,
    format: FormatName = None,  # noqa: A002 - as it is typed
    raw: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    rows: Rows = ROWS,
) -> str | None:
    """Write rows to a file: CSV, JSON lines or Parquet.

    A file that is there is replaced, once the new one is complete; a database is not. What is known
    of runs beside their rows, and the goals of metrics, only `xt copy` takes along. `xt import`
    reads numbers, truth values, texts and missing cells back as they were; lists, dicts and mixed
    columns from CSV and JSON lines only, dates, times and bytes from Parquet only, and Decimals
    and paths from none.

    Parameters
    ----------
    db
        Path or URL of the database.
    file
        Where to: .csv, .tsv, .jsonl or .parquet; - is stdout.
    format
        What the file is to be, whatever its name ends in.
    raw
        In CSV, do not put ' before formulas.
    rows
        Which rows are meant, and how the database is opened.

    Returns
    -------
    str or None
        How many rows were written; nothing where they went to stdout.
    """
    file_format = _format_of("export", db, file, format)
    order = {"order": rows.sort, "descending": rows.desc}
    with open_query(db, rows) as query:
        if file == STREAM or str(file) in results.PATHS:
            with TemporaryDirectory() as folder:
                path = Path(folder, "rows")
                writing.write(query, rows.columns, path, file_format, raw=raw, **order)
                _print(path, file_format)
            return None
        count = writing.write(query, rows.columns, file, file_format, raw=raw, **order)
    return f"Wrote {pluralized(count, 'row')} to {file}."


def _print(path: Path, file_format: str) -> None:
    """Write a file to stdout, as it is; on a terminal without what would control that."""
    out = results.stdout()
    if out is None:
        return
    if messages.is_terminal(out):
        if file_format == PARQUET:
            raise messages.UsageError("Parquet is no text. Send it to a file or a program.")
        with path.open(encoding="utf-8", newline="") as lines:
            out.writelines(escaped(line, keep="\n\t") for line in lines)
        return
    out.flush()
    with path.open("rb") as content:
        shutil.copyfileobj(content, out.buffer)


def import_rows(
    db: str,
    file: File,
    /,
    *,
    format: FormatName = None,  # noqa: A002 - as it is typed
    raw: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    form: Form = AS_IT_IS,
    source: Source = ANY,
) -> str:
    """Read rows from a file: CSV, JSON lines or Parquet. All of them are stored, or none.

    Rows whose track id and timestamp are in the table already are left out, so that a file may
    be imported twice. Rows without a track id become a new run. A column of CSV without a name is
    called after its number: column_1. Dates and times of CSV and JSON lines are texts, but in CSV
    where the column of the table holds such values; lists and dicts of Parquet are texts.

    Parameters
    ----------
    db
        The database that gets the rows; created if it is missing.
    file
        Where from: .csv, .tsv, .jsonl or .parquet; - is stdin.
    format
        What the file is, whatever its name ends in.
    raw
        CSV: keep ' before formulas.
    form
        How its text is to be read.
    source
        Which table is meant, and how the database is opened.

    Returns
    -------
    str
        How many rows were stored, and how many had been there.

    Raises
    ------
    UsageError
        An option is for another format, or no delimiter.
    """
    file_format = _format_of("import", db, file, format)
    text_form = _text_form(form, file, file_format, raw=raw)
    known = {name: column.kinds for name, column in storing.columns_of(db, source).items()}
    shown = "stdin" if file == STREAM else str(file)
    with _local(file) as path:
        content = reading.read(path, file_format, known, text_form, shown)
    done = storing.store(content, db, source)
    there = f" {pluralized(done.there, 'row')} had been there before." if done.there else ""
    stored = f"{pluralized(done.rows, 'row')} of {pluralized(done.runs, 'run')}"
    return f"Imported {stored} into {source.target} of {shown_location(str(db))}.{there}"


def _format_of(command: str, db: object, file: Path, named: str | None) -> str:
    """Return the format of the file; say so if the database stands in its place."""
    try:
        return format_of(file, named)
    except InvalidArgumentError:
        if not is_file_of_rows(Path(str(db))):
            raise
        swapped = f"{shlex.quote(str(file))} {shlex.quote(str(db))}"
        raise messages.UsageError(
            f"DB comes first, then FILE. Type: xt {command} {swapped}"
        ) from None


def _text_form(form: Form, file: Path, file_format: str, *, raw: bool) -> TextForm:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(form.delimiter or "", form.delimiter)
    if file_format != CSV and (delimiter is not None or not form.header):
        raise messages.UsageError("--delimiter and --no-header are for CSV. See: xt import --help")
    if file_format == PARQUET and form.encoding is not None:
        raise messages.UsageError("--encoding is for texts. See: xt import --help")
    if delimiter is None and file_format == CSV and file.suffix.lower() == TAB:
        delimiter = "\t"
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise messages.UsageError("--delimiter takes one character, or tab. See: xt import --help")
    return TextForm(delimiter=delimiter, encoding=form.encoding, header=form.header, raw=raw)


@contextmanager
def _local(file: Path) -> Iterator[Path]:
    """Lend the path of a file, and where stdin is meant of one that has the same content."""
    if file != STREAM:
        yield file
        return
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows")
        with path.open("wb") as copy:
            if sys.stdin is not None:
                shutil.copyfileobj(sys.stdin.buffer, copy)
        yield path
