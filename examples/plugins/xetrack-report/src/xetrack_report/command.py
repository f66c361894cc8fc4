"""The command: what a run was given, what became of its numbers, and its last rows."""

from __future__ import annotations

from html import escape
from statistics import fmean
from typing import TYPE_CHECKING, Any

from xetrack import Reader
from xetrack.errors import RunNotFoundError
from xetrack.model.kinds import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST = 1e300
"""Numbers beyond it, and nan, are left out of the summary."""


def report(
    db: str, track_id: str, *, table: str = "default", html: bool = False, last: int = 10
) -> str:
    """Write a report of a run, in Markdown or HTML.

    It has the values that all rows of the run share, a summary of its numbers, and its last rows.

    Parameters
    ----------
    db
        Path or URL of the database.
    track_id
        The run.
    table
        The table to read.
    html
        HTML in place of Markdown.
    last
        How many of its last rows it has.

    Returns
    -------
    str
        The report, which xt prints.

    Raises
    ------
    RunNotFoundError
        The table has no row of the run.
    """
    with Reader(db, table=table) as reader:
        rows = reader.select(track_id=track_id).dicts()
        if not rows:
            raise RunNotFoundError(track_id, table, reader.select(["track_id"]).cells[0])
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "track_id"}
    shared = {key: cells[0] for key, cells in columns.items() if cells.count(cells[0]) == len(rows)}
    changing = [name for name in columns if name not in shared or name == "timestamp"]
    write, text, heading = (_html, escape, "<h1>{}</h1>") if html else (_markdown, _cell, "# {}")
    parts = [
        heading.format(text(f"Run {track_id}")),
        write("Values of all rows", ["name", "value"], shared.items()),
        write("Numbers", ["name", "first", "last", "least", "mean", "most"], _numbers(columns)),
        write(
            f"The last of {len(rows)} rows",
            changing,
            [[row[name] for name in changing] for row in rows[max(0, len(rows) - last) :]],
        ),
    ]
    return "\n\n".join(parts)


def _numbers(columns: dict[str, list[Any]]) -> Iterable[list[Any]]:
    for name, cells in columns.items():
        numbers = [cell for cell in cells if type(cell) in {int, float} and abs(cell) < LARGEST]
        if len(set(numbers)) > 1:
            yield [
                *(name, numbers[0], numbers[-1]),
                *(f"{figure:.6g}" for figure in (min(numbers), fmean(numbers), max(numbers))),
            ]


def _markdown(title: str, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join([f"## {title}", "", *map(_line, lines)])


def _line(cells: Iterable[Any]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(value: Any) -> str:
    text = "" if value is None else shown(value)
    for mark in "\\`*_<[|#":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _html(title: str, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    lines = ["<tr>" + "".join(f"<th>{escape(name)}</th>" for name in names) + "</tr>"]
    for row in rows:
        cells = (escape("" if value is None else shown(value)) for value in row)
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "\n".join([f"<h2>{escape(title)}</h2>", "<table>", *lines, "</table>"])
