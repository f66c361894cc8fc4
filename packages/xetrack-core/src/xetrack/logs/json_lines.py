"""Lines of text become columns of plain values, in memory that the size of the file bounds.

A line without an end, or lines that have each a key of its own, would need any amount of it.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TextIO

LONGEST = 16 * 2**20
"""Characters of a line, at most. A value of JSON can take twenty times the room of its text."""

COLUMNS = 20_000
"""Columns, at most: a frame takes a millisecond for each few of them."""

CELLS, EACH = 5_000_000, 20
"""Cells, given or missing, that there may be in any case, and for each that is given."""


class TooMuchError(ValueError):
    """A file asks for more memory than its rows are worth; the text says in which way."""


def lines_of(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file.

    Parameters
    ----------
    file
        Open for reading, as text.

    Raises
    ------
    TooMuchError
        A line is longer than `LONGEST`.
    """
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if len(line) == LONGEST and line[-1] != "\n":
            raise TooMuchError(f"line {number} is longer than {LONGEST:,} characters")
        yield line


def columns_of(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Bring dicts to columns of one length; what a dict lacks is None.

    Parameters
    ----------
    records
        The dicts, each a row.

    Returns
    -------
    dict
        The cells of each column by its name.

    Raises
    ------
    TooMuchError
        There would be more than `COLUMNS` columns, or hardly a cell in them.
    """
    columns: dict[str, list[Any]] = {}
    rows = cells = 0
    for record in records:
        for name, value in record.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = []
            if len(column) < rows:
                column.extend(repeat(None, rows - len(column)))
            column.append(value)
        rows += 1
        cells += len(record)
        if len(columns) > COLUMNS or rows * len(columns) > max(CELLS, EACH * cells):
            raise TooMuchError(
                f"its first {rows:,} rows have {len(columns):,} different keys, most of them "
                "missing in most rows"
            )
    for column in columns.values():
        column.extend(repeat(None, rows - len(column)))
    return columns
