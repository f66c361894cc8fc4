"""Rows that come one after another: a line each, written at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xetrack.model.names import OWN
from xetrack_cli.render.cells import Pairs, json_value, text_of
from xetrack_cli.render.data import iterate_csv_lines, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from xetrack_cli.render.model import OutputFormat, Stream


def write(stream: Stream, form: OutputFormat, out: TextIO) -> None:
    """Write rows as they come, until Ctrl-C: JSON lines, CSV or ``name=value``.

    Parameters
    ----------
    stream
        The rows.
    form
        JSON, CSV, a line of text, or the format of a plugin.
    out
        Where to; it is flushed after each row.
    """
    try:
        if form.csv:
            cells = (list(map(row.get, stream.names)) for row in stream.rows)
            for _ in iterate_csv_lines(stream.names, cells, out, raw=form.raw):
                out.flush()
            return
        if form.writer is not None and not form.json:
            form.writer.write(stream.names, _flushed(stream, out), out)
            out.flush()
            return
        for row in stream.rows:
            if form.json:
                text = printable(json.dumps(json_value(row), ensure_ascii=False))
            else:
                text = _line(row)
            out.write(f"{text}\n")
            out.flush()
    except KeyboardInterrupt:
        pass  # that is how it ends


def _flushed(stream: Stream, out: TextIO) -> Iterator[list[Any]]:
    """Yield the cells of rows, and flush what was written of one before the next is waited for."""
    for row in stream.rows:
        yield list(map(row.get, stream.names))
        out.flush()


def _line(row: dict[str, Any]) -> str:
    """Write a row on one line: when, which run, and then what it has."""
    own = [text_of(row[name]) for name in OWN if name in row]
    rest = Pairs({k: value for k, value in row.items() if k not in OWN and value is not None})
    return " ".join([*own, text_of(rest, short=True)]).rstrip()
