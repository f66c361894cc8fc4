"""Rows become a file, which is there as a whole or not at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xetrack.frames.files import replacing, to_parquet
from xetrack.interfaces.engines.capabilities import WritesFiles
from xetrack.interfaces.engines.repeats import read_whole
from xetrack.model.names import OWN
from xetrack_cli import messages
from xetrack_cli.files.csv_cells import TEXT_KINDS, write_cell, write_names
from xetrack_cli.files.csv_records import COMMA
from xetrack_cli.files.formats import CSV, PARQUET, TAB, format_of
from xetrack_cli.files.json_text import json_text
from xetrack_cli.queries.table_query import iterate_rows
from xetrack_cli.render.cells import pluralized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from xetrack.interfaces.engine import Column
    from xetrack_cli.queries.table_query import TableQuery


def write(
    query: TableQuery,
    columns: Sequence[str] | None,
    path: Path,
    file_format: str | None = None,
    *,
    raw: bool,
    **options: Any,
) -> int:
    """Write rows, and return how many.

    The database writes CSV and Parquet itself, if it can. Otherwise CSV is written as the rows
    come, like JSON lines, and Parquet needs them all in memory.

    Parameters
    ----------
    query, columns, options
        Which rows; see `TableQuery.selection`.
    path
        Where to.
    file_format
        The format; by default the ending of the path tells it.
    raw
        In CSV: leave what looks like a formula as it is.

    Returns
    -------
    int
        Rows written.
    """
    file_format = format_of(path, file_format)
    # Nobody sees the file before it is whole.
    return read_whole(query.engine, lambda: _write(query, columns, path, file_format, raw, options))


def _write(
    query: TableQuery,
    chosen: Sequence[str] | None,
    path: Path,
    file_format: str,
    raw: bool,
    options: dict[str, Any],
) -> int:
    selection = query.selection(chosen or None, **options)
    if file_format == PARQUET:
        return to_parquet(selection, path)
    names = tuple(chosen or (column.name for column in selection.columns))
    with replacing(path) as temporary:
        tabs = path.suffix.lower() == TAB
        if file_format == CSV and not tabs and isinstance(selection, WritesFiles):
            count = selection.write_csv(
                str(temporary), nan="nan", guarded=not raw, quoted=frozenset(names) - set(OWN)
            )
            if count is not None:
                return count
        rows = iterate_rows(selection)
        with temporary.open("w", encoding="utf-8", newline="") as out:
            out.reconfigure(errors="backslashreplace")
            if file_format == CSV:
                texts = [len(names) > 1 and _holds_texts(column) for column in selection.columns]
                return _csv(names, texts, rows, out, raw=raw, delimiter="\t" if tabs else COMMA)
            return _json_lines(names, rows, out)


def _holds_texts(column: Column) -> bool:
    """Return True if a column holds what is a text in CSV, and nothing else."""
    return bool(column.kinds) and column.kinds <= TEXT_KINDS


def _csv(
    names: Sequence[str],
    texts: Sequence[bool],
    rows: Iterable[Sequence[Any]],
    out: TextIO,
    *,
    raw: bool,
    delimiter: str,
) -> int:
    # An empty line would be none, so a missing cell that is alone in it is a word.
    missing = "" if len(names) > 1 else "NA"
    out.write(f"{delimiter.join(write_names(names, raw=raw))}\n")
    count = 0
    for row in rows:
        count += 1
        cells = (
            missing if value is None else write_cell(value, only_texts=only_texts, raw=raw)
            for value, only_texts in zip(row, texts, strict=True)
        )
        out.write(f"{delimiter.join(cells)}\n")
    return count


def _json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> int:
    count = lost = 0
    for row in rows:
        count += 1
        cells = dict(zip(names, row, strict=True))
        out.write(f"{json_text(cells)}\n")
        lost += sum(type(cell) is float and math.isnan(cell) for cell in row)
    if lost:
        messages.warning(
            f"{pluralized(lost, 'cell')} of nan became null, as JSON has no nan. "
            "Export CSV or Parquet to have them back."
        )
    return count
