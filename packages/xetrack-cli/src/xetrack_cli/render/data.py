"""Tables for programs: JSON and CSV, written row by row."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from xetrack.errors.escapes import escaped
from xetrack.frames.csv_injection import Lines, guarded
from xetrack_cli.messages import is_terminal
from xetrack_cli.render.cells import is_number, json_value, raw_text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO


def write_json(items: Iterable[Any], out: TextIO) -> None:
    """Write one JSON array, an item a line, in strict JSON (see `json_value`).

    What does not print is written as JSON's own escapes, so that nothing in the data can play
    with a terminal; a parser gives back every character.
    """
    before = "[\n"
    for item in items:
        out.write(before + printable(json.dumps(json_value(item), ensure_ascii=False)))
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


def objects(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[dict[str, Any]]:
    """Make an object of each row; of names that SQL gave twice, the second gets a suffix."""
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

    Parameters
    ----------
    names, rows
        What to write.
    out
        Where to.
    raw
        Leave texts that a spreadsheet would run as a formula as they are; otherwise they get a
        ``'`` in front, which makes them text there. Numbers are never touched.

    On a terminal, what could play with it is written out as in tables; elsewhere every character
    stays.
    """
    for _ in csv_rows(names, rows, out, raw=raw):
        pass


def csv_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, *, raw: bool = False
) -> Iterator[None]:
    """Do the same, and let the caller do something after each line."""
    writer = csv.writer(Lines(out), lineterminator=Lines.END)
    cell = raw_text_of if raw else _harmless
    shown = (lambda value: escaped(cell(value))) if is_terminal(out) else cell
    writer.writerow(map(shown, names))
    yield
    for row in rows:
        writer.writerow(map(shown, row))
        yield


def _harmless(value: object) -> str:
    text = raw_text_of(value)
    return text if is_number(value) else guarded(text)


def printable(text: str) -> str:
    """Write what does not print in a JSON text as JSON's own escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
