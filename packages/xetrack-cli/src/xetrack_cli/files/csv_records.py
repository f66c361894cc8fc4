"""Lines of CSV become records, whose cells know whether they stood in quotes; delimiters are told.

Python's reader forgets the quotes, which tell the text ``5`` from the number and an empty text from
a missing cell, and has a limit to the length of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from xetrack.model.names import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMA = ","
DELIMITERS = (COMMA, ";", "\t", "|")
"""What is tried, where nobody says it."""

ENDS = "\r\n"
_SAMPLE = 100
"""Lines by which the delimiter is chosen."""

_INSIDE = re.compile(r'[^"]*(?:""[^"]*)*')
_DECLARED = re.compile(r"sep=(.)[\r\n]*")
"""The first line by which Excel is told the delimiter."""


class Quoted(str):
    """A cell that stood in quotes."""

    __slots__ = ()


class MalformedError(ValueError):
    """Lines are no CSV; the text says in which way, as a clause."""


class Records(Iterator[list[str]]):
    """The records of a file of CSV, without empty lines.

    Parameters
    ----------
    lines
        The lines, with their ends as they are.
    delimiter
        The character between cells.
    """

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self.number = 0
        """How many lines were read."""

    def __next__(self) -> list[str]:
        while not (line := self._line()).strip(ENDS):
            pass
        if '"' not in line:
            return line.rstrip(ENDS).split(self._delimiter)
        return self._cells(line)

    def _line(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line

    def _cells(self, line: str) -> list[str]:
        cells: list[str] = []
        at = 0
        while True:
            if not line.startswith('"', at):
                end = line.find(self._delimiter, at)
                if end < 0:
                    return [*cells, line[at:].rstrip(ENDS)]
                cells.append(line[at:end])
                at = end + 1
                continue
            text, line, at = self._quoted(line, at + 1)
            cells.append(Quoted(text))
            if not line[at:].strip(ENDS):
                return cells
            if line[at] != self._delimiter:
                raise MalformedError(f"line {self.number} goes on behind a closing quote")
            at += 1

    def _quoted(self, line: str, at: int) -> tuple[str, str, int]:
        """Return a text in quotes, with the line that it ends in, and where it ends."""
        pieces = []
        while True:
            match = _INSIDE.match(line, at)
            assert match is not None  # noqa: S101 - an empty text matches
            pieces.append(match[0])
            if match.end() < len(line):
                return "".join(pieces).replace('""', '"'), line, match.end() + 1
            try:
                line, at = self._line(), 0
            except StopIteration:
                raise MalformedError(f"line {self.number}: unexpected end of data") from None


def choose_delimiter(lines: Iterable[str]) -> tuple[str, int]:
    """Choose the delimiter of a file by its first lines.

    Parameters
    ----------
    lines
        The lines of the file.

    Returns
    -------
    str
        The delimiter.
    int
        How many lines at the top only say the delimiter.

    Raises
    ------
    MalformedError
        None of the delimiters splits all lines alike, or several do.
    """
    sample = list(islice(lines, _SAMPLE))
    declared = _DECLARED.fullmatch(sample[0]) if sample else None
    if declared:
        return declared[1], 1
    records = {delimiter: _sampled(sample, delimiter) for delimiter in DELIMITERS}
    widths = {delimiter: {len(cells) for cells in rows} for delimiter, rows in records.items()}
    fit = [d for d in DELIMITERS if len(widths[d]) == 1 and widths[d] != {1}]
    # A quote within a cell is one around a cell, which another delimiter has.
    fit = [d for d in fit if not any(map(_has_stray_quote, records[d]))] or fit
    header = next(iter(records[COMMA]), [])
    if len(fit) == 1 or (COMMA in fit and not set(OWN).isdisjoint(header)):
        return fit[0], 0
    if fit:
        names = " and ".join(map(repr, fit))
        raise MalformedError(f"its lines can be split at {names}. Say which: --delimiter ','")
    if len(header) == 1 and any(len(rows[0]) > 1 for rows in records.values() if rows):
        raise MalformedError(
            "its lines have different numbers of cells, whatever they are split at. "
            "Say what its delimiter is: --delimiter ';'"
        )
    return COMMA, 0


def _sampled(lines: list[str], delimiter: str) -> list[list[str]]:
    """Return the records of the first lines; none where they are no CSV with this delimiter."""
    records = Records(lines, delimiter)
    rows: list[list[str]] = []
    try:
        for cells in records:
            rows.append(cells)  # noqa: PERF402 - those before the error count
    except MalformedError:
        # The last record may go on behind the sample.
        return rows if records.number == len(lines) else []
    return rows


def _has_stray_quote(cells: list[str]) -> bool:
    return any('"' in cell for cell in cells if type(cell) is str)
