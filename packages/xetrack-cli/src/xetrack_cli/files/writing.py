"""Rows become a file, which is there as a whole or not at all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from xetrack.frames.files import replacing, to_parquet
from xetrack.interfaces.engines.capabilities import WritesFiles
from xetrack_cli.files.formats import CSV, PARQUET, format_of
from xetrack_cli.queries.table_query import iterate_rows
from xetrack_cli.render.cells import json_value
from xetrack_cli.render.data import iterate_csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from xetrack_cli.queries.table_query import TableQuery

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity')


def write(
    query: TableQuery, columns: Sequence[str] | None, path: Path, *, raw: bool, **options: Any
) -> int:
    """Write rows, and return how many.

    The database writes CSV and Parquet itself, if it can. Otherwise CSV is written as the rows
    come, like JSON lines, and Parquet needs them all in memory.

    Parameters
    ----------
    query, columns, options
        Which rows; see `TableQuery.selection`.
    path
        The ending says the format.
    raw
        In CSV: leave what looks like a formula as it is.

    Returns
    -------
    int
        Rows written.
    """
    names = tuple(columns or query.columns)
    if format_of(path) == PARQUET:
        return to_parquet(query.selection(names, **options), path)
    selection = query.selection(names, **options)
    with replacing(path) as temporary:
        if format_of(path) == CSV and isinstance(selection, WritesFiles):
            count = selection.write_csv(str(temporary), nan="nan", guarded=not raw)
            if count is not None:
                return count
        rows = iterate_rows(selection)
        with temporary.open("w", encoding="utf-8", newline="") as out:
            out.reconfigure(errors="backslashreplace")
            if format_of(path) == CSV:
                return sum(1 for _ in iterate_csv_lines(names, rows, out, raw=raw)) - 1
            return _json_lines(names, rows, out)


def _json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> int:
    count = 0
    for row in rows:
        count += 1
        cells = dict(zip(names, row, strict=True))
        text = json.dumps(json_value(cells, infinite=True), ensure_ascii=False)
        if "Infinity" in text:
            # JSON has no infinity; most readers take a number that is too large for one.
            text = _TOKEN.sub(lambda match: "1e999" if match[0] == "Infinity" else match[0], text)
        out.write(f"{text}\n")
    return count
