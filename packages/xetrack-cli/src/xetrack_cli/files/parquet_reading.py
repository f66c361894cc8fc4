"""Reading a file of Parquet, in memory that its size bounds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from xetrack.errors import MissingPackageError
from xetrack.logs.json_lines import CELLS, COLUMNS, EACH
from xetrack.model.kinds import NotPlainError, plain
from xetrack.model.times import rounded_times
from xetrack.process.regular_files import read_regular
from xetrack_cli import messages
from xetrack_cli.files.content import Content
from xetrack_cli.files.csv_records import MalformedError

if TYPE_CHECKING:
    from pathlib import Path

    from xetrack.model.kinds import Value


def read_parquet(path: Path) -> Content:
    """Read a file of Parquet, whose cells have types.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Content
        All rows, column by column.

    Raises
    ------
    MalformedError
        It is no Parquet, or more than its size is worth.
    MissingPackageError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - seldom needed
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("pyarrow, which reads Parquet,", "arrow") from error
    with read_regular(path) as file:
        try:
            return _columns(path, parquet.ParquetFile(file), os.fstat(file.fileno()).st_size)
        except MemoryError as error:
            raise MalformedError("there is no memory for its cells") from error
        except (pa.ArrowException, OSError) as error:
            raise MalformedError(" ".join(str(error).split())) from error


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
        raise MalformedError(much)
    columns: list[list[Value]] = [[] for _ in names]
    rounded: dict[str, None] = {}
    read = 0
    for batch in file.iter_batches(batch_size=_ROWS):
        cells_of = [_decoded(column) for column in batch.columns]
        read += sum(column.nbytes for column in cells_of)
        if read > max(_BYTES, EACH * size):
            raise MalformedError(much)
        for name, cells, column in zip(names, columns, cells_of, strict=True):
            before = rounded_times()
            try:
                cells.extend(map(plain, column.to_pylist()))
            except NotPlainError as error:
                reason = f"its column {name!r} holds a {error}, which is no plain value"
                raise MalformedError(reason) from error
            except (ValueError, ArithmeticError) as error:  # a time beyond Python's
                reason = f"its column {name!r} holds what Python has no value for: {error}"
                raise MalformedError(reason) from error
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
