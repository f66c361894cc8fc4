"""Rows become a file, which is there as a whole or not at all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from xetrack.frames.files import replacing, to_parquet
from xetrack.interfaces.capabilities import WritesFiles
from xetrack_cli.files.formats import CSV, PARQUET, format_of
from xetrack_cli.queries.table_query import by_row
from xetrack_cli.render.cells import json_value
from xetrack_cli.render.data import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from xetrack_cli.queries.table_query import Asked

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity')


def write(
    asked: Asked, columns: Sequence[str] | None, path: Path, *, raw: bool, **query: Any
) -> int:
    """Write rows, and return how many.

    The database writes CSV and Parquet itself, if it can. Otherwise CSV is written as the rows
    come, like JSON lines, and Parquet needs them all in memory.

    Parameters
    ----------
    asked, columns, query
        Which rows.
    path
        The ending says the format.
    raw
        In CSV: leave what looks like a formula as it is.
    """
    names = tuple(columns or asked.columns)
    if format_of(path) == PARQUET:
        return to_parquet(asked.selection(names, **query), path)
    found = asked.selection(names, **query)
    with replacing(path) as temporary:
        if format_of(path) == CSV and isinstance(found, WritesFiles):
            count = found.write_csv(str(temporary), nan="nan", guarded=not raw)
            if count is not None:
                return count
        rows = by_row(found)
        with temporary.open("w", encoding="utf-8", newline="") as out:
            out.reconfigure(errors="backslashreplace")
            if format_of(path) == CSV:
                return sum(1 for _ in csv_rows(names, rows, out, raw=raw)) - 1
            return _json_lines(names, rows, out)


def _json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> int:
    count = 0
    for row in rows:
        count += 1
        cells = dict(zip(names, row, strict=True))
        text = json.dumps(json_value(cells, infinite=True), ensure_ascii=False)
        if "Infinity" in text:
            # JSON has no infinity; most readers take a number that is too large for one.
            text = _TOKEN.sub(lambda found: "1e999" if found[0] == "Infinity" else found[0], text)
        out.write(f"{text}\n")
    return count
