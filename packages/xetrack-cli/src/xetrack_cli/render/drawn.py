"""Tables drawn on a terminal, in colour, fitted to its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table as Drawing
from rich.text import Text

from xetrack.errors.escapes import escaped
from xetrack_cli.render.cells import is_numeric, text_of, width_of
from xetrack_cli.render.fit import DOTS, cut, fit

if TYPE_CHECKING:
    from typing import TextIO

    from xetrack_cli.render.model import Table


def draw(table: Table, out: TextIO) -> list[str]:
    """Draw a table, fitted to the width of the terminal.

    Floats are rounded, and texts that are too long are cut, or broken where the table says so.
    Of columns for which there is no room, those without a single value go first.

    Parameters
    ----------
    table
        The rows.
    out
        The terminal.

    Returns
    -------
    list of str
        The names of the columns for which there was no room.
    """
    # Stored text is neither markup nor emoji nor a number to be coloured.
    console = Console(file=out, markup=False, emoji=False, highlight=False)
    columns = [[row[at] for row in table.rows] for at in range(len(table.names))]
    names = [escaped(name) for name in table.names]
    texts = [[text_of(cell, short=True) for cell in column] for column in columns]
    chosen = (
        dict.fromkeys(range(len(names))) if table.whole else _fitted(names, texts, console, table)
    )
    drawing = Drawing(box=box.ROUNDED, header_style="bold cyan", border_style="dim")
    cells: list[list[str]] = []
    for at, width in chosen.items():
        if at == _LEFT_OUT:
            drawing.add_column(DOTS, style="dim")
            cells.append([DOTS] * len(table.rows))
            continue
        drawing.add_column(
            Text(names[at] if width is None else cut([names[at]], width)[0]),
            justify="right" if is_numeric(columns[at]) else "left",
            width=width,
            no_wrap=not table.whole,
            overflow="fold",
        )
        cells.append(texts[at] if width is None else cut(texts[at], width))
    for number, row in enumerate(zip(*cells, strict=True)):
        style = "bold yellow" if number in table.marked else None
        drawing.add_row(*map(Text, row), style=style)
    console.print(drawing)
    return [name for at, name in enumerate(names) if at not in chosen]


_LEFT_OUT = -1
"""Stands for the column of dots."""


def _fitted(
    names: list[str], texts: list[list[str]], console: Console, table: Table
) -> dict[int, int | None]:
    """Choose the columns that fit, each with its width, in order."""
    wanted = [
        max([width_of(name), *map(width_of, column)])
        for name, column in zip(names, texts, strict=True)
    ]
    places = list(range(len(names)))
    widths = fit(wanted, console.width, table.least, table.firm, table.ranks)
    if None in widths:
        stay = {at for at, rank in enumerate(table.ranks) if rank == 0} | set(range(table.firm))
        places = [at for at in places if at in stay or any(texts[at])] or places
        ranks = [table.ranks[at] for at in places] if table.ranks else ()
        chosen_widths = [wanted[at] for at in places]
        widths = fit(chosen_widths, console.width, table.least, table.firm, ranks)
    chosen: dict[int, int | None] = {}
    for at, width in zip(places, widths, strict=True):
        chosen[_LEFT_OUT if width is None else at] = width
    return chosen
