"""A list of parts for a terminal: under the name of what brings them, and wrapped at words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from xetrack.errors.escapes import escaped
from xetrack_cli.render.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from xetrack.plugins.parts import Status

GAP = 2
"""Blanks between columns, and before the first."""

LEAST = 24
"""A column of texts that is narrower goes below its line."""

UNREMARKABLE = {"ready", "built-in"}
"""States that are not worth a word."""

_BOLD, _YELLOW = "1", "33"


def list_parts(statuses: Iterable[Status], columns: int, *, colored: bool) -> str:
    """Write the parts of each distribution below its name.

    Each part begins a line. A text that does not fit goes on below itself; no word is cut, unless
    it is wider than the terminal.

    Parameters
    ----------
    statuses
        The parts and plugins.
    columns
        Places of the terminal.
    colored
        Whether states and names stand out by colours.

    Returns
    -------
    str
        The lines.
    """
    ordered = sorted(statuses, key=lambda status: (status.state != "built-in", status.release))
    head = [max((width_of(status.kind) for status in ordered), default=0)]
    head.append(max((width_of(escaped(status.name)) for status in ordered), default=0))
    lines: list[str] = []
    for release, group in groupby(ordered, key=lambda status: status.release):
        lines.append(_colored(escaped(release), _BOLD, colored=colored))
        for status in group:
            lines += _lines_of(status, head, columns, colored=colored)
    return "".join(f"{line}\n" for line in lines)


def _lines_of(status: Status, head: Sequence[int], columns: int, *, colored: bool) -> Iterator[str]:
    blanks = " " * GAP
    cells = (status.kind, escaped(status.name))
    first = blanks + blanks.join(
        cell + " " * (width - width_of(cell)) for cell, width in zip(cells, head, strict=True)
    )
    text = status.summary
    if status.state not in UNREMARKABLE:
        text = f"{status.state}: {status.reason}"
    indent = width_of(first) + GAP
    text = escaped(" ".join(text.split()))
    longest = max(map(width_of, text.split()), default=0)
    beside = columns - indent >= max(LEAST, longest)
    indent = indent if beside else 2 * GAP
    texts = wrapped(text, columns - indent)
    if status.state not in UNREMARKABLE:
        texts = [_colored(part, _YELLOW, colored=colored) for part in texts]
    if beside and texts:
        yield f"{first}{blanks}{texts.pop(0)}"
    else:
        yield first.rstrip()
    for part in texts:
        yield " " * indent + part


def wrapped(text: str, width: int, measure: Callable[[str], int] = width_of) -> list[str]:
    """Break a text between words.

    Parameters
    ----------
    text
        Words with single blanks between them.
    width
        Places of a line; a word that is wider gets a line of its own.
    measure
        Tells how many places a text takes.

    Returns
    -------
    list of str
        The lines; none for an empty text.

    Examples
    --------
    >>> wrapped("Rows as messages to a topic", 12)
    ['Rows as', 'messages to', 'a topic']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and measure(lines[-1]) + 1 + measure(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _colored(text: str, color: str, *, colored: bool) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if colored else text
