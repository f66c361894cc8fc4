"""Reading a file of rows: all of it, or an error that says where it is wrong."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.errors import MissingPackageError, XetrackError
from xetrack.frames.csv_injection import MARK, is_formula
from xetrack.logs.json_lines import CELLS, COLUMNS, EACH, TooMuchError, columns_of, lines_of
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.times import rounded_times
from xetrack.process.regular_files import NotRegularError, check_regular, read_regular, read_text
from xetrack_cli import messages
from xetrack_cli.files.formats import (
    CSV,
    PARQUET,
    FileOfRowsNotFoundError,
    UnreadableFileError,
    format_of,
)
from xetrack_cli.queries.table_query import DURATIONS
from xetrack_cli.queries.typed_values import guess_value, parse_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from xetrack.model.kinds import Kind, Value

_NUMBERS, _JSON = {int, float}, {list, dict}


@frozen
class Content:
    """The columns of a file of rows."""

    names: tuple[str, ...]
    columns: tuple[Sequence[Value], ...]
    """The cells of each column."""


def unguarded(text: str) -> str:
    """Take the ``'`` away that a CSV of xetrack has before a formula."""
    return text[1:] if text[:1] == MARK and is_formula(text[1:]) else text


def read(path: Path, known: Mapping[str, Collection[Kind]], *, raw: bool) -> Content:
    """Read a file of rows.

    Parameters
    ----------
    path
        The ending says the format.
    known
        What the columns of the table hold; a cell of CSV is read as that, and numbers of JSON lines
        as durations.
    raw
        In CSV: keep the ``'`` before what looks like a formula.

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
    """
    kind = format_of(path)
    if not path.exists():
        raise FileOfRowsNotFoundError(str(path))
    try:
        check_regular(path)
        if kind == PARQUET:
            return _parquet(path)
        return _csv(path, known, raw=raw) if kind == CSV else _json_lines(path, known)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(str(path), f"it is no UTF-8: {error}") from error
    except TooMuchError as error:
        raise UnreadableFileError(str(path), str(error)) from error
    except NotRegularError as error:
        raise UnreadableFileError(str(path), f"it is {error.what}") from error
    except XetrackError:
        raise
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or str(error)) from error


def _csv(path: Path, known: Mapping[str, Collection[Kind]], *, raw: bool) -> Content:
    with read_text(path, encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(lines_of(file), strict=True)
        try:
            names = [name if raw else unguarded(name) for name in next(lines, [])]
            rows = []
            for row in lines:
                if not row:
                    continue
                if len(row) != len(names):
                    reason = f"line {lines.line_num} has {len(row)} cells instead of {len(names)}"
                    raise UnreadableFileError(str(path), reason)
                rows.append(row if raw else list(map(unguarded, row)))
        except csv.Error as error:
            raise UnreadableFileError(str(path), f"line {lines.line_num}: {error}") from error
    if not names:
        raise UnreadableFileError(str(path), "it has no line of names")
    if len(names) > COLUMNS:
        raise UnreadableFileError(str(path), f"it has more than {COLUMNS:,} columns")
    twice = {name for name, count in Counter(names).items() if count > 1}
    if twice:
        raise UnreadableFileError(str(path), f"it has two columns named {min(twice)!r}")
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    columns = (
        _parse_cells(column, known.get(name)) for name, column in zip(names, cells, strict=True)
    )
    return Content(tuple(names), tuple(columns))


def _parse_cells(texts: Sequence[str], kinds: Collection[Kind] | None) -> list[Value]:
    """Read the cells of a column; without a table to go by, all of them decide what it holds."""
    if kinds:
        return [parse_value(text, kinds) if text else None for text in texts]
    values = [guess_value(text) if text else None for text in texts]
    types = {type(value) for value in values} - {type(None)}
    if types <= _NUMBERS or types <= _JSON or types == {bool}:
        return values
    return [text or None for text in texts]


def _json_lines(path: Path, known: Mapping[str, Collection[Kind]]) -> Content:
    with read_text(path) as file:
        columns = columns_of(_objects(path, lines_of(file)))
    for name, cells in columns.items():
        kinds = known.get(name)
        if kinds and DURATIONS.issuperset(kinds):  # which JSON has as their seconds
            columns[name] = [
                parse_value(str(cell), kinds) if type(cell) in {int, float, str} else cell
                for cell in cells
            ]
    return Content(tuple(columns), tuple(columns.values()))


def _objects(path: Path, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableFileError(str(path), f"line {number} is no JSON") from error
        if not isinstance(row, dict):
            raise UnreadableFileError(str(path), f"line {number} is no JSON object")
        yield row


def _parquet(path: Path) -> Content:
    try:
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - seldom needed
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("pyarrow, which reads Parquet,", "arrow") from error
    with read_regular(path) as file:
        try:
            return _columns(path, parquet.ParquetFile(file), os.fstat(file.fileno()).st_size)
        except MemoryError as error:
            raise UnreadableFileError(str(path), "there is no memory for its cells") from error
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFileError(str(path), " ".join(str(error).split())) from error


def _columns(path: Path, file: Any, size: int) -> Content:
    """Read the columns of a Parquet file, if they are no more than its size is worth.

    A few bytes can stand for any number of equal cells, and these for any number of bytes.
    """
    names = tuple(file.schema_arrow.names)
    rows = file.metadata.num_rows
    groups = (file.metadata.row_group(at) for at in range(file.metadata.num_row_groups))
    much = f"{rows:,} rows of {len(names):,} columns are packed into {size:,} bytes"
    if (
        rows * len(names) > max(CELLS, EACH * size)
        or len(names) > COLUMNS
        or sum(group.total_byte_size for group in groups) > max(_BYTES, EACH * size)
    ):
        raise UnreadableFileError(str(path), much)
    columns: list[list[Value]] = [[] for _ in names]
    rounded: dict[str, None] = {}
    read = 0
    for batch in file.iter_batches(batch_size=_ROWS):
        cells_of = [_decoded(column) for column in batch.columns]
        read += sum(column.nbytes for column in cells_of)
        if read > max(_BYTES, EACH * size):
            raise UnreadableFileError(str(path), much)
        for name, cells, column in zip(names, columns, cells_of, strict=True):
            before = rounded_times()
            try:
                cells.extend(map(plain, column.to_pylist()))
            except NotPlainError as error:
                reason = f"its column {name!r} holds a {error}, which is no plain value"
                raise UnreadableFileError(str(path), reason) from error
            except (ValueError, ArithmeticError) as error:  # a time beyond Python's
                reason = f"its column {name!r} holds what Python has no value for: {error}"
                raise UnreadableFileError(str(path), reason) from error
            if rounded_times() != before:
                rounded[name] = None
    if rounded:
        messages.warning(
            f"Times in {path} were cut to microseconds, in: {', '.join(map(repr, rounded))}."
        )
    return Content(names, tuple(columns))


def _decoded(column: Any) -> Any:
    """Return an array with the bytes of all its cells, of which some are stored once for many."""
    decode = getattr(column, "dictionary_decode", None)
    return column if decode is None else decode()


_BYTES, _ROWS = 128 * 2**20, 256
"""Bytes that a small file may hold, and rows that are looked at before the next are read."""
