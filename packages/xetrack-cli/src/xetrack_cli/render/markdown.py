"""Tables in Markdown, padded so that they are read as they are: for pipes, files and issues."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from xetrack.errors.escapes import escaped
from xetrack_cli.render.cells import is_numeric, text_of, width_of
from xetrack_cli.render.fit import shortened
from xetrack_cli.render.inline import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack_cli.render.model import Table

LONGEST = 300
"""Places of a cell in a pipe; JSON and CSV have all of it."""

_PADDING = 2
"""A column is at least so much wider than its name."""


def markdown(table: Table) -> Iterator[str]:
    """Write a table line by line, with cells of `LONGEST` places at most.

    A table that is shown as a whole is not cut. Numbers stand on the right, everything else on the
    left. Floats are rounded to six digits: JSON and CSV have them exact.

    Parameters
    ----------
    table
        The rows.

    Returns
    -------
    Iterator
        The lines, without their ends.
    """
    columns = [[row[at] for row in table.rows] for at in range(len(table.names))]
    names = [cell(escaped(name)) for name in table.names]
    longest = math.inf if table.whole else LONGEST
    texts = [[_cell(text_of(value, short=True), longest) for value in column] for column in columns]
    right = [is_numeric(column) for column in columns]
    if table.numbered:
        names.insert(0, "")
        texts.insert(0, [str(number) for number in range(len(table.rows))])
        right.insert(0, True)
    widths = [
        max([width_of(name) + _PADDING, *map(width_of, column)])
        for name, column in zip(names, texts, strict=True)
    ]
    yield _line(names, widths, right)
    yield "|".join(["", *map(_rule, widths, right), ""])
    for row in zip(*texts, strict=True):
        yield _line(row, widths, right)


def _cell(text: str, longest: float) -> str:
    return cell(text if len(text) <= longest else shortened(text, int(longest)))


def _line(cells: list[str] | tuple[str, ...], widths: list[int], right: list[bool]) -> str:
    return "|".join(["", *map(_padded, cells, widths, right), ""])


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - width_of(text))
    return f" {space}{text} " if right else f" {text}{space} "


def _rule(width: int, right: bool) -> str:
    line = "-" * (width + 1)
    return f"{line}:" if right else f":{line}"
