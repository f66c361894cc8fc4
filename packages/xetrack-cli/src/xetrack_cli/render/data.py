"""Tables for programs: JSON and CSV, written row by row."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped
from xetrack.frames.csv_injection import Lines, guarded
from xetrack_cli.messages import is_terminal
from xetrack_cli.render.cells import is_measure, json_value, raw_text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO


def write_json(items: Iterable[Any], out: TextIO) -> None:
    """Write one JSON array, an item a line, in strict JSON (see `json_value`).

    What does not print is written as JSON's own escapes, so that nothing in the data can control
    a terminal; a parser gives back every character.

    Parameters
    ----------
    items
        What `json_value` takes.
    out
        Where to.
    """
    before = "[\n"
    for item in items:
        out.write(before + printable(json.dumps(json_value(item), ensure_ascii=False)))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def to_dicts(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[dict[str, Any]]:
    """Make a dict of each row; of names that SQL gave twice, the second gets a suffix.

    Parameters
    ----------
    names
        The columns.
    rows
        The cells of each row, in the order of the names.

    Returns
    -------
    Iterable
        A dict for each row.
    """
    unique: list[str] = []
    for name in names:
        key, number = name, 2
        while key in unique:
            key, number = f"{name}_{number}", number + 1
        unique.append(key)
    return (dict(zip(unique, row, strict=True)) for row in rows)


def write_csv(
    names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, *, raw: bool = False
) -> None:
    """Write CSV with a line of names; missing cells are empty.

    On a terminal, control characters are written out as in tables; elsewhere every character
    stays.

    Parameters
    ----------
    names
        The columns.
    rows
        The cells of each row, in the order of the names.
    out
        Where to.
    raw
        Leave texts that a spreadsheet would run as a formula as they are; otherwise they get a
        ``'`` in front, which makes them text there. Numbers are never touched.
    """
    for _ in iterate_csv_lines(names, rows, out, raw=raw):
        pass


def iterate_csv_lines(
    names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, *, raw: bool = False
) -> Iterator[None]:
    """Write CSV as `write_csv` does, and yield after each line.

    Parameters
    ----------
    names
        The columns.
    rows
        The cells of each row, in the order of the names.
    out
        Where to.
    raw
        Leave texts that a spreadsheet would run as a formula as they are; otherwise they get a
        ``'`` in front, which makes them text there. Numbers are never touched.

    Yields
    ------
    None
        After the line of names, and after each row.
    """
    writer = csv.writer(Lines(out), lineterminator=Lines.END)
    cell = raw_text_of if raw else _guarded_text
    written = (lambda value: escaped(cell(value))) if is_terminal(out) else cell
    writer.writerow(map(written, names))
    yield
    for row in rows:
        writer.writerow(map(written, row))
        yield


def _guarded_text(value: object) -> str:
    text = raw_text_of(value)
    return text if is_measure(value) else guarded(text)


def printable(text: str) -> str:
    """Write what does not print in a JSON text as JSON's own escapes.

    Parameters
    ----------
    text
        JSON in one line.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
