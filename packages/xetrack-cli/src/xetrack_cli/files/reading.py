"""A file becomes rows: all of it, or an error that says where it is wrong."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from attrs import frozen

from xetrack.errors import MissingPackageError
from xetrack.formulas import unguarded
from xetrack.kinds import NotPlainError, plain
from xetrack_cli.files.formats import (
    CSV,
    PARQUET,
    FileOfRowsNotFoundError,
    UnreadableFileError,
    format_of,
)
from xetrack_cli.values import guessed, parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from xetrack.kinds import Kind, Value

_NUMBERS, _JSON = {int, float}, {list, dict}


@frozen
class Content:
    """What is in a file of rows."""

    names: tuple[str, ...]
    columns: tuple[Sequence[Value], ...]
    """The cells of each column."""


def read(path: Path, known: Mapping[str, Collection[Kind]], *, raw: bool) -> Content:
    """Read a file of rows.

    Parameters
    ----------
    path
        The ending says the format.
    known
        What the columns of the table hold; a cell of CSV is read as that.
    raw
        In CSV: keep the ``'`` before what looks like a formula.

    Raises
    ------
    UnreadableFileError
        The file is not what its name says.
    """
    kind = format_of(path)
    if not path.is_file():
        raise FileOfRowsNotFoundError(str(path))
    if kind == PARQUET:
        return _parquet(path)
    try:
        return _csv(path, known, raw=raw) if kind == CSV else _json_lines(path)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(str(path), f"it is no UTF-8: {error}") from error


def _csv(path: Path, known: Mapping[str, Collection[Kind]], *, raw: bool) -> Content:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
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
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UnreadableFileError(str(path), f"it has two columns named {min(twice)!r}")
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    columns = (_typed(column, known.get(name)) for name, column in zip(names, cells, strict=True))
    return Content(tuple(names), tuple(columns))


def _typed(texts: Sequence[str], kinds: Collection[Kind] | None) -> list[Value]:
    """Read the cells of a column; without a table to go by, all of them decide what it holds."""
    if kinds:
        return [parsed(text, kinds) if text else None for text in texts]
    values = [guessed(text) if text else None for text in texts]
    types = {type(value) for value in values} - {type(None)}
    if types <= _NUMBERS or types <= _JSON or types == {bool}:
        return values
    return [text or None for text in texts]


def _json_lines(path: Path) -> Content:
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UnreadableFileError(str(path), f"line {number} is no JSON") from error
            if not isinstance(row, dict):
                raise UnreadableFileError(str(path), f"line {number} is no JSON object")
            rows.append(row)
    return _of_dicts(rows)


def _parquet(path: Path) -> Content:
    try:
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - seldom needed
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("pyarrow, which reads Parquet,", "arrow") from error
    try:
        found = parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(str(path), " ".join(str(error).split())) from error
    columns = []
    for name, column in zip(found.column_names, found.columns, strict=True):
        try:
            columns.append([plain(cell) for cell in column.to_pylist()])
        except NotPlainError as error:
            reason = f"its column {name!r} holds a {error}, which is no plain value"
            raise UnreadableFileError(str(path), reason) from error
    return Content(tuple(found.column_names), tuple(columns))


def _of_dicts(rows: Sequence[dict[str, Any]]) -> Content:
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Content(names, tuple([row.get(name) for row in rows] for name in names))
