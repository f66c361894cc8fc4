"""Reading a file of rows: all of it, or an error that says where it is wrong."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from xetrack.errors import InvalidArgumentError, XetrackError
from xetrack.logs.json_lines import COLUMNS, TooMuchError, columns_of, lines_of
from xetrack.model.names import OWN
from xetrack.process.regular_files import NotRegularError, check_regular, read_regular, read_text
from xetrack_cli.files.content import Content
from xetrack_cli.files.csv_cells import CellReader, unguarded
from xetrack_cli.files.csv_records import MalformedError, Records, choose_delimiter
from xetrack_cli.files.formats import CSV, PARQUET, FileOfRowsNotFoundError, UnreadableFileError
from xetrack_cli.queries.table_query import DURATIONS
from xetrack_cli.queries.typed_values import parse_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from xetrack.model.kinds import Kind
    from xetrack_cli.files.content import TextForm

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # which begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(
    path: Path, file_format: str, known: Mapping[str, Collection[Kind]], form: TextForm, shown: str
) -> Content:
    """Read a file of rows.

    Parameters
    ----------
    path
        The file.
    file_format
        `CSV`, `JSONL` or `PARQUET`.
    known
        What the columns of the table hold; a cell of CSV is read as that, and numbers of JSON lines
        as durations.
    form
        What was said about the text.
    shown
        What the file is called in messages.

    Returns
    -------
    Content
        All rows, column by column.

    Raises
    ------
    FileOfRowsNotFoundError
        There is no such file.
    UnreadableFileError
        The file is not what its name says.
    InvalidArgumentError
        There is no such encoding.
    """
    if not path.exists():
        raise FileOfRowsNotFoundError(shown)
    with _explained(shown, form.encoding):
        check_regular(path)
        if file_format == PARQUET:
            from xetrack_cli.files.parquet_reading import read_parquet  # noqa: PLC0415 - seldom

            return read_parquet(path)
        encoding = form.encoding or _encoding_of(path)
        if file_format == CSV:
            return _csv(path, encoding, known, form)
        return _json_lines(path, encoding, known)


@contextmanager
def _explained(shown: str, encoding: str | None) -> Iterator[None]:
    """Turn what reading a file may raise into what users know."""
    try:
        yield
    except XetrackError:
        raise
    except LookupError as error:
        if encoding is None:
            raise
        expected = "the name of an encoding of texts, such as cp1252"
        raise InvalidArgumentError("--encoding", encoding, expected) from error
    except UnicodeError as error:
        hint = "" if encoding else ". Say what it is, such as --encoding cp1252"
        reason = f"it is no {encoding or 'UTF-8'}: {error}{hint}"
        raise UnreadableFileError(shown, reason) from error
    except (MalformedError, TooMuchError) as error:
        raise UnreadableFileError(shown, str(error)) from error
    except NotRegularError as error:
        raise UnreadableFileError(shown, f"it is {error.what}") from error
    except OSError as error:
        raise UnreadableFileError(shown, error.strerror or str(error)) from error


def _encoding_of(path: Path) -> str:
    with read_regular(path) as file:
        beginning = file.read(4)
    return next((name for mark, name in _MARKS if beginning.startswith(mark)), "utf-8")


def _csv(
    path: Path, encoding: str, known: Mapping[str, Collection[Kind]], form: TextForm
) -> Content:
    delimiter, skipped = form.delimiter, 0
    if delimiter is None:
        with read_text(path, encoding=encoding, newline="") as file:
            delimiter, skipped = choose_delimiter(lines_of(file))
    with read_text(path, encoding=encoding, newline="") as file:
        records = Records(islice(lines_of(file), skipped, None), delimiter)
        records.number = skipped
        header = next(records, []) if form.header else []
        if any("\0" in name for name in header):
            raise MalformedError("its names have null characters. Type --encoding utf-16-le")
        width, rows = len(header), []
        for row in records:
            width = width or len(row)
            if len(row) != width:
                reason = f"line {records.number} has {len(row)} cells instead of {width}"
                raise MalformedError(reason)
            rows.append(row)
    if not width:
        raise MalformedError("it has no line of names" if form.header else "it is empty")
    if width > COLUMNS:
        raise MalformedError(f"it has more than {COLUMNS:,} columns")
    reader = CellReader.of(header, rows, delimiter, raw=form.raw)
    columns = [*zip(*rows, strict=True)] if rows else [()] * width
    names = [str(name) if form.raw else unguarded(str(name)) for name in header or [""] * width]
    named = {
        at: name or f"column_{at + 1}"
        for at, name in enumerate(names)
        if name or any(columns[at])  # else the lines end in a delimiter
    }
    twice = {name for name, count in Counter(named.values()).items() if count > 1}
    if twice:
        raise MalformedError(f"it has two columns named {min(twice)!r}")
    if not named:
        raise MalformedError("it has no line of names")
    return Content(
        tuple(named.values()),
        tuple(
            reader.text_column(columns[at])
            if name in OWN
            else reader.column(columns[at], known.get(name))
            for at, name in named.items()
        ),
    )


def _json_lines(path: Path, encoding: str, known: Mapping[str, Collection[Kind]]) -> Content:
    with read_text(path, encoding=encoding) as file:
        columns = columns_of(_objects(lines_of(file)))
    for name, cells in columns.items():
        kinds = known.get(name)
        if kinds and DURATIONS.issuperset(kinds):  # which JSON has as their seconds
            columns[name] = [
                parse_value(str(cell), kinds) if type(cell) in {int, float, str} else cell
                for cell in cells
            ]
    return Content(tuple(columns), tuple(columns.values()))


def _objects(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise MalformedError(f"line {number} is no JSON") from error
        if not isinstance(row, dict):
            raise MalformedError(f"line {number} is no JSON object")
        yield row
